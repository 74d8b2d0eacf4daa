"""Frozen column lists into DDL: keys, walls, doors and grants, the same way for every table.

A migration never reads a live class, so what it made last year it makes again today. Where the server has
Citus a table is distributed before its foreign keys are added, because Citus checks them against the shards.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Literal

from msgspec import Struct
from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from core.kernel.db import current
from core.kernel.scope import COMPARTMENTS

__all__ = [
    "OWN_TENANT",
    "Door",
    "Foreign",
    "Grant",
    "Index",
    "Role",
    "Table",
    "Wall",
    "altering",
    "migration",
    "policies",
    "statements",
]

Wall = Literal["tenant", "town", "published", "reference"]
Role = Literal["app", "figures", "dispatch", "backup"]
Command = Literal["ALL", "SELECT", "INSERT", "UPDATE", "DELETE"]

OWN_TENANT = "tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid"
OWN_REGION = "region_id = NULLIF(current_setting('app.region', true), '')::uuid"
OPEN_COMPARTMENT = "'{name}' = ANY(string_to_array(current_setting('app.scopes', true), ','))"


class Foreign(Struct, frozen=True):
    """A foreign key; between tenant tables both sides start with tenant_id."""

    columns: tuple[str, ...]
    table: str
    targets: tuple[str, ...] = ("tenant_id", "id")
    on_delete: Literal["", "CASCADE"] = ""


class Index(Struct, frozen=True):
    """An index; `where` makes it partial. Text columns compare by byte, so that prefixes can use it."""

    columns: tuple[str, ...]
    where: str = ""
    include: tuple[str, ...] = ()


class Door(Struct, frozen=True):
    """A policy beside the canonical one: `using` may read settings and the row, never another table."""

    name: str
    role: Role
    command: Command
    using: str


class Grant(Struct, frozen=True):
    """Privileges of a role, on all columns or on those named."""

    role: Role
    privileges: str
    columns: tuple[str, ...] = ()


class Table(Struct, frozen=True, kw_only=True):
    """One table as it is made. For a tenant table `tenant_id` and `id` are added where not listed.

    `published` is what a town makes known to all its tenants, such as a catalogue: everybody reads it, and the
    town of the column `region_id` alone writes it.
    """

    schema: str
    name: str
    columns: tuple[tuple[str, str], ...]
    wall: Wall = "tenant"
    key: tuple[str, ...] = ()
    compartment: str | None = None
    of_a_tenant: bool = True
    """False where tenant_id may also be a region (audit lines, jobs of the town)."""
    append_only: bool = False
    never_deleted: bool = False
    """Rows change but do not go (the heads of the audit chains)."""
    read_only: bool = False
    """The web and the worker only read it; another role writes it (the figure cells)."""
    unique: tuple[tuple[str, ...], ...] = ()
    foreign: tuple[Foreign, ...] = ()
    indexes: tuple[Index, ...] = ()
    checks: tuple[str, ...] = ()
    doors: tuple[Door, ...] = ()
    policies: tuple[Door, ...] = ()
    """The policies of a town table that has rows to hide, such as the list of tenants."""
    grants: tuple[Grant, ...] = ()

    @property
    def full_name(self) -> str:
        return f"{self.schema}.{self.name}"

    @property
    def primary_key(self) -> tuple[str, ...]:
        return self.key or (("tenant_id", "id") if self.wall == "tenant" else ("id",))


def statements(*tables: Table) -> list[str]:
    """Everything that makes `tables`, in an order that also holds on Citus."""
    parts: list[Callable[[Table], Iterator[str]]] = [
        _created,
        _distributed,
        _keyed,
        _indexed,
        _walled,
        _granted,
    ]
    return [statement for part in parts for table in tables for statement in part(table)]


def migration(
    migration_id: str,
    app: str,
    description: str,
    tables: Sequence[Table],
    *more: Callable[[], Awaitable[None]],
) -> MigrationManager:
    """A Piccolo migration that makes `tables`, then runs `more` (seed rows, data), in the migrator's transaction."""
    manager = MigrationManager(migration_id=migration_id, app_name=app, description=description)

    async def make_tables() -> None:
        for statement in statements(*tables):
            await current().execute(statement)

    manager.add_raw(make_tables)
    for step in more:
        manager.add_raw(step)
    return manager


def altering(*steps: str) -> Callable[[], Awaitable[None]]:
    """A part of a migration that changes tables that are there; list them, as they are then, in its `TABLES`."""

    async def alter() -> None:
        for step in steps:
            await current().execute(step)

    return alter


def policies(table: Table) -> list[Door]:
    """The exact policies that `doctor` expects on the table."""
    if table.wall == "tenant":
        return [Door("tenant_wall", "app", "ALL", _canonical(table)), *table.doors]
    if table.wall == "published":
        corrected = () if table.append_only else (Door("town_corrects", "app", "UPDATE", OWN_REGION),)
        return [
            Door("everybody_reads", "app", "SELECT", "true"),
            Door("town_publishes", "app", "INSERT", OWN_REGION),
            *corrected,
        ]
    return list(table.policies)


def _canonical(table: Table) -> str:
    if table.compartment is None:
        return OWN_TENANT
    if table.compartment not in COMPARTMENTS:
        raise ValueError(f"{table.full_name}: no compartment is called {table.compartment}")
    return f"{OWN_TENANT} AND {OPEN_COMPARTMENT.format(name=table.compartment)}"


def _created(table: Table) -> Iterator[str]:
    listed = dict(table.columns)
    columns: dict[str, str] = {}
    if table.wall == "tenant":
        columns["tenant_id"] = "uuid NOT NULL"
    if "id" in table.primary_key:
        columns["id"] = "uuid NOT NULL"
    if table.wall == "published":
        columns["region_id"] = "uuid NOT NULL"
    columns |= listed
    lines = [f"{name} {kind}" for name, kind in columns.items()]
    lines.append(f"PRIMARY KEY ({', '.join(table.primary_key)})")
    lines += [f"UNIQUE ({', '.join(unique)})" for unique in table.unique]
    lines += [f"CHECK ({check})" for check in table.checks]
    yield f"CREATE TABLE {table.full_name} (\n  " + ",\n  ".join(lines) + "\n)"


def _distributed(table: Table) -> Iterator[str]:
    call = (
        f"create_distributed_table('{table.full_name}', 'tenant_id')"
        if table.wall == "tenant"
        else f"create_reference_table('{table.full_name}')"
    )
    yield (
        "DO $citus$ BEGIN IF EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'citus') "  # noqa: S608 -- names of our own
        f"THEN PERFORM {call}; END IF; END $citus$"
    )


def _keyed(table: Table) -> Iterator[str]:
    own = (Foreign(("tenant_id",), "tenancy.tenant", ("id",)),)
    belongs = table.wall == "tenant" and table.of_a_tenant
    publisher = (
        (Foreign(("region_id",), "tenancy.region", ("id",)),)
        if table.wall == "published" and table.of_a_tenant
        else ()
    )
    for foreign in (own if belongs else publisher) + table.foreign:
        on_delete = f" ON DELETE {foreign.on_delete}" if foreign.on_delete else ""
        yield (
            f"ALTER TABLE {table.full_name} ADD FOREIGN KEY ({', '.join(foreign.columns)}) "
            f"REFERENCES {foreign.table} ({', '.join(foreign.targets)}){on_delete}"
        )


def _indexed(table: Table) -> Iterator[str]:
    for index in table.indexes:
        include = f" INCLUDE ({', '.join(index.include)})" if index.include else ""
        where = f" WHERE {index.where}" if index.where else ""
        yield f"CREATE INDEX ON {table.full_name} ({', '.join(index.columns)}){include}{where}"


def _walled(table: Table) -> Iterator[str]:
    doors = policies(table)
    if not doors:
        return
    yield f"ALTER TABLE {table.full_name} ENABLE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {table.full_name} FORCE ROW LEVEL SECURITY"
    for door in doors:
        # The canonical policy binds everybody, the owner in a data migration included.
        role = "PUBLIC" if door.name == "tenant_wall" else door.role
        using = "" if door.command == "INSERT" else f" USING ({door.using})"
        check = "" if door.command in ("SELECT", "DELETE") else f" WITH CHECK ({door.using})"
        yield f"CREATE POLICY {door.name} ON {table.full_name} FOR {door.command} TO {role}{using}{check}"


def _granted(table: Table) -> Iterator[str]:
    grants = (Grant("app", _of_app(table)), Grant("backup", "SELECT"), *table.grants)
    for grant in grants:
        columns = f" ({', '.join(grant.columns)})" if grant.columns else ""
        yield f"GRANT {grant.privileges}{columns} ON {table.full_name} TO {grant.role}"


def _of_app(table: Table) -> str:
    if table.read_only:
        return "SELECT"
    if table.append_only:
        return "SELECT, INSERT"
    if table.wall == "published":
        return "SELECT, INSERT, UPDATE"
    return "SELECT, INSERT, UPDATE" if table.never_deleted else "SELECT, INSERT, UPDATE, DELETE"
