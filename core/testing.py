"""The pytest plug-in for this project and for authors of service plug-ins: a real database for every test.

`database_server` is the embedded PostgreSQL, or the server of `TOWNBRIDGE_TEST_DATABASE_URL` (a superuser's
address). A template database is migrated once for the session; `database` is a fresh copy of it for each test.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg
import pytest

from core.kernel.db import Database, Login
from core.kernel.ids import new_id
from core.kernel.migrations import App, migrate
from core.kernel.roles import LOGINS, role_statements

__all__ = ["Server", "addresses", "database", "database_server", "template_database"]


class Server:
    """A PostgreSQL server reached as its superuser; the tests' roles have no password."""

    def __init__(self, superuser_address: str) -> None:
        self._address = superuser_address

    def address(self, database: str, login: str | None = None) -> str:
        parts = urlsplit(self._address)
        host = parts.netloc.rpartition("@")[2]
        user = parts.netloc.rpartition("@")[0] if login is None else quote(login)
        netloc = f"{user}@{host}" if user else host
        return urlunsplit(parts._replace(netloc=netloc, path=f"/{database}"))

    async def run(self, *commands: str, database: str = "postgres") -> None:
        connection = await asyncpg.connect(self.address(database))
        try:
            for command in commands:
                await connection.execute(command)
        finally:
            await connection.close()


@pytest.fixture(scope="session")
def database_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server of this session; the embedded one leaves with it."""
    given = os.environ.get("TOWNBRIDGE_TEST_DATABASE_URL")
    if given:
        yield Server(given)
        return
    from core.kernel.embedded import Services

    services = Services(Path(tmp_path_factory.mktemp("home")), redis=False)
    services.start()
    try:
        yield Server(services.postgres_dsn("bootstrap", "postgres"))
    finally:
        services.stop()


@pytest.fixture(scope="session")
async def template_database(database_server: Server) -> AsyncIterator[str]:
    """The name of a database with every migration run and nothing in it."""
    name = f"template_{new_id().hex}"
    await database_server.run(f'CREATE DATABASE "{name}"')
    await database_server.run(*role_statements(name))
    migrator = await Database.connect({"migrator": database_server.address(name, "migrator")})
    await migrate(migrator, _apps())
    await migrator.close()
    yield name
    await database_server.run(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
async def addresses(database_server: Server, template_database: str) -> AsyncIterator[dict[Login, str]]:
    """The address of a fresh database for each login."""
    name = f"test_{new_id().hex}"
    await database_server.run(f'CREATE DATABASE "{name}" TEMPLATE "{template_database}"')
    yield {login: database_server.address(name, login) for login in LOGINS}
    await database_server.run(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
async def database(addresses: dict[Login, str]) -> AsyncIterator[Database]:
    """A fresh, migrated database, reached through the product's own logins."""
    connected = await Database.connect(addresses)
    yield connected
    await connected.close()


def _apps() -> list[App]:
    root = Path(__file__).parent
    areas = ("kernel", "tenancy", "identity", "people", "figures", "host", "town")
    folders = [(area, root / area) for area in areas]
    folders += [(p.name, p) for p in sorted((root.parent / "plugins").iterdir()) if p.is_dir()]
    return [App(n, d / "piccolo_migrations") for n, d in folders if (d / "piccolo_migrations").is_dir()]
