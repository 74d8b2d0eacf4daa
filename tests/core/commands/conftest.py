"""The command line against a fresh town, as people type it."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import structlog
from msgspec import Struct

from core.app import Platform, open_platform
from core.cli import main
from core.figures.loop import settle
from core.host.discovery import Found
from core.kernel import clock
from core.kernel.ids import new_id
from core.kernel.scope import Scope
from core.kernel.settings import PREFIX, Settings
from core.people.drafts import Document, PersonDraft
from core.people.movements import record_movement
from core.people.presence import MovementKind
from core.people.records import register_person
from core.people.transfers import arrive_by_transfer, leave_for_transfer
from core.tenancy.regions import region_by_code
from core.tenancy.tenants import list_tenants
from core.testing import TOWN, Server, platform_settings

DAY = clock.today() - timedelta(days=40)


class Said(Struct, frozen=True):
    """What a command said, and its exit status."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    def starting(self, *words: str) -> list[str]:
        """The lines that begin with these words, blanks between them apart."""
        lines = (line.split() for line in self.out.splitlines())
        return [" ".join(line) for line in lines if tuple(line[: len(words)]) == words]


Command = Callable[..., Awaitable[Said]]
Sql = Callable[[str], Awaitable[None]]


@pytest.fixture
def quiet_logs() -> Iterator[None]:
    """Commands set the log of their process up; here that is the tests' own."""
    handlers = logging.getLogger().handlers[:]
    level = logging.getLogger().level
    yield
    structlog.reset_defaults()
    logging.getLogger().handlers[:] = handlers
    logging.getLogger().setLevel(level)


@pytest.fixture
def command_with(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], quiet_logs: None
) -> Callable[[Settings], Command]:
    """`townbridge` with the environment that these settings come from."""

    def with_settings(settings: Settings) -> Command:
        for name in list(os.environ):
            if name.startswith(PREFIX) and not name.startswith(f"{PREFIX}TEST_"):
                monkeypatch.delenv(name)
        for name in ("home", "database_url", "figures_url", "dispatch_url", "migrator_url", "redis_url"):
            monkeypatch.setenv(PREFIX + name.upper(), str(getattr(settings, name)))

        async def townbridge(*words: str, stdin: str = "") -> Said:
            monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
            capsys.readouterr()
            status = await asyncio.to_thread(_status, words)
            said = capsys.readouterr()
            return Said(status, said.out, said.err)

        return townbridge

    return with_settings


def _status(words: tuple[str, ...]) -> int:
    try:
        main(list(words))
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else -1
    return 0


@pytest.fixture
def townbridge(platform: Platform, command_with: Callable[[Settings], Command]) -> Command:
    """`await townbridge("tenant", "list")` in the town of the tests, with an external database and no Redis."""
    return command_with(platform.settings)


@pytest.fixture(scope="session")
async def furnished_database(
    furnished_database: str, database_server: Server, installed_plugins: Sequence[Found], home: Path
) -> AsyncIterator[str]:
    """The town of the tests with books to prove: three people in T01, one of whom went on to T02."""
    name = f"books_{new_id().hex}"
    await database_server.run(f'CREATE DATABASE "{name}" TEMPLATE "{furnished_database}"')
    settings = platform_settings(database_server, name, home)
    async with open_platform(settings, ("app", "figures"), found=installed_plugins) as platform:
        await _keep_books(platform)
        await settle(platform.database, platform.catalogue)
    yield name
    await database_server.run(f'DROP DATABASE "{name}" WITH (FORCE)')


async def _keep_books(platform: Platform) -> None:
    database, keyring = platform.database, platform.keyring
    async with database.transaction(Scope.nobody()) as tx:
        region = await region_by_code(tx, TOWN)
    assert region is not None
    async with database.transaction(Scope.town(region.id)) as tx:
        t01, t02 = await list_tenants(tx)
    drafts = [
        PersonDraft(
            name=f"王小{number}", document=Document(id_type="08", number=f"X{number}"), phone="13800000001"
        )
        for number in "一二三"
    ]
    async with database.transaction(Scope.of_tenant(t01.id, {"registry"})) as tx:
        people = [await register_person(tx, keyring, draft) for draft in drafts]
        for person in people:
            await record_movement(tx, person, MovementKind.ARRIVE, DAY)
    transfer = new_id()
    async with database.transaction(Scope.of_tenant(t01.id, {"registry"})) as tx:
        await leave_for_transfer(tx, people[0], DAY + timedelta(days=3), transfer)
    async with database.transaction(Scope.of_tenant(t02.id, {"registry"})) as tx:
        await arrive_by_transfer(tx, keyring, drafts[0], DAY + timedelta(days=3), transfer)


@pytest.fixture
def damage(database_server: Server, platform: Platform) -> Sql:
    """As somebody who passes every wall."""
    name = urlsplit(platform.settings.database_url).path.removeprefix("/")
    return lambda sql: database_server.run(sql, database=name)
