"""Goods at a service point of the served town, so that somebody can be given some."""

from __future__ import annotations

from datetime import date

from core.app import Platform
from core.host.background import tenant_background
from core.host.offers import switch_plugin
from core.identity.accounts import add_account
from core.identity.credentials import set_password
from core.identity.memberships import grant_role
from core.kernel.scope import Scope
from core.sdk.people import PersonDraft
from core.tenancy.regions import region_by_code
from core.tenancy.tenants import list_tenants, open_tenant
from core.testing import PASSWORD, TOWN
from plugins.supplies.services.ledger import post
from plugins.supplies.services.vouchers import Act, Line
from plugins.supplies.tables import Point

__all__ = ["CLIENT", "KEEPER", "open_store", "stock_up"]

CLIENT = "卓小满"
KEEPER = "storekeeper"
"""The login of who works at the town's store."""
OPENED = date(2025, 1, 1)


async def stock_up(platform: Platform) -> None:
    """A station of t01 with two lots of condoms, and somebody to whom some are given."""
    async with platform.database.transaction(Scope.nobody()) as tx:
        town = await region_by_code(tx, TOWN)
    assert town is not None
    async with platform.database.transaction(Scope.town(town.id)) as tx:
        tenant = (await list_tenants(tx))[0]
    async with (
        platform.database.transaction(Scope.of_tenant(tenant.id, ("registry", "supplies"))) as tx,
        tenant_background(platform.server, tx, tenant.id, "supplies") as ctx,
    ):
        await Point.insert(Point(code="T01-S", name="药具服务点", kind="STATION", opened_on=OPENED))
        ctx.changed(Point, OPENED, onwards=True)
        lines = [
            Line(sku="CON-M", lot="0001724", quantity=15, expiry=date(2038, 5, 31)),
            Line(sku="CON-M", lot="CON25A01", quantity=2382, expiry=date(2039, 3, 17)),
        ]
        await post(ctx, Act(kind="RECEIPT", day=ctx.today, point="T01-S"), lines)
        await ctx.people.register(PersonDraft(name=CLIENT, sex="2", birth_date=OPENED, contact="宿舍1栋"))


async def open_store(platform: Platform) -> None:
    """The town's own station, with somebody who works there and condoms to send."""
    async with platform.database.transaction(Scope.nobody()) as tx:
        town = await region_by_code(tx, TOWN)
    assert town is not None
    async with platform.database.transaction(Scope.town(town.id)) as tx:
        tenant = await open_tenant(
            tx, code="S01", name_zh="星河镇服务站", name_en="Xinghe Town Station", kind="town_station",
            opened_on=OPENED,
        )  # fmt: skip
        account = await add_account(tx, KEEPER, "库管员")
        await set_password(tx, account.id, PASSWORD)
    async with (
        platform.database.transaction(Scope.of_tenant(tenant.id, ("supplies",))) as tx,
        tenant_background(platform.server, tx, tenant.id, "supplies") as ctx,
    ):
        await grant_role(tx, account.id, "station_staff", OPENED)
        await switch_plugin(ctx, platform.registry, "supplies", True)
        await Point.insert(Point(code="W1", name="药具库", kind="STATION", opened_on=OPENED))
        ctx.changed(Point, OPENED, onwards=True)
        lines = [
            Line(sku="CON-M", lot="W0001", quantity=300, expiry=date(2038, 5, 31)),
            Line(sku="CON-M", lot="W0002", quantity=900, expiry=date(2039, 3, 17)),
        ]
        await post(ctx, Act(kind="RECEIPT", day=ctx.today, point="W1"), lines)
