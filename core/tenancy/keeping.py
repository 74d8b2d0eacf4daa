"""To keep a row as a file or a form says: only what is new is written and noted; a second time is nothing."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import and_
from typing import Any
from uuid import UUID

from piccolo.table import Table

from core.kernel import audit
from core.kernel.db import Transaction
from core.kernel.ids import new_id

__all__ = ["Row", "keep", "locked_row"]

Row = dict[str, Any]


async def keep(
    tx: Transaction,
    table: type[Table],
    *,
    noun: str,
    key: Mapping[str, Any],
    values: Mapping[str, Any],
    only_new: Mapping[str, Any] | None = None,
    new_row_id: UUID | None = None,
) -> Row:
    """Make the row of `key` carry `values`; `only_new` is written with a new row and never changed.

    Notes `tenancy.<noun>.add` or `.change` with the names of the columns; the row as it is afterwards.
    """
    known = await locked_row(table, key)
    if known is None:
        row = table(**key, **values, **(only_new or {}), id=new_row_id or new_id())
        await table.insert(row)
        added = row.to_dict()
        audit.record(tx, f"tenancy.{noun}.add", noun, added["id"], after=added)
        return added
    new: dict[Any, Any] = {name: value for name, value in values.items() if known[name] != value}
    if new:
        old = {name: known[name] for name in new}
        await table.update(new).where(table._meta.primary_key == known["id"])
        audit.record(
            tx,
            f"tenancy.{noun}.change",
            noun,
            known["id"],
            before=old,
            after=new,
            detail={"columns": sorted(new)},
        )
    return {**known, **new}


async def locked_row(table: type[Table], key: Mapping[str, Any]) -> Row | None:
    """The row of `key`, held until the transaction ends, so that two loads do not both write it."""
    columns = {column._meta.name: column for column in table._meta.columns}
    where = [
        columns[name].is_null() if value is None else columns[name] == value for name, value in key.items()
    ]
    return await table.select().where(reduce(and_, where)).lock_rows("UPDATE").first()
