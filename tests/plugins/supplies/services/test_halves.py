"""`townbridge verify` pairs the halves of shipments: what one unit sent is what the other says of it."""

from __future__ import annotations

from uuid import UUID

import pytest

from core.app import Platform
from core.commands.proofs import plugin_halves, read_books
from core.tenancy.tenants import Tenant
from core.testing import Town
from plugins.supplies.services import sending, shipments
from plugins.supplies.services.sending import Taken
from plugins.supplies.tables import Shipment, ShipmentLine
from tests.plugins.supplies.conftest import Store, Work, receive
from tests.plugins.supplies.services.test_shipments import count, found

pytestmark = pytest.mark.usefixtures("catalogue")


@pytest.fixture(autouse=True)
async def goods(store: Store) -> None:
    async with store() as ctx:
        await receive(ctx, 100)


async def send_back(store: Store, quantity: int) -> UUID:
    async with store() as ctx:
        shipment = await sending.begin_return(ctx, "S1", "")
        await sending.repack(ctx, shipment, 1, [Taken(sku="CON-M", lot="A", quantity=quantity)])
        await sending.send(ctx, shipment, 2)
    return shipment


async def proven(platform: Platform) -> tuple[list[str], str]:
    return await plugin_halves(await read_books(platform))


async def test_a_parcel_on_its_way_is_no_finding(
    platform: Platform, store: Store, station: Tenant, worked: Work
) -> None:
    shipment = await send_back(store, 25)
    assert (await proven(platform))[0] == [], "the other unit does not know it yet"
    await worked()
    assert (await proven(platform))[0] == [], "the goods are on their way, and both units say so"
    await count(store, shipment, found("A", 20, lost=2, why="箱子破了"), tenant=station)
    assert (await proven(platform))[0] == [], "the sender was not told yet"
    await worked()
    assert await proven(platform) == ([], "1 acts between two tenants say the same in both.")


async def test_a_lost_half_and_a_changed_quantity_are_found(
    platform: Platform, town: Town, store: Store, station: Tenant, worked: Work
) -> None:
    lost, changed = await send_back(store, 25), await send_back(store, 30)
    await worked()
    await count(store, changed, found("A", 30), tenant=station)
    await worked()
    async with store(station):
        await ShipmentLine.delete().where(ShipmentLine.shipment_id == lost)
        await Shipment.delete().where(Shipment.id == lost)
        await ShipmentLine.update({"received": 29}).where(ShipmentLine.shipment_id == changed)
        number = (await shipments.find_shipment(changed)).number
    sentences = sorted((await proven(platform))[0])
    assert len(sentences) == 2
    alone, differs = sorted(sentences, key=lambda each: number in each)
    here = town.t01.code
    assert alone.startswith(f"{here}: supplies: Shipment ")
    assert "has no half in S01. See whether `townbridge jobs list` names its message" in alone
    assert differs.startswith(
        f"S01: supplies: Shipment {number}, CON-M lot A received: 29 here, 30 in {here}. Ask both units"
    )
