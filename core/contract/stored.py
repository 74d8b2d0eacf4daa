"""Checks of the tables: made, taken away and made again; as their classes say; behind their walls."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from piccolo.columns import Array, Column

from core.app import migration_apps, plugin_apps
from core.contract.check import Bench, Lived
from core.figures.indicators import Indicator
from core.host.registry import Registered
from core.kernel.catalogue import declared_tables, examine
from core.kernel.catalogue.live import Relation, relations
from core.kernel.db import Transaction
from core.kernel.ddl import Table
from core.kernel.errors import TownbridgeError
from core.kernel.migrations import migrate
from core.kernel.scope import Scope
from core.kernel.tables import name_of

__all__ = ["STORED", "kind_of"]

_OWNER_MAY_MAKE = """
DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO owner', current_database()); END $$
"""
# What `core.testing` adds to look on is no part of the product.
_WITHOUT_WATCH = "DROP SCHEMA IF EXISTS testing CASCADE"
_EXPLAIN = "EXPLAIN WITH given AS (SELECT $1::uuid[], $2::date, $3::date) SELECT * FROM ({select}) AS s"
SAME = {"VARCHAR": "text", "TEXT": "text", "BOOL": "boolean", "TIMESTAMPTZ": "timestamp with time zone"}


async def up_down_up(bench: Bench) -> list[str]:
    """With its schema goes everything that is the plug-in's, and its migrations make the same again."""
    found: list[str] = []
    apps = migration_apps(bench.platform.registry)
    async with bench.superuser() as superuser:
        async with superuser.transaction(Scope.nobody(), login="migrator") as tx:
            # What the migrations may do with a database is not copied with it.
            await tx.execute(_OWNER_MAY_MAKE)
            await tx.execute(_WITHOUT_WATCH)
            before = await relations(tx)
            known = {finding.text for finding in await examine(tx, apps)}
        for app in (one for one in plugin_apps(bench.platform.registry) if one.schema in bench.held):
            async with superuser.transaction(Scope.nobody(), login="migrator") as tx:
                await tx.execute(f'DROP SCHEMA "{app.schema}" CASCADE')
                without = await examine(tx, [one for one in apps if one != app])
                left = [each.text for each in without if each.text not in known]
                found += [f"{app.schema}: taken away, it leaves this: {text}" for text in left]
            try:
                await migrate(superuser, [app])
            except Exception as error:  # whatever an author's migration does
                found.append(
                    f"{app.schema}: cannot be made again after it was taken away: {_first_line(error)}"
                )
        async with superuser.transaction(Scope.nobody(), login="migrator") as tx:
            after = await relations(tx)
            found += [
                f"{name} is otherwise after a plug-in was taken away and made again; a migration keeps to its schema."
                for name in _differing(before, after)
            ]
    return found


def _differing(before: dict[str, Relation], after: dict[str, Relation]) -> list[str]:
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def _first_line(error: Exception) -> str:
    text = str(error) if not isinstance(error, TownbridgeError) else error.code
    return (text.splitlines() or [type(error).__name__])[0]


async def as_the_classes_say(bench: Bench) -> list[str]:
    async with bench.platform.database.transaction(Scope.nobody()) as tx:
        live = await relations(tx)
    declared = declared_tables(plugin_apps(bench.platform.registry))
    return [f"{entry.name}: {fault}" for entry in bench.plugins for fault in _drift(entry, live, declared)]


def _drift(entry: Registered, live: dict[str, Relation], declared: dict[str, Table]) -> Iterator[str]:
    classes = {name_of(use.table): use for use in entry.tables}
    own = {name for name, table in declared.items() if table.schema == entry.name}
    for name in sorted(own - classes.keys()):
        yield f"the migrations make {name}, which tables.TABLES does not name."
    for name, use in classes.items():
        if name not in live:
            yield f"no migration makes the table {name}."
            continue
        mine = {c._meta.db_column_name: (kind_of(c), not c._meta.null) for c in use.table._meta.columns}
        there = {column.name: (column.kind, column.is_required) for column in live[name].columns}
        for column in sorted(mine.keys() | there.keys()):
            if mine.get(column) != there.get(column):
                is_in_both = (
                    f"{_told(there.get(column))} in the database, {_told(mine.get(column))} in the class"
                )
                yield f"{name}.{column} is {is_in_both}."
        if name in declared and declared[name].compartment != use.compartment:
            told = f"by its migration in the compartment {declared[name].compartment}, by TABLES in {use.compartment}"
            yield f"{name} is {told}."
    for name in sorted(own & live.keys()):
        said = classes[name].person_column if name in classes else None
        for column in [key.columns[-1] for key in live[name].foreign if key.table == "people.person"]:
            if column != said:
                yield f"{name}.{column} links a person, which TABLES does not say; write person_column={column!r}."


def kind_of(column: Column) -> str:
    """As PostgreSQL writes it; lengths are not compared, the database has none."""
    if isinstance(column, Array):
        return f"{kind_of(column.base_column)}[]"
    kind = column.column_type.partition("(")[0]
    return SAME.get(kind, kind.lower())


def _told(column: tuple[str, bool] | None) -> str:
    return "missing" if column is None else f"{column[0]}{' NOT NULL' if column[1] else ''}"


async def behind_their_walls(bench: Bench) -> list[str]:
    """`townbridge doctor` has nothing to tell."""
    async with bench.superuser() as superuser, superuser.transaction(Scope.nobody(), login="migrator") as tx:
        await tx.execute(_WITHOUT_WATCH)
        return [finding.text for finding in await examine(tx, migration_apps(bench.platform.registry))]


async def readable_for_figures(bench: Bench) -> list[str]:
    """The login that computes figures may run every select, and every date by which changes are marked is one."""
    found: list[str] = []
    for entry in bench.plugins:
        for indicator in entry.indicators:
            try:
                async with bench.platform.database.transaction(Scope.nobody(), login="figures") as tx:
                    await _tried(tx, entry, indicator)
            except Exception as error:  # whatever the server says of an author's select
                told = f"{indicator.code} cannot be computed: {_first_line(error)}"
                found.append(f"{entry.name}: {told}; see Grant and Door of the migration, and Source.")
    return found


async def _tried(tx: Transaction, entry: Registered, indicator: Indicator) -> None:
    for source in indicator.reads:
        if source.date and source.table.startswith(f"{entry.name}."):
            await tx.fetch(f'SELECT "{source.date}"::date FROM {source.table} WHERE false')  # noqa: S608 -- names that the host has parsed
    await tx.fetch(_EXPLAIN.format(select=indicator.select), [], date(2025, 1, 1), date(2025, 1, 31))


STORED = (
    Lived("its tables are made, taken away and made again", up_down_up),
    Lived("its tables are as the classes say", as_the_classes_say),
    Lived("its tables stand behind their walls", behind_their_walls),
    Lived("its figures can be computed", readable_for_figures),
)
