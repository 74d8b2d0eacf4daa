"""The stage, prepared once for a session; every module plays on a copy of it."""

from __future__ import annotations

import importlib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from core.app import create_app, migration_apps, open_platform, plugins
from core.host.discovery import Found
from core.kernel.db import Database
from core.kernel.ids import new_id
from core.kernel.migrations import migrate
from core.kernel.roles import role_statements
from core.testing import Server, platform_settings
from tests.walls.arranging import arranged, shown
from tests.walls.doors import doors
from tests.walls.play import Play, Script
from tests.walls.stage import Stage, furnish
from tests.walls.table import lines

Perform = Callable[..., AbstractAsyncContextManager[Play]]


@pytest.fixture(scope="session")
def cast(installed_plugins: Sequence[Found]) -> Sequence[Found]:
    """What is installed here: everything, and the cabinet with a drawer for each compartment."""
    return [*installed_plugins, Found("cabinet", lambda: importlib.import_module("tests.cabinet.plugin"))]


@pytest.fixture(scope="session")
async def script(
    database_server: Server, furnished_database: str, cast: Sequence[Found], home: Path
) -> AsyncIterator[Script]:
    """A database with the places in it, and what can be asked of them."""
    name = f"walls_{new_id().hex}"
    await database_server.run(f'CREATE DATABASE "{name}" TEMPLATE "{furnished_database}"')
    await database_server.run(*role_statements(name))
    migrator = await Database.connect({"migrator": database_server.address(name, "migrator")})
    await migrate(migrator, migration_apps(plugins(cast)))
    await migrator.close()
    settings = platform_settings(database_server, name, home)
    async with open_platform(settings, ("app", "figures", "dispatch"), found=cast) as platform:
        stage = Stage(platform)
        await furnish(stage)
        known = doors(platform, stage.app)
        asked = {str(door): shown(stage, door) for door in known}
        acts = {str(door): await arranged(stage, door) for door in known if door.method != "GET"}
    yield Script(database=name, places=stage.places, askers=stage.askers, asked=asked, acts=acts)
    await database_server.run(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
async def play(perform: Perform) -> AsyncIterator[Play]:
    """One copy for all tests that change nothing but sessions and notes of reading."""
    async with perform() as shared:
        yield shared


@pytest.fixture(scope="session")
def perform(database_server: Server, script: Script, cast: Sequence[Found], home: Path) -> Perform:
    """`async with perform() as play`: the application on a copy of its own."""

    @asynccontextmanager
    async def on_a_copy() -> AsyncIterator[Play]:
        name = f"play_{new_id().hex}"
        await database_server.run(f'CREATE DATABASE "{name}" TEMPLATE "{script.database}"')
        settings = platform_settings(database_server, name, home)
        async with open_platform(settings, ("app", "figures", "dispatch"), found=cast) as platform:
            app = create_app(platform)
            yield Play(
                script=script,
                platform=platform,
                app=app,
                doors=doors(platform, app),
                superuser=database_server.address(name),
            )
        await database_server.run(f'DROP DATABASE "{name}" WITH (FORCE)')

    return on_a_copy


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if found := lines():
        terminalreporter.section("the walls")
        for line in found:
            terminalreporter.write_line(line)
