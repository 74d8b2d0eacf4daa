"""Whatever the way does to what crosses between two units, their halves end alike and nothing is lost or doubled."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest

from core.app import Platform
from core.kernel.errors import TownbridgeError
from core.kernel.scope import Scope
from core.sdk import Neighbour
from core.tenancy.tenants import Tenant
from core.testing import Town
from plugins.supplies import tables
from plugins.supplies.services import asking, deciding, parcels, receiving, requisitions, sending, shipments
from plugins.supplies.services.asking import Wish
from plugins.supplies.services.receiving import Counted
from tests.plugins.supplies.conftest import Store, Work, receive
from tests.plugins.supplies.services.test_shipments import approve, ask, assert_sound, found, pack_and_send

Parcel = tuple[str, Any]

PACKED: dict[str, tuple[Callable[..., Awaitable[Any]], Callable[..., Awaitable[Any]], str]] = {
    "request": (parcels.pack_request, parcels.take_request, "store"),
    "decision": (parcels.pack_decision, parcels.take_decision, "unit"),
    "dispatch": (parcels.pack_dispatch, parcels.take_dispatch, "unit"),
    "receipt": (parcels.pack_receipt, parcels.take_receipt, "store"),
}
"""How each is made and taken, and who takes it."""


class Way:
    """Between one unit and the store: parcels are made whenever, kept, and delivered in any order, often, or late."""

    def __init__(self, store: Store, unit: Tenant, station: Tenant, chance: random.Random) -> None:
        self.store = store
        self.places = {"unit": unit, "store": station}
        self.chance = chance
        self.under_way: list[Parcel] = []
        self.requisitions: list[UUID] = []

    async def at(self, place: str, act: Callable[[Any], Awaitable[Any]]) -> Any:
        """One transaction; what is refused is refused whole."""
        try:
            async with self.store(self.places[place]) as ctx:
                return await act(ctx)
        except TownbridgeError:
            return None

    async def make(self, kind: str) -> None:
        pack, _take, to = PACKED[kind]
        table = tables.Requisition if kind in ("request", "decision") else tables.Shipment

        async def made(ctx: Any) -> list[Any]:
            return [await pack(ctx, {"id": str(row["id"])}) for row in await table.select(table.id)]

        sender = "unit" if to == "store" else "store"
        for parcel in await self.at(sender, made) or ():
            if parcel is not None:
                self.under_way.append((kind, parcel))

    async def deliver(self, parcel: Parcel) -> None:
        kind, content = parcel
        _pack, take, to = PACKED[kind]
        sender = self.places["unit" if to == "store" else "store"]
        told = Neighbour(code=sender.code, name_zh=sender.name_zh, name_en=sender.name_en)
        await self.at(to, lambda ctx: take(ctx, content, told))

    async def step(self) -> None:
        acts = (self.ask, self.decide, self.pack, self.send, self.count)
        act = self.chance.choice((*acts, *acts, self.cancel))
        await act()
        for kind in PACKED:
            if self.chance.random() < 0.4:
                await self.make(kind)
        for _each in range(self.chance.randrange(6)):
            if self.under_way:
                # Taken out or not: a parcel may come again.
                place = self.chance.randrange(len(self.under_way))
                parcel = self.under_way[place]
                if self.chance.random() < 0.7:
                    self.under_way.pop(place)
                await self.deliver(parcel)

    async def settle(self) -> None:
        """Everything that still lies about arrives, the oldest last; then each half tells the other how it stands."""
        for parcel in reversed(self.under_way):
            await self.deliver(parcel)
        for _round in range(2):
            for kind in PACKED:
                self.under_way.clear()
                await self.make(kind)
                for parcel in self.under_way:
                    await self.deliver(parcel)

    async def ask(self) -> None:
        async def act(ctx: Any) -> UUID:
            requisition = await asking.draft(ctx, "S1", "NORMAL")
            if "CON-M" not in {line.sku for line in await requisitions.lines_of(requisition)}:
                await asking.add_line(ctx, requisition, "CON-M")
            version = (await requisitions.find_requisition(requisition)).version
            wish = Wish(sku="CON-M", asked=self.chance.randrange(1, 9), remark="活动")
            await asking.change(ctx, requisition, version, [wish])
            await asking.send(ctx, requisition, version + 1)
            return requisition

        self.requisitions.append(await self.at("unit", act))

    async def cancel(self) -> None:
        if self.requisitions:
            chosen = self.chance.choice(self.requisitions)
            await self.at("unit", lambda ctx: asking.cancel(ctx, chosen))

    async def decide(self) -> None:
        async def act(ctx: Any) -> None:
            for half in await requisitions.waiting("IN", "sent"):
                if self.chance.random() < 0.3:
                    await deciding.send_back(ctx, half.id, half.version, "重写")
                else:
                    (line,) = await requisitions.lines_of(half.id)
                    less = self.chance.randrange(line.asked + 1)
                    await deciding.approve(ctx, half.id, half.version, {"CON-M": less}, "库存不足")

        await self.at("store", act)

    async def pack(self) -> None:
        async def act(ctx: Any) -> None:
            for half in await requisitions.waiting("IN", "approved"):
                await sending.pack(ctx, half.id, "W1")

        await self.at("store", act)

    async def send(self) -> None:
        async def act(ctx: Any) -> None:
            for half in await shipments.waiting("OUT", "draft"):
                await sending.send(ctx, half.id, half.version)

        await self.at("store", act)

    async def count(self) -> None:
        async def act(ctx: Any) -> None:
            for half in await shipments.waiting("IN", "sent"):
                (line,) = await shipments.lines_of(half.id)
                lost = self.chance.randrange(2) if line.in_transit > 1 else 0
                received = self.chance.randrange(line.in_transit - lost + 1)
                counted = Counted(sku=line.sku, lot=line.lot, received=received, lost=lost, why="路上")
                await receiving.receive(ctx, half.id, half.version, "S1", [counted])

        await self.at("unit", act)


async def halves(store: Store, tenant: Tenant) -> dict[str, Any]:
    """What both halves must say alike."""
    async with store(tenant) as ctx:
        orders = [
            (row["id"], row["state"], row["round"])
            for row in await tables.Requisition.select().order_by(tables.Requisition.id)
            if row["state"] != "draft"
        ]
        sent = [
            (half["id"], half["state"], await shipments.lines_of(half["id"]))
            for half in await tables.Shipment.select().order_by(tables.Shipment.id)
            if half["state"] in ("sent", "received")
        ]
        total = sum(row["balance"] for row in await tables.Stock.select())
        lost = sum(row["quantity"] for row in await tables.Entry.select().where(tables.Entry.kind == "LOSS"))
        _unused = ctx
    return {"orders": orders, "sent": sent, "total": total, "lost": lost}


@pytest.mark.parametrize("seed", range(3))
async def test_halves_end_alike_however_parcels_come(
    store: Store, town: Town, station: Tenant, seed: int
) -> None:
    way = Way(store, town.t01, station, random.Random(seed))
    async with store(station) as ctx:
        await receive(ctx, 60, point="W1")
    for _step in range(40):
        await way.step()
        await assert_sound(store, town.t01, station)
    await way.settle()
    here, there = await halves(store, town.t01), await halves(store, station)
    assert here["orders"] == there["orders"]
    assert here["sent"] == there["sent"]
    in_transit = sum(line.in_transit for _id, _state, lines in here["sent"] for line in lines)
    assert here["total"] + there["total"] + here["lost"] + in_transit == 60
    assert there["lost"] == 0
    assert here["sent"]


async def test_a_crash_between_the_halves_delivers_again(
    store: Store, platform: Platform, station: Tenant, worked: Work
) -> None:
    """The receiver has committed and the sender has not: the jobs of the sender are due once more, all of them."""
    async with store(station) as ctx:
        await receive(ctx, 60, point="W1")

    async def again() -> None:
        await worked()
        for tenant in (ctx.tenant.id, station.id):
            async with platform.database.transaction(Scope.of_tenant(tenant)) as tx:
                await tx.execute("UPDATE kernel.job SET state = 'pending' WHERE name LIKE 'supplies.%'")
        await worked()

    async with store() as ctx:
        pass
    requisition = await ask(store, 50)
    await again()
    await approve(store, station, requisition, 50)
    await again()
    shipment = await pack_and_send(store, station, requisition)
    await again()
    async with store() as ctx:
        version = (await shipments.find_shipment(shipment)).version
        await receiving.receive(ctx, shipment, version, "S1", [found("A", 45, 5, why="路上")])
    await again()
    async with store() as ctx:
        assert await tables.Shipment.count() == 1
        assert [row["balance"] for row in await tables.Stock.select()] == [45]
    async with store(station) as ctx:
        assert (await shipments.lines_of(shipment))[0].lost == 5
    await assert_sound(store, None, station)
