"""R02 and T2: without any help from the code, row-level security shows a tenant its own rows and nobody else's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from core.app import migration_apps, plugins
from core.kernel.catalogue import declared_tables
from core.kernel.db import Database, Login
from core.kernel.ddl import Table
from core.kernel.ids import new_id
from core.kernel.scope import COMPARTMENTS, Scope
from core.testing import Server

pytestmark = [pytest.mark.slow, pytest.mark.requirement("R02")]

A, B = new_id(), new_id()
REGION = new_id()
TABLES = {
    name: table
    for name, table in declared_tables(migration_apps(plugins())).items()
    if table.wall == "tenant"
}
NAMES = sorted(TABLES)
LOCKED = sorted(name for name, table in TABLES.items() if table.compartment)

# A value of each type, different in each row; the database casts it.
VALUES = {
    "uuid": lambda _n: str(new_id()),
    "boolean": lambda _n: "true",
    "date": lambda n: f"2025-01-{n:02d}",
    "timestamp with time zone": lambda n: f"2025-01-{n:02d} 00:00:00+00",
    "jsonb": lambda _n: "{}",
    "bytea": lambda n: f"\\x{n:02d}",
    "text[]": lambda _n: "{}",
}
COLUMNS = """
SELECT a.attname::text AS name, format_type(a.atttypid, a.atttypmod) AS kind
FROM pg_attribute a WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped
"""
CHECKS = """
SELECT conrelid::regclass::text AS table, conname::text AS name FROM pg_constraint
WHERE contype = 'c' AND conrelid = ANY ($1::regclass[])
"""


@pytest.fixture(scope="module")
async def database(database_server: Server, template_database: str) -> AsyncIterator[Database]:
    """Every tenant table with two rows of A and three of B, whatever they may mean."""
    name = f"rls_{new_id().hex}"
    await database_server.run(f'CREATE DATABASE "{name}" TEMPLATE "{template_database}"')
    superuser = await asyncpg.connect(database_server.address(name))
    await fill(superuser)
    await superuser.close()
    logins: tuple[Login, ...] = ("app", "figures", "dispatch")
    connected = await Database.connect({login: database_server.address(name, login) for login in logins})
    yield connected
    await connected.close()
    await database_server.run(f'DROP DATABASE "{name}" WITH (FORCE)')


async def fill(superuser: Any) -> None:
    await superuser.execute("SET session_replication_role = replica")  # no foreign keys, no triggers
    for check in await superuser.fetch(CHECKS, NAMES):
        await superuser.execute(f'ALTER TABLE {check["table"]} DROP CONSTRAINT "{check["name"]}"')
    for name in NAMES:
        columns = await superuser.fetch(COLUMNS, name)
        rows = [(A, 1), (A, 2), (B, 3), (B, 4), (B, 5)]
        keys = TABLES[name].primary_key
        for tenant, number in rows if keys != ("tenant_id",) else (rows[0], rows[2]):
            values = {c["name"]: VALUES.get(c["kind"], str)(number) for c in columns} | {
                "tenant_id": str(tenant)
            }
            if "region_id" in values:
                values["region_id"] = str(REGION)
            listed = ", ".join(f"'{value}'" for value in values.values())
            await superuser.execute(f"INSERT INTO {name} ({', '.join(values)}) VALUES ({listed})")


async def count(database: Database, name: str, scope: Scope) -> int:
    async with database.transaction(scope) as tx:
        return await tx.fetchval(f"SELECT count(*) FROM {name}")


def rows_of(table: Table, of_a: int, of_one: int) -> int:
    return of_one if table.primary_key == ("tenant_id",) else of_a


def test_there_are_tables_to_try():
    assert len(NAMES) > 15
    assert LOCKED


@pytest.mark.parametrize("name", NAMES)
async def test_with_no_tenant_there_is_nothing(database: Database, name: str):
    assert await count(database, name, Scope.nobody()) == 0
    async with database.transaction(Scope.of_tenant(new_id(), COMPARTMENTS)) as tx:
        assert await tx.fetchval(f"SELECT count(*) FROM {name}") == 0


@pytest.mark.parametrize("name", NAMES)
async def test_a_tenant_sees_its_own_rows_and_no_others(database: Database, name: str):
    for tenant, of_a in ((A, 2), (B, 3)):
        async with database.transaction(Scope.of_tenant(tenant, COMPARTMENTS)) as tx:
            seen = [row["tenant_id"] for row in await tx.fetch(f"SELECT tenant_id FROM {name}")]
        assert seen == [tenant] * rows_of(TABLES[name], of_a, 1)


@pytest.mark.parametrize("name", LOCKED)
async def test_a_closed_compartment_shows_nothing_even_of_ones_own(database: Database, name: str):
    (own,) = {TABLES[name].compartment}
    others = COMPARTMENTS - {own}
    assert await count(database, name, Scope.of_tenant(A, others)) == 0
    assert await count(database, name, Scope.of_tenant(A, {str(own)})) == 2


@pytest.mark.parametrize("name", NAMES)
async def test_nobody_writes_a_row_for_another_tenant(database: Database, name: str):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with database.transaction(Scope.of_tenant(A, COMPARTMENTS)) as tx:
            columns = [row["name"] for row in await tx.fetch(COLUMNS, name) if row["name"] != "tenant_id"]
            listed = ", ".join(columns)
            await tx.execute(
                f"INSERT INTO {name} (tenant_id, {listed}) SELECT $1, {listed} FROM {name} LIMIT 1", B
            )


@pytest.mark.parametrize("name", NAMES)
async def test_nobody_changes_or_deletes_a_row_of_another_tenant(database: Database, name: str):
    for command in (f"UPDATE {name} SET tenant_id = tenant_id", f"DELETE FROM {name}"):
        try:
            async with database.transaction(Scope.of_tenant(A, COMPARTMENTS)) as tx:
                touched = await tx.execute(f"{command} WHERE tenant_id = $1", B)
        except (asyncpg.InsufficientPrivilegeError, asyncpg.RaiseError):
            continue  # the login may not do this to any row of the table
        assert touched == 0
    assert await count(database, name, Scope.of_tenant(B, COMPARTMENTS)) == rows_of(TABLES[name], 3, 1)


@pytest.mark.requirement("R48")
@pytest.mark.parametrize("login", ["figures", "dispatch"])
async def test_the_other_logins_read_what_is_granted_to_them_and_nothing_else(
    database: Database, login: Login
):
    readable: set[str] = set()
    for name in NAMES:
        async with database.transaction(Scope.nobody(), login=login) as tx:
            may = await tx.fetchval("SELECT has_any_column_privilege($1, 'SELECT')", name)
            if may:
                readable.add(name)
    granted = {name for name, table in TABLES.items() if any(grant.role == login for grant in table.grants)}
    assert readable == granted != set()
    for name in sorted(set(NAMES) - granted):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with database.transaction(Scope.nobody(), login=login) as tx:
                await tx.fetchval(f"SELECT count(*) FROM {name}")


async def test_the_town_reads_through_its_doors_alone(database: Database):
    async with database.transaction(Scope.town(REGION)) as tx:
        seen = {name for name in NAMES if await tx.fetchval(f"SELECT count(*) FROM {name}")}
    doors = {
        name for name, table in TABLES.items() if any("app.region" in door.using for door in table.doors)
    }
    assert seen == doors != set()
    assert not any(TABLES[name].compartment for name in doors)
