"""Migrations: two at once, killed at any statement, thrown by a plug-in; an app is there whole or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import pytest

from core.app import migration_apps, plugins
from core.kernel.catalogue import declared_tables, examine
from core.kernel.db import Database
from core.kernel.errors import TownbridgeError, Unavailable
from core.kernel.ids import new_id
from core.kernel.migrations import App, migrate, pending
from core.kernel.roles import role_statements
from core.kernel.scope import Scope
from core.testing import Server
from tests.faults.sizes import SIZES
from tests.faults.table import Tally

pytestmark = pytest.mark.slow

# A sequence counts on through what is rolled back; the session that reaches the number ends itself.
KILLER = """
CREATE SCHEMA killer;
CREATE SEQUENCE killer.statements;
CREATE TABLE killer.plan (statement bigint);
INSERT INTO killer.plan VALUES (0);
CREATE FUNCTION killer.kill() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  IF nextval('killer.statements') = (SELECT statement FROM killer.plan) THEN
    PERFORM pg_terminate_backend(pg_backend_pid());
  END IF;
END $$;
CREATE EVENT TRIGGER killer ON ddl_command_end EXECUTE FUNCTION killer.kill();
"""
AFTER = (1, 7, 19, 31, 43, 3, 17, 37, 53, 11, 29, 47, 71, 97, 127)
"""After how many statements each attempt is killed; the attempts go on where the last one stopped."""


@pytest.fixture
def apps() -> list[App]:
    return migration_apps(plugins())


class Fresh:
    """A database without a table, and the ways to it."""

    def __init__(self, server: Server, name: str) -> None:
        self.server = server
        self.name = name

    async def run(self, *commands: str) -> None:
        await self.server.run(*commands, database=self.name)

    async def connect(self) -> Database:
        return await Database.connect({"migrator": self.server.address(self.name, "migrator")}, 1)

    async def migrate(self, apps: Sequence[App]) -> list[str]:
        database = await self.connect()
        try:
            return await migrate(database, apps)
        finally:
            await database.close()


@pytest.fixture
async def fresh(database_server: Server) -> AsyncIterator[Fresh]:
    name = f"fresh_{new_id().hex}"
    await database_server.run(f'CREATE DATABASE "{name}"')
    await database_server.run(*role_statements(name))
    yield Fresh(database_server, name)
    await database_server.run(f'DROP DATABASE "{name}" WITH (FORCE)')


async def check_whole_or_absent(fresh: Fresh, apps: Sequence[App]) -> list[str]:
    """The schemas that are there: each with its history and every table that it declares."""
    database = await fresh.connect()
    try:
        async with database.transaction(Scope.nobody(), login="migrator") as tx:
            schemas = {row["nspname"] for row in await tx.fetch("SELECT nspname FROM pg_namespace")}
            missing = await pending(tx, apps)
            tables = {
                row["name"]
                for row in await tx.fetch("SELECT schemaname || '.' || tablename AS name FROM pg_tables")
            }
    finally:
        await database.close()
    there = [app.schema for app in apps if app.schema in schemas]
    for app in apps:
        names = set(declared_tables([app]))
        if app.schema in there:
            assert names <= tables
            assert not [name for name in missing if name.startswith(f"{app.schema}.")]
        else:
            assert not names & tables
    return there


async def check_complete(fresh: Fresh, apps: Sequence[App]) -> None:
    database = await fresh.connect()
    try:
        async with database.transaction(Scope.nobody(), login="migrator") as tx:
            assert await pending(tx, apps) == []
            assert await examine(tx, apps) == []
    finally:
        await database.close()


@pytest.mark.parametrize("race", range(SIZES.migrator_races))
async def test_two_migrators_at_once_do_the_work_once(
    fresh: Fresh, apps: list[App], race: int, tally: Callable[[str], Tally]
):
    cost = tally("migrations: three migrators race")
    done = await asyncio.gather(*(fresh.migrate(apps) for _ in range(3)))
    names = [name for each in done for name in each]
    cost.size, cost.double = 1, len(names) - len(set(names))
    assert cost.double == 0, race
    assert len(names) >= len(apps)
    await check_complete(fresh, apps)
    assert await fresh.migrate(apps) == []


@pytest.mark.requirement("R35")
@pytest.mark.parametrize("turn", range(SIZES.migration_turns))
async def test_a_migration_that_is_killed_is_there_whole_or_not_at_all(
    fresh: Fresh, apps: list[App], turn: int, tally: Callable[[str], Tally]
):
    cost = tally("migrations: killed at a statement")
    await fresh.run(KILLER)
    reached: list[str] = []
    for number in AFTER:
        await fresh.run(
            f"UPDATE killer.plan SET statement = {number + turn};"
            " SELECT setval('killer.statements', 1, false)"
        )
        try:
            await fresh.migrate(apps)
        except Unavailable:
            cost.size += 1
        there = await check_whole_or_absent(fresh, apps)
        assert there[: len(reached)] == reached
        reached = there
    assert cost.size >= len(AFTER) - 1
    await fresh.run("DROP EVENT TRIGGER killer; DROP SCHEMA killer CASCADE")
    await fresh.migrate(apps)
    await check_complete(fresh, apps)


THROWING = """
from core.kernel.ddl import Table, migration

TABLES = (Table(schema="careless", name="note", columns=(("words", "text"),)),)


async def fail():
    raise ValueError("half done")


async def forwards():
    return migration("careless_1", "careless", "", TABLES, fail)
"""


async def test_a_migration_that_throws_leaves_the_others_and_nothing_of_its_own(
    fresh: Fresh, apps: list[App], tmp_path: Path
):
    (tmp_path / "careless_1.py").write_text(THROWING, encoding="utf-8")
    careless = App("careless", tmp_path)
    with pytest.raises((TownbridgeError, ValueError)):
        await fresh.migrate([*apps, careless])
    assert await check_whole_or_absent(fresh, [*apps, careless]) == [app.schema for app in apps]
    await check_complete(fresh, apps)
    (tmp_path / "careless_1.py").write_text(THROWING.replace(", fail)", ")"), encoding="utf-8")
    assert await fresh.migrate([*apps, careless]) == ["careless.careless_1"]
