"""The town of these tests, on a day in the middle of a quarter."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from core.figures.indicators import Catalogue
from core.figures.marks import mark_sink
from core.kernel import clock
from core.kernel.changes import set_sink
from core.kernel.db import Database
from core.kernel.ids import new_id
from core.kernel.roles import LOGINS
from core.testing import Server
from tests.core.figures.indicators import GROUPS
from tests.core.figures.town import TODAY, Town


@pytest.fixture(scope="session")
async def emptied(database_server: Server, template_database: str) -> AsyncIterator[str]:
    """One database for all of these tests: emptying it is faster than making a new one."""
    name = f"figures_{new_id().hex}"
    await database_server.run(f'CREATE DATABASE "{name}" TEMPLATE "{template_database}"')
    yield name
    await database_server.run(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
async def database(database_server: Server, emptied: str) -> AsyncIterator[Database]:
    connected = await Database.connect({login: database_server.address(emptied, login) for login in LOGINS})
    yield connected
    await connected.close()
    await database_server.run(
        "TRUNCATE tenancy.region, figures.figure, figures.stale CASCADE", database=emptied
    )


@pytest.fixture
def catalogue() -> Catalogue:
    return Catalogue.of(GROUPS)


@pytest.fixture
def stopped_clock() -> Iterator[None]:
    """20 May 2026: the books began in February, the second quarter is half over."""
    with clock.freeze(TODAY):
        yield


@pytest.fixture
async def town(database: Database, stopped_clock: None) -> AsyncIterator[Town]:
    opened = Town(database)
    await opened.open()
    set_sink(mark_sink(GROUPS))
    yield opened
    set_sink(None)
