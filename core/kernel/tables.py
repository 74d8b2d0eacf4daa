"""The base classes of all Piccolo tables: a tenant's rows are asked for with the tenant, always."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from functools import cache
from typing import Any

from piccolo.columns import UUID
from piccolo.query.methods.count import Count
from piccolo.query.methods.delete import Delete
from piccolo.query.methods.exists import Exists
from piccolo.query.methods.insert import Insert
from piccolo.query.methods.objects import Objects
from piccolo.query.methods.select import Select
from piccolo.query.methods.update import Update
from piccolo.querystring import Selectable
from piccolo.table import Table, TableMeta

from core.kernel.db import DB, current
from core.kernel.errors import NoScope
from core.kernel.ids import new_id

__all__ = ["TenantTable", "TownTable", "current_tenant", "name_of"]

FEW_ROWS = 50
"""For so many the plan that the server keeps is good enough, and planning afresh costs more than writing them."""


def current_tenant() -> uuid.UUID:
    """The tenant of the open transaction; raises `NoScope` where there is none."""
    tenant = current().scope.tenant
    if tenant is None:
        raise NoScope("A tenant's table was asked for outside a tenant.")
    return tenant


def _tenant_of_new_row() -> uuid.UUID | None:
    # Piccolo also calls a default when the class is made, outside any transaction.
    try:
        return current_tenant()
    except NoScope:
        return None


class TownTable(Table):
    """A table without a tenant: accounts, regions, offers. Each is on the isolation lint's reasoned list."""

    id = UUID(primary_key=True, default=new_id)

    def __init_subclass__(cls, **options: Any) -> None:
        options.setdefault("db", DB)
        super().__init_subclass__(**options)


class TenantTable(Table):
    """A table of the tenants' rows.

    The wall is the database's row policy; the filter here is the second one, and the one that Citus routes by.
    """

    tenant_id = UUID(default=_tenant_of_new_row)  # pyright: ignore[reportArgumentType]
    id = UUID(primary_key=True, default=new_id)

    def __init_subclass__(cls, **options: Any) -> None:
        options.setdefault("db", DB)
        super().__init_subclass__(**options)

    @classmethod
    def insert(cls, *rows: Any) -> Insert[Any]:
        for row in rows:
            row.tenant_id = row.tenant_id or current_tenant()
        return super().insert(*rows)

    @classmethod
    async def insert_many(
        cls, names: Sequence[str], rows: Sequence[Sequence[Any]], *, key: Sequence[str] = ()
    ) -> int:
        """Write many rows in one statement, their values in the order of `names`; the number written.

        With `key` (columns of a unique key, the tenant apart) rows that are there are brought up to date, and
        those that say nothing new are left alone. `id` is made where it is not named.
        """
        if not rows:
            return 0
        columns = [list(values) for values in zip(*rows, strict=True)]
        listed = list(names)
        if "id" not in listed:
            listed, columns = ["id", *listed], [[new_id() for _row in rows], *columns]
        statement = _many(cls, tuple(listed), tuple(key))
        if len(rows) > FEW_ROWS:
            await current().plan_afresh()
        return await current().execute(statement, current_tenant(), *columns)

    @classmethod
    def select(cls, *columns: Selectable | str, **options: Any) -> Select[Any]:
        return super().select(*columns, **options).where(cls.tenant_id == current_tenant())

    @classmethod
    def objects(cls, *prefetch: Any) -> Objects[Any]:
        return super().objects(*prefetch).where(cls.tenant_id == current_tenant())

    @classmethod
    def update(
        cls, values: Any = None, force: bool = False, use_auto_update: bool = True, **named: Any
    ) -> Update[Any]:
        return (
            super()
            .update(values or {}, force, use_auto_update, **named)
            .where(cls.tenant_id == current_tenant())
        )

    @classmethod
    def delete(cls, force: bool = False) -> Delete:
        return super().delete(force).where(cls.tenant_id == current_tenant())

    @classmethod
    def count(cls, *options: Any, **named: Any) -> Count:
        return super().count(*options, **named).where(cls.tenant_id == current_tenant())

    @classmethod
    def exists(cls) -> Exists[Any]:
        return super().exists().where(cls.tenant_id == current_tenant())

    @classmethod
    def select_through_door(cls, *columns: Selectable | str) -> Select[Any]:
        """Rows of several tenants, as far as a door's policy shows them; without a door: none but the tenant's."""
        return super().select(*columns)


def name_of(table: type[Table]) -> str:
    """The table's name as DDL and marks write it: `schema.table`."""
    return f"{_meta(table).schema}.{_meta(table).tablename}"


def _meta(table: type[Table]) -> TableMeta:
    return table._meta


@cache
def _many(table: type[Table], names: tuple[str, ...], key: tuple[str, ...]) -> str:
    """`INSERT ... SELECT unnest`: its text depends on the columns alone, so one plan serves every call."""
    kinds = {column._meta.db_column_name: column.column_type for column in table._meta.columns}
    arrays = ", ".join(f"${place}::{kinds[name]}[]" for place, name in enumerate(names, start=2))
    listed = ", ".join(names)
    statement = (
        f"INSERT INTO {name_of(table)} AS there (tenant_id, {listed})"  # noqa: S608 -- names of our own columns
        f" SELECT $1, given.* FROM unnest({arrays}) AS given ({listed})"
    )
    if not key:
        return statement
    told = [name for name in names if name not in {"id", *key}]
    if not told:
        return f"{statement} ON CONFLICT (tenant_id, {', '.join(key)}) DO NOTHING"
    new = ", ".join(f"{name} = excluded.{name}" for name in told)
    there = ", ".join(f"there.{name}" for name in told)
    given = ", ".join(f"excluded.{name}" for name in told)
    return (
        f"{statement} ON CONFLICT (tenant_id, {', '.join(key)}) DO UPDATE SET {new}"
        f" WHERE ({there}) IS DISTINCT FROM ({given})"
    )
