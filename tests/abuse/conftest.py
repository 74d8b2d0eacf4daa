"""The scene of these attacks: one for all that leave it as it is, one of its own for what tears it down."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from core.app import Platform, create_app, open_platform
from core.host.discovery import Found
from core.kernel.ids import new_id
from core.kernel.scope import Scope
from core.kernel.settings import Settings
from core.tenancy.regions import region_by_code
from core.tenancy.tenants import list_tenants
from core.testing import TOWN, Server, Town, Visitor, platform_settings
from tests.abuse.scene import Scene, Visit, opened_scene


@pytest.fixture(scope="session")
async def stage(
    database_server: Server, furnished_database: str, installed_plugins: Sequence[Found], home: Path
) -> AsyncIterator[tuple[str, Scene]]:
    """A town in which something is everywhere, and what was found in it; each scene is a copy of it."""
    name = f"stage_{new_id().hex}"
    await database_server.run(f'CREATE DATABASE "{name}" TEMPLATE "{furnished_database}"')
    async with _portal(platform_settings(database_server, name, home), installed_plugins) as (platform, come):
        found = await opened_scene(platform, await _town(platform), come)
    yield name, found
    await database_server.run(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
async def scene(
    database_server: Server, stage: tuple[str, Scene], installed_plugins: Sequence[Found], home: Path
) -> AsyncIterator[Scene]:
    """Whoever uses it leaves it as it is."""
    async with _copied(database_server, stage, installed_plugins, home) as copied:
        yield copied


@pytest.fixture
async def own_scene(
    database_server: Server, stage: tuple[str, Scene], installed_plugins: Sequence[Found], home: Path
) -> AsyncIterator[Scene]:
    """The same, for one test that tears it down."""
    async with _copied(database_server, stage, installed_plugins, home) as copied:
        yield copied


@asynccontextmanager
async def _copied(
    server: Server, stage: tuple[str, Scene], plugins: Sequence[Found], home: Path
) -> AsyncIterator[Scene]:
    template, found = stage
    name = f"abuse_{new_id().hex}"
    await server.run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    async with _portal(platform_settings(server, name, home), plugins) as (platform, come):
        yield found.copied_to(platform, come)
    await server.run(f'DROP DATABASE "{name}" WITH (FORCE)')


@asynccontextmanager
async def _portal(settings: Settings, plugins: Sequence[Found]) -> AsyncIterator[tuple[Platform, Visit]]:
    """The portal on a database, and how one comes to it."""
    async with AsyncExitStack() as stack:
        opened = open_platform(settings, ("app", "figures", "dispatch"), found=plugins)
        platform = await stack.enter_async_context(opened)
        app = create_app(platform)

        async def come(login: str = "") -> Visitor:
            transport = httpx.ASGITransport(cast(Any, app), raise_app_exceptions=False)
            client = httpx.AsyncClient(transport=transport, base_url="http://testserver")
            visitor = Visitor(await stack.enter_async_context(client))
            if login:
                await visitor.sign_in(login)
            return visitor

        yield platform, come


async def _town(platform: Platform) -> Town:
    async with platform.database.transaction(Scope.nobody()) as tx:
        region = await region_by_code(tx, TOWN)
    assert region is not None
    async with platform.database.transaction(Scope.town(region.id)) as tx:
        t01, t02 = await list_tenants(tx)
    return Town(region=region, t01=t01, t02=t02)
