"""The pytest plug-in for this project and for authors of service plug-ins: a real town for every test.

Every fixture that says "fresh" is a copy of a database that is made once for the session.

* `database_server`: the embedded PostgreSQL, or the server of `TOWNBRIDGE_TEST_DATABASE_URL` (a superuser's address).
* `installed_plugins`: what is installed; override it in a `conftest.py` to add a plug-in of the tests.
* `database`: fresh and migrated, with nothing in it, reached through the product's own logins.
* `platform`: fresh, with a town (`TOWN`), two tenants that look alike (`t01`, `t02`), every plug-in offered and
  switched on in both, and an account for every role: its login is the role's name (`station_staff`) in `t01` and in
  the town, `station_staff.t02` in the other tenant, and `stranger` works nowhere. All have the password `PASSWORD`.
* `app`: the web application on `platform`.
* `visit`: `visitor = await visit("station_staff")` signs in through the sign-in page; `await visit()` does not.
  `await visitor.get(path)`, `await visitor.post(path, {"name": "..."})` (the form's hidden token is added).
* `program`: `await program("station_staff", "registration.*")` is a program with a token of these scopes (all without):
  `await it.get("/api/v1/...", q="x")`, `await it.send("POST", "/api/v1/...", {...})`; each act has a key of its own.
* `in_tenant`: `async with in_tenant("registry") as tx:` a transaction in `t01` with these compartments open.
* `settled`: `await settled()` returns when all figures of `platform` are up to date.
* `contract_plugins`: the names of those that `core.contract` tries: all installed ones but the platform's own.
* `contract_examples`: what `core.contract` tries your plug-in with; override it where it asks you to.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from datetime import date
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg
import httpx
import pytest
from litestar import Litestar
from msgspec import Struct

from core.app import Platform, migration_apps, open_platform, plugins
from core.figures.loop import settle
from core.host.background import tenant_background
from core.host.discovery import Found, discover
from core.host.offers import offer_plugin, switch_plugin
from core.host.registry import Registry
from core.identity.accounts import Account, account_by_login, add_account
from core.identity.credentials import set_password
from core.identity.memberships import grant_role
from core.identity.roles import TENANT_ROLES, TOWN_ROLES
from core.identity.tokens import EVERYTHING, issue_token
from core.identity.town_roles import grant_town_role
from core.kernel.db import Database, Login, Transaction
from core.kernel.ids import new_id
from core.kernel.migrations import migrate
from core.kernel.roles import LOGINS, role_statements
from core.kernel.scope import Scope
from core.kernel.settings import Settings
from core.kernel.tables import name_of
from core.tenancy.regions import Region, open_region, region_by_code
from core.tenancy.tenants import Tenant, list_tenants, open_tenant
from core.testing.callers import PASSWORD, Program, Visitor, without_chance
from core.testing.memory import passing_folder
from core.testing.stage import app_on

__all__ = [
    "PASSWORD",
    "TOWN",
    "Program",
    "Server",
    "Town",
    "Visitor",
    "addresses",
    "app",
    "contract_examples",
    "contract_plugins",
    "database",
    "database_server",
    "furnish",
    "furnished_database",
    "home",
    "in_tenant",
    "installed_plugins",
    "installed_registry",
    "passing_folder",
    "platform",
    "platform_settings",
    "program",
    "settled",
    "template_database",
    "town",
    "visit",
    "watching",
    "without_chance",
]

TOWN = "000001101"
OWN = Path(__file__).parents[2] / "plugins"
OPENED = date(2025, 1, 1)
PASSING = ("ALTER SYSTEM SET fsync = off", "ALTER SYSTEM SET max_wal_size = '128MB'")


_WATCH = """
CREATE SCHEMA testing;
CREATE FUNCTION testing.marked() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $function$
  DECLARE
    written text := TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME;
    tenant uuid := CASE TG_OP WHEN 'DELETE' THEN OLD.tenant_id ELSE NEW.tenant_id END;
  BEGIN
    IF NOT EXISTS (SELECT FROM figures.stale s WHERE s.tenant_id = tenant AND s.source = written
                   AND s.xmin = pg_current_xact_id()::xid) THEN
      RAISE EXCEPTION 'figures read %, and the transaction that wrote it marked nothing: call ctx.changed', written;
    END IF;
    RETURN NULL;
  END $function$
"""

# Only what the figures may read of a row can change them.
_WATCHED = """
DO $watch$ BEGIN EXECUTE (
  SELECT format('CREATE CONSTRAINT TRIGGER marked AFTER INSERT OR DELETE OR UPDATE%s ON {table} DEFERRABLE'
                ' INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION testing.marked()',
                coalesce(' OF ' || string_agg(quote_ident(attname), ', '), ''))
  FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attnum > 0 AND NOT attisdropped
    AND attname NOT IN ('tenant_id', 'id') AND has_column_privilege('figures', attrelid, attnum, 'SELECT')
); END $watch$
"""


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
def database_server() -> Iterator[Server]:
    """The server of this session; the embedded one leaves with it."""
    given = os.environ.get("TOWNBRIDGE_TEST_DATABASE_URL")
    if given:
        yield Server(given)
        return
    from core.kernel.embedded import Services

    with passing_folder() as folder:
        services = Services(folder / "home", redis=False)
        services.start()
        server = Server(services.postgres_dsn("bootstrap", "postgres"))
        # Nothing of a test outlives it, so nothing has to reach the disk; every test makes a database.
        asyncio.run(server.run(*PASSING, "SELECT pg_reload_conf()"))
        try:
            yield server
        finally:
            services.discard()


@pytest.fixture(scope="session")
def installed_plugins() -> Sequence[Found]:
    """The plug-ins of this environment."""
    return discover()


@pytest.fixture(scope="session")
def installed_registry(installed_plugins: Sequence[Found]) -> Registry:
    """The same, read: a tenth of a second and more that every test would spend again."""
    return plugins(installed_plugins)


@pytest.fixture(scope="session")
def contract_plugins(installed_plugins: Sequence[Found]) -> Collection[str]:
    """The names of those that are held to the contract: all but the platform's own, which its own suite tries."""
    return {entry.name for entry in plugins(installed_plugins).plugins if entry.folder.parent != OWN}


@pytest.fixture(scope="session")
def contract_examples() -> Mapping[str, Any]:
    """Values of columns by the name of a table, payloads by the name of a job or event: see `core.contract.check`."""
    return {}


@pytest.fixture(scope="session")
async def template_database(
    database_server: Server, installed_plugins: Sequence[Found]
) -> AsyncIterator[str]:
    """The name of a database with every migration run and nothing in it."""
    name = f"template_{new_id().hex}"
    await database_server.run(f'CREATE DATABASE "{name}"')
    await database_server.run(*role_statements(name))
    migrator = await Database.connect({"migrator": database_server.address(name, "migrator")})
    await migrate(migrator, migration_apps(plugins(installed_plugins)))
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


class Town(Struct, frozen=True, kw_only=True):
    """The town of the tests and its two tenants, which have the same name and differ in their codes alone."""

    region: Region
    t01: Tenant
    t02: Tenant


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home folder with the keys of this session."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
async def furnished_database(
    database_server: Server, template_database: str, installed_plugins: Sequence[Found], home: Path
) -> AsyncIterator[str]:
    """The name of a database with the town of the tests in it."""
    name = f"furnished_{new_id().hex}"
    await database_server.run(f'CREATE DATABASE "{name}" TEMPLATE "{template_database}"')
    async with open_platform(
        platform_settings(database_server, name, home), found=installed_plugins
    ) as platform:
        await furnish(platform)
        await database_server.run(*watching(platform), database=name)
    yield name
    await database_server.run(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
async def platform(
    database_server: Server, furnished_database: str, installed_registry: Registry, home: Path
) -> AsyncIterator[Platform]:
    """A fresh town."""
    name = f"town_{new_id().hex}"
    await database_server.run(f'CREATE DATABASE "{name}" TEMPLATE "{furnished_database}"')
    settings = platform_settings(database_server, name, home)
    async with open_platform(settings, ("app", "figures", "dispatch"), found=installed_registry) as opened:
        yield opened
    await database_server.run(f'DROP DATABASE "{name}" WITH (FORCE)')


def platform_settings(server: Server, database: str, home: Path, **more: object) -> Settings:
    """The settings of a process that works on a database of the tests; without Redis."""
    urls = {
        "database_url" if login == "app" else f"{login}_url": server.address(database, login)
        for login in LOGINS
    }
    return Settings(
        **{"home": home, "redis_url": "none", "pool_size": 4, "api_rate": 1_000_000, **urls, **more}
    )


@pytest.fixture
async def town(platform: Platform) -> Town:
    async with platform.database.transaction(Scope.nobody()) as tx:
        region = await region_by_code(tx, TOWN)
    assert region is not None
    async with platform.database.transaction(Scope.town(region.id)) as tx:
        t01, t02 = await list_tenants(tx)
    return Town(region=region, t01=t01, t02=t02)


@pytest.fixture
def app(platform: Platform) -> Litestar:
    """The web application, on the platform of the test."""
    return app_on(platform)


@pytest.fixture
async def visit(app: Litestar) -> AsyncIterator[Callable[..., Awaitable[Visitor]]]:
    """Come to the portal, signed in if a login is given."""
    async with AsyncExitStack() as stack:

        async def come(login: str = "") -> Visitor:
            transport = httpx.ASGITransport(cast(Any, app), raise_app_exceptions=False)
            client = httpx.AsyncClient(transport=transport, base_url="http://testserver")
            visitor = Visitor(await stack.enter_async_context(client))
            if login:
                await visitor.sign_in(login)
            return visitor

        yield come


@pytest.fixture
async def program(
    platform: Platform, town: Town, app: Litestar
) -> AsyncIterator[Callable[..., Awaitable[Program]]]:
    """Come to the API with a token of an account."""
    async with AsyncExitStack() as stack:

        async def come(login: str, *scopes: str) -> Program:
            async with platform.database.transaction(Scope.town(town.region.id)) as tx:
                account = await account_by_login(tx, login)
                assert account is not None
                token = await issue_token(tx, account.id, "tests", scopes=scopes or (EVERYTHING,))
            transport = httpx.ASGITransport(cast(Any, app), raise_app_exceptions=False)
            client = httpx.AsyncClient(transport=transport, base_url="http://testserver")
            return Program(await stack.enter_async_context(client), token)

        yield come


@pytest.fixture
def in_tenant(platform: Platform, town: Town) -> Callable[..., AbstractAsyncContextManager[Transaction]]:
    """A transaction in `t01`, or in another tenant of the town, with these compartments open."""

    def open_it(*compartments: str, tenant: Tenant | None = None) -> AbstractAsyncContextManager[Transaction]:
        return platform.database.transaction(Scope.of_tenant((tenant or town.t01).id, compartments))

    return open_it


@pytest.fixture
def settled(platform: Platform) -> Callable[[], Awaitable[None]]:
    """Have the figures worked off."""
    return lambda: settle(platform.database, platform.catalogue)


def watching(platform: Platform) -> list[str]:
    """Statements that have the database refuse a write to a plug-in's table that indicators read, if it leaves no mark.

    The figures would stay as they were, and nobody would notice. It is refused when the transaction commits.
    """
    own = {name_of(use.table) for entry in platform.registry.plugins for use in entry.tables}
    return [_WATCH, *(_WATCHED.format(table=table) for table in sorted(own & platform.catalogue.tables))]


async def furnish(platform: Platform) -> None:
    """Open the town and its two tenants, switch everything on, and appoint somebody to every role."""
    database = platform.database
    region = await open_region(database, code=TOWN, name_zh="星河镇", name_en="Xinghe Town")
    async with database.transaction(Scope.town(region.id)) as tx:
        tenants = [await _tenant(tx, code) for code in ("T01", "T02")]
        for entry in platform.registry.plugins:
            await offer_plugin(tx, region.id, platform.registry, entry.name, "offered")
        for role in TOWN_ROLES:
            await grant_town_role(tx, (await _account(tx, role.name)).id, role.name)
        await _account(tx, "stranger")
    for tenant, ending in zip(tenants, ("", ".t02"), strict=True):
        await _staff(platform, region, tenant, ending)


async def _tenant(tx: Transaction, code: str) -> Tenant:
    return await open_tenant(
        tx,
        code=code,
        name_zh="华星制衣职工服务协会",
        name_en="Huaxing Garment Workers' Service Association",
        kind="enterprise_association",
        opened_on=OPENED,
    )


async def _staff(platform: Platform, region: Region, tenant: Tenant, ending: str) -> None:
    async with platform.database.transaction(Scope.town(region.id)) as tx:
        accounts = {role.name: await _account(tx, role.name + ending) for role in TENANT_ROLES}
    async with platform.database.transaction(Scope.of_tenant(tenant.id)) as tx:
        for role, account in accounts.items():
            await grant_role(tx, account.id, role, OPENED)
        for entry in platform.registry.plugins:
            async with tenant_background(platform.server, tx, tenant.id, entry.name) as ctx:
                await switch_plugin(ctx, platform.registry, entry.name, True)


async def _account(tx: Transaction, login: str) -> Account:
    account = await add_account(tx, login, login.replace("_", " "))
    await set_password(tx, account.id, PASSWORD)
    return account
