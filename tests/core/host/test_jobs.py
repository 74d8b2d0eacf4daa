"""Jobs and listeners of a module run where it is on, wait where it is off, and run once it is on again."""

from __future__ import annotations

from uuid import UUID

import pytest

from core.app import Platform
from core.host.background import tenant_background
from core.host.jobs import job_handlers
from core.host.offers import switch_plugin
from core.kernel import audit
from core.kernel.jobs import enqueue
from core.kernel.runner import Runner
from core.kernel.scope import Scope
from core.testing import Town
from tests.lantern.events import LIT, LampLit


@pytest.fixture
def runner(platform: Platform) -> Runner:
    return Runner(platform.database, job_handlers(platform.server), back_off=lambda attempt: 0.0)


async def ask(platform: Platform, tenant: UUID, night: int) -> None:
    async with platform.database.transaction(Scope.of_tenant(tenant)) as tx:
        await enqueue(tx, "lantern.lamp.dim", {"night": night})


async def acts(platform: Platform, tenant: UUID) -> list[audit.Detail]:
    async with platform.database.transaction(Scope.of_tenant(tenant)) as tx:
        lines = await audit.lines(tx)
    return [line.detail for line in reversed(lines) if line.action.startswith("lantern.")]


async def switch(platform: Platform, tenant: UUID, is_on: bool) -> None:
    async with (
        platform.database.transaction(Scope.of_tenant(tenant)) as tx,
        tenant_background(platform.server, tx, tenant, "lantern") as ctx,
    ):
        assert await switch_plugin(ctx, platform.registry, "lantern", is_on)


async def test_a_module_that_is_off_runs_no_job(platform: Platform, town: Town, runner: Runner) -> None:
    await switch(platform, town.t01.id, False)
    for tenant in (town.t01.id, town.t02.id):
        await ask(platform, tenant, 1)
    await runner.drain()
    assert await acts(platform, town.t01.id) == []
    assert await acts(platform, town.t02.id) == [{"night": 1}]

    await switch(platform, town.t01.id, True)
    await runner.drain()
    assert await acts(platform, town.t01.id) == [{"night": 1}]


async def test_an_event_reaches_its_listener_in_its_own_tenant(
    platform: Platform, town: Town, runner: Runner
) -> None:
    async with (
        platform.database.transaction(Scope.of_tenant(town.t01.id)) as tx,
        tenant_background(platform.server, tx, town.t01.id, "lantern") as ctx,
    ):
        await ctx.emit(LIT, LampLit(lamp="7"))
    await runner.drain()
    assert await acts(platform, town.t01.id) == [{"lamp": "7"}]
    assert await acts(platform, town.t02.id) == []


async def test_what_is_told_in_vain_is_not_told(platform: Platform, town: Town, runner: Runner) -> None:
    async def fail() -> None:
        async with (
            platform.database.transaction(Scope.of_tenant(town.t01.id)) as tx,
            tenant_background(platform.server, tx, town.t01.id, "lantern") as ctx,
        ):
            await ctx.emit(LIT, LampLit(lamp="7"))
            raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 -- the one above
        await fail()
    assert await runner.drain() == 0
    assert await acts(platform, town.t01.id) == []
