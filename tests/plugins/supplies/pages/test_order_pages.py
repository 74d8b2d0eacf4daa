"""Requisitions and shipments through the portal, without script: two clerks, and what is refused loses nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest

from core.app import Platform
from core.identity.accounts import account_by_login
from core.identity.memberships import grant_role
from core.kernel.scope import Scope
from core.tenancy.tenants import Tenant
from core.testing import OPENED, Town, Visitor
from plugins.supplies.services import requisitions, shipments
from tests.plugins.supplies.conftest import Store, Work, receive

Visit = Callable[..., Awaitable[Visitor]]

HERE = "/t/t01/supplies"
THERE = "/t/s01/supplies"


@pytest.fixture
async def clerks(
    visit: Visit, platform: Platform, town: Town, station: Tenant, store: Store
) -> tuple[Visitor, Visitor]:
    """One at the counter of t01, one of t02 who works at the town's store as well."""
    async with platform.database.transaction(Scope.town(town.region.id)) as tx:
        account = await account_by_login(tx, "station_staff.t02")
    assert account is not None
    async with platform.database.transaction(Scope.of_tenant(station.id)) as tx:
        await grant_role(tx, account.id, "station_staff", OPENED)
    async with store(station) as ctx:
        await receive(ctx, 100, "A", point="W1")
    return await visit("station_staff"), await visit("station_staff.t02")


async def begun(clerk: Visitor) -> str:
    """A draft with condoms on it; its address."""
    await clerk.get(f"{HERE}/needs")
    answer = await clerk.post(f"{HERE}/needs", {"point": "S1", "urgency": "NORMAL"})
    assert answer.status_code == 303, answer.text
    place = answer.headers["Location"]
    assert (await clerk.post(f"{place}/add", {"sku": "CON-M"})).status_code == 303
    assert (await clerk.get(f"{place}/print")).status_code == 200
    return place


def wishes(version: int, asked: str, why: str, act: str = "send") -> dict[str, str]:
    line = {"sku_1": "CON-M", "asked_1": asked, "why_1": why}
    return {"version": str(version), "act": act, "remark": "", **line}


async def test_from_a_need_to_the_shelf(
    clerks: tuple[Visitor, Visitor], worked: Work, store: Store, station: Tenant
) -> None:
    here, there = clerks
    place = await begun(here)
    requisition = place.rpartition("/")[2]
    refused = await here.post(place, wishes(2, "60", ""))
    assert refused.status_code == 400
    assert 'value="60"' in refused.text
    assert (await here.post(place, wishes(3, "60", "活动"))).status_code == 303
    await worked()

    assert "华星制衣职工服务协会" in (await there.get("/t/s01")).text
    page = await there.get(f"{THERE}/requisitions/{requisition}")
    assert "活动" in page.text
    cut = {"version": "2", "sku_1": "CON-M", "approved_1": "50", "reason": ""}
    assert (await there.post(f"{THERE}/requisitions/{requisition}/approve", cut)).status_code == 400
    answer = await there.post(f"{THERE}/requisitions/{requisition}/approve", {**cut, "reason": "库存不足"})
    assert answer.status_code == 303
    packed = await there.post(f"{THERE}/requisitions/{requisition}/pack", {"point": "W1"})
    parcel = packed.headers["Location"]
    lots = {"version": "1", "act": "send", "sku_1": "CON-M", "lot_1": "A", "quantity_1": "50"}
    assert (await there.post(parcel, lots)).status_code == 303
    await worked()

    shipment = parcel.rpartition("/")[2]
    page = await here.get(f"{HERE}/shipments/{shipment}")
    assert 'name="received_1"' in page.text
    counted = {"version": "1", "point": "S1", "day": "", "sku_1": "CON-M", "lot_1": "A"}
    short = {**counted, "received_1": "48", "lost_1": "2", "damaged_1": "", "why_1": ""}
    refused = await here.post(f"{HERE}/shipments/{shipment}/receive", short)
    assert refused.status_code == 400
    assert 'value="48"' in refused.text
    assert (
        await here.post(f"{HERE}/shipments/{shipment}/receive", {**short, "why_1": "少了两只"})
    ).status_code == 303
    await worked()
    assert "少了两只" in (await there.get(parcel)).text
    for path in (f"{place}/print", f"{HERE}/shipments/{shipment}/print"):
        assert "signatures" in (await here.get(path)).text
    async with store(station) as ctx:
        assert (await requisitions.find_requisition(UUID(requisition))).state == "closed"
        assert ctx.tenant.kind == "town_station"


async def test_an_offer_goes_to_a_unit_that_accepts_it(
    clerks: tuple[Visitor, Visitor], worked: Work, store: Store
) -> None:
    here, there = clerks
    async with store() as ctx:
        await receive(ctx, 80, "B")
    assert (await here.get(f"{HERE}/shipments/new")).status_code == 200
    unknown = await here.post(f"{HERE}/shipments/offer", {"unit": "T99", "point": "S1", "note": ""})
    assert unknown.status_code == 400
    assert "T99" in unknown.text
    begun = await here.post(f"{HERE}/shipments/offer", {"unit": "t02", "point": "S1", "note": "近效期"})
    parcel = begun.headers["Location"]
    lots = {"sku_1": "CON-M", "lot_1": "B", "quantity_1": "30"}
    assert (await here.post(parcel, {"version": "1", "act": "offer", **lots})).status_code == 303
    await worked()
    shipment = parcel.rpartition("/")[2]
    theirs = f"/t/t02/supplies/shipments/{shipment}"
    assert "近效期" in (await there.get(theirs)).text
    assert (await there.post(f"{theirs}/accept", {"point": "S1"})).status_code == 303
    await worked()
    async with store() as ctx:
        version = (await shipments.find_shipment(UUID(shipment))).version
    assert (await here.post(parcel, {"version": str(version), "act": "send", **lots})).status_code == 303


async def test_goods_move_between_points_once(clerks: tuple[Visitor, Visitor], store: Store) -> None:
    here, _there = clerks
    async with store() as ctx:
        await receive(ctx, 80, "B")
    page = await here.get(f"{HERE}/transfers?point=S1")
    key = page.text.partition('name="key" value="')[2].partition('"')[0]
    moved = {"key": key, "point": "S1", "to": "B1", "note": ""}
    moved |= {"sku_1": "CON-M", "lot_1": "B", "quantity_1": "5"}
    for _again in range(2):
        assert (await here.post(f"{HERE}/transfers", moved)).status_code == 303
    assert "75" in (await here.get(f"{HERE}/transfers?point=S1")).text


async def test_a_stale_page_is_told_and_a_unit_that_is_no_store_decides_nothing(
    clerks: tuple[Visitor, Visitor], worked: Work
) -> None:
    here, _there = clerks
    place = await begun(here)
    assert (await here.post(place, wishes(1, "60", "活动"))).status_code == 409
    assert (await here.post(place, wishes(2, "60", "活动"))).status_code == 303
    await worked()
    denied = await here.post(f"{place}/approve", {"version": "2", "reason": ""})
    assert denied.status_code == 404
    assert (await here.post(f"{place}/cancel")).status_code == 303
    assert (await here.post(f"{place}/discard")).status_code == 409


async def test_who_keeps_no_stock_sees_none_of_it(clerks: tuple[Visitor, Visitor], visit: Visit) -> None:
    officer = await visit("tenant_officer")
    for path in ("needs", "requisitions", "shipments", "transfers"):
        assert (await officer.get(f"{HERE}/{path}")).status_code in (403, 404)
