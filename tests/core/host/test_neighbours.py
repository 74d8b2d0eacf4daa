"""Units beside one's own: by code or full name, or the town's own station."""

from __future__ import annotations

from datetime import date

from core.app import Platform
from core.host.background import tenant_background
from core.host.offers import switch_plugin
from core.kernel.scope import Scope
from core.sdk.handover import Neighbour
from core.tenancy.tenants import Tenant, open_tenant
from core.testing import Town

PLUGIN = "lantern"


async def station_of(platform: Platform, town: Town) -> Tenant:
    async with platform.database.transaction(Scope.town(town.region.id)) as tx:
        return await open_tenant(
            tx,
            code="S01",
            name_zh="星河镇服务站",
            name_en="Xinghe Town Station",
            kind="town_station",
            opened_on=date(2025, 1, 1),
        )


async def seen_from(platform: Platform, tenant: Tenant, *, turn_on: bool = False) -> Neighbour | None:
    async with (
        platform.database.transaction(Scope.of_tenant(tenant.id)) as tx,
        tenant_background(platform.server, tx, tenant.id, PLUGIN) as ctx,
    ):
        if turn_on:
            await switch_plugin(ctx, platform.registry, PLUGIN, True)
        assert await ctx.neighbour("") is None
        return await ctx.town_station()


async def test_the_station_of_the_town_is_found_once_it_has_the_service_on(
    platform: Platform, town: Town
) -> None:
    assert await seen_from(platform, town.t01) is None
    station = await station_of(platform, town)
    assert await seen_from(platform, town.t01) is None
    assert await seen_from(platform, station, turn_on=True) is None
    found = await seen_from(platform, town.t01)
    assert found is not None
    assert (found.code, found.name("en")) == ("S01", "Xinghe Town Station")
