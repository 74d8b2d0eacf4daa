"""The scene of these attacks: one for all that leave it as it is, one of its own for what tears it down."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from core.app import Platform, create_app, open_platform
from core.host.discovery import Found
from core.kernel.ids import new_id
from core.kernel.scope import Scope
from core.tenancy.regions import region_by_code
from core.tenancy.tenants import list_tenants
from core.testing import TOWN, Server, Town, Visitor, platform_settings
from tests.abuse.scene import Scene, opened_scene


@pytest.fixture(scope="session")
async def scene(
    database_server: Server, furnished_database: str, installed_plugins: Sequence[Found], home: Path
) -> AsyncIterator[Scene]:
    """A town in which something is everywhere; whoever uses it leaves it as it is."""
    name = f"abuse_{new_id().hex}"
    await database_server.run(f'CREATE DATABASE "{name}" TEMPLATE "{furnished_database}"')
    settings = platform_settings(database_server, name, home)
    async with AsyncExitStack() as stack:
        opened = open_platform(settings, ("app", "figures", "dispatch"), found=installed_plugins)
        platform = await stack.enter_async_context(opened)
        app = create_app(platform)

        async def come(login: str = "") -> Visitor:
            transport = httpx.ASGITransport(cast(Any, app), raise_app_exceptions=False)
            client = httpx.AsyncClient(transport=transport, base_url="http://testserver")
            visitor = Visitor(await stack.enter_async_context(client))
            if login:
                await visitor.sign_in(login)
            return visitor

        yield await opened_scene(platform, await _town(platform), come)
    await database_server.run(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
async def own_scene(platform: Platform, town: Town, visit: Callable[..., Awaitable[Visitor]]) -> Scene:
    """The same, for one test that tears it down."""
    return await opened_scene(platform, town, visit)


async def _town(platform: Platform) -> Town:
    async with platform.database.transaction(Scope.nobody()) as tx:
        region = await region_by_code(tx, TOWN)
    assert region is not None
    async with platform.database.transaction(Scope.town(region.id)) as tx:
        t01, t02 = await list_tenants(tx)
    return Town(region=region, t01=t01, t02=t02)
