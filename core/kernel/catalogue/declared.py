"""What the catalogue should be: the tables that the migrations declare, made for a moment and read back.

PostgreSQL writes conditions and types in a form of its own. So the declared tables are made once more, empty
and temporary, read by the same queries as the live ones, and rolled back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from core.kernel.catalogue.live import Relation, relations
from core.kernel.db import Transaction
from core.kernel.ddl import Table, statements
from core.kernel.migrations import App, modules

__all__ = ["declared_tables", "read_both"]

ASIDE = "pg_temp"


class _Undo(Exception):
    """Takes the tables away again."""


def declared_tables(apps: Sequence[App]) -> dict[str, Table]:
    """Every table of the migrations of `apps` by its full name; a later migration has the last word."""
    tables: dict[str, Table] = {}
    for app in apps:
        for module in modules(app):
            found: Iterable[Table] = getattr(module, "TABLES", ())
            tables |= {table.full_name: table for table in found}
    return tables


async def read_both(
    tx: Transaction, declared: Mapping[str, Table]
) -> tuple[dict[str, Relation], dict[str, Relation]]:
    """The live relations, and what each declared table would be; `tx` may become the owner."""
    aside = {f"{ASIDE}.t{number}": name for number, name in enumerate(declared)}
    found: dict[str, Relation] = {}
    try:
        async with tx.savepoint():
            await tx.execute("SET LOCAL ROLE owner")
            for statement in _made_aside({name: declared[full] for name, full in aside.items()}):
                await tx.execute(statement)
            found = await relations(tx)
            raise _Undo
    except _Undo:
        live = {name: relation for name, relation in found.items() if name not in aside}
        return live, {aside[name]: found[name] for name in aside}


def _made_aside(tables: Mapping[str, Table]) -> Iterable[str]:
    # Foreign keys would lock the live tables, and are compared by name; on Citus nothing is distributed.
    for name, table in tables.items():
        schema, _, own = name.partition(".")
        changed = msgspec.structs.replace(table, schema=schema, name=own, foreign=(), of_a_tenant=False)
        yield from (each for each in statements(changed) if not each.startswith("DO $citus$"))
