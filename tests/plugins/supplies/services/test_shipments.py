"""From a requisition to the shelf: what is asked, approved, sent and counted in two units, and what becomes of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from uuid import UUID

import pytest

from core.kernel.errors import BadInput, Conflict, NotFound
from core.kernel.ids import new_id
from core.sdk.ctx import TenantCtx
from core.tenancy.tenants import Tenant
from core.testing import Town
from plugins.supplies.services import asking, deciding, receiving, requisitions, sending, shipments
from plugins.supplies.services.asking import Wish
from plugins.supplies.services.ledger import post, reverse
from plugins.supplies.services.on_order import on_order
from plugins.supplies.services.pairs import faults_of_transfers
from plugins.supplies.services.proof import faults_of_stock
from plugins.supplies.services.receiving import Counted
from plugins.supplies.services.sending import Taken
from plugins.supplies.tables import Entry, ShipmentLine, Stock, Voucher
from tests.plugins.supplies.conftest import LATER, Store, Work, act, line, receive

SOON = date(2027, 3, 31)


@contextmanager
def refused(words: str) -> Iterator[None]:
    """One of the fields says so."""
    with pytest.raises(BadInput) as raised:
        yield
    assert any(words in message for message in raised.value.fields.values())


async def ask(store: Store, quantity: int) -> UUID:
    """The station of t01 asks for so many condoms."""
    async with store() as ctx:
        requisition = await asking.draft(ctx, "S1", "NORMAL")
        known = {each.sku for each in await requisitions.lines_of(requisition)}
        if "CON-M" not in known:
            await asking.add_line(ctx, requisition, "CON-M")
        version = (await requisitions.find_requisition(requisition)).version
        await asking.change(ctx, requisition, version, [Wish(sku="CON-M", asked=quantity, remark="活动")])
        await asking.send(ctx, requisition, version + 1)
    return requisition


async def approve(store: Store, station: Tenant, requisition: UUID, quantity: int, reason: str = "") -> None:
    async with store(station) as ctx:
        version = (await requisitions.find_requisition(requisition)).version
        await deciding.approve(ctx, requisition, version, {"CON-M": quantity}, reason)


async def pack_and_send(store: Store, station: Tenant, requisition: UUID) -> UUID:
    async with store(station) as ctx:
        shipment = await sending.pack(ctx, requisition, "W1")
        await sending.send(ctx, shipment, 1)
    return shipment


async def count(store: Store, shipment: UUID, *counted: Counted, tenant: Tenant | None = None) -> None:
    async with store(tenant) as ctx:
        version = (await shipments.find_shipment(shipment)).version
        await receiving.receive(ctx, shipment, version, "S1" if tenant is None else "W1", counted)


def found(lot: str, received: int, lost: int = 0, damaged: int = 0, why: str = "") -> Counted:
    return Counted(sku="CON-M", lot=lot, received=received, lost=lost, damaged=damaged, why=why)


async def balances(ctx: TenantCtx) -> dict[tuple[str, str], int]:
    return {(row["point"], row["lot"]): row["balance"] for row in await Stock.select()}


async def assert_sound(store: Store, *tenants: Tenant | None) -> None:
    """Both proofs hold in each unit."""
    for tenant in tenants:
        async with store(tenant) as ctx:
            assert await faults_of_stock(ctx) + await faults_of_transfers(ctx) == []


async def test_a_requisition_becomes_stock(store: Store, station: Tenant, worked: Work) -> None:
    async with store(station) as ctx:
        await receive(ctx, 40, "B", point="W1", expiry=SOON)
        await receive(ctx, 100, "A", point="W1", expiry=LATER)
    requisition = await ask(store, 90)
    await worked()
    await approve(store, station, requisition, 60, "库存不足")
    await worked()
    async with store() as ctx:
        half = await requisitions.find_requisition(requisition)
        assert (half.state, half.reason) == ("approved", "库存不足")
        assert (await requisitions.lines_of(requisition))[0].approved == 60
        assert await on_order(["S1"]) == {("S1", "CON-M"): 60}
    shipment = await pack_and_send(store, station, requisition)
    async with store(station) as ctx:
        assert [(each.lot, each.quantity) for each in await shipments.lines_of(shipment)] == [
            ("B", 40),
            ("A", 20),
        ]
        assert await balances(ctx) == {("W1", "A"): 80, ("W1", "B"): 0}
        assert (await requisitions.find_requisition(requisition)).state == "closed"
    await assert_sound(store, station)
    await worked()
    async with store() as ctx:
        assert (await shipments.find_shipment(shipment)).point_code == "S1"
        assert await on_order(["S1"]) == {("S1", "CON-M"): 60}
    await count(store, shipment, found("B", 37, 2, 1, "箱子破了"), found("A", 20))
    async with store() as ctx:
        assert await balances(ctx) == {("S1", "A"): 20, ("S1", "B"): 37}
        assert await on_order(["S1"]) == {}
    await worked()
    async with store(station) as ctx:
        half = await shipments.find_shipment(shipment)
        assert (half.state, half.other_point) == ("received", "S1")
        assert (await shipments.lines_of(shipment))[0].why == "箱子破了"
    await assert_sound(store, station, None)


async def test_what_is_lost_is_a_loss_in_one_book_once(store: Store, station: Tenant, worked: Work) -> None:
    async with store(station) as ctx:
        await receive(ctx, 50, point="W1")
    requisition = await ask(store, 50)
    await worked()
    await approve(store, station, requisition, 50)
    shipment = await pack_and_send(store, station, requisition)
    await worked()
    await count(store, shipment, found("A", 30))
    async with store() as ctx:
        assert (await shipments.find_shipment(shipment)).state == "sent"
        assert (await shipments.lines_of(shipment))[0].in_transit == 20
    await count(store, shipment, found("A", 15, 3, 2, "雨淋"))
    await worked()
    told = {}
    for name, tenant in (("here", None), ("store", station)):
        async with store(tenant) as ctx:
            rows = await Entry.select(Entry.kind, Entry.reason, Entry.quantity).order_by(Entry.id)
            told[name] = [(row["kind"], row["reason"], row["quantity"]) for row in rows]
    assert told["store"] == [("RECEIPT", "", 50), ("TRANSFER_OUT", "", 50)]
    assert told["here"] == [
        ("TRANSFER_IN", "", 30),
        ("TRANSFER_IN", "", 20),
        ("LOSS", "DAMAGED", 2),
        ("LOSS", "LOST", 3),
    ]
    await assert_sound(store, station, None)


async def test_a_second_shipment_brings_the_rest(store: Store, station: Tenant, worked: Work) -> None:
    async with store(station) as ctx:
        await receive(ctx, 30, point="W1")
    requisition = await ask(store, 50)
    await worked()
    await approve(store, station, requisition, 50)
    await pack_and_send(store, station, requisition)
    with pytest.raises(Conflict, match="Nothing of what was approved"):
        async with store(station) as ctx:
            await sending.pack(ctx, requisition, "W1")
    async with store(station) as ctx:
        await receive(ctx, 30, "C", point="W1")
    second = await pack_and_send(store, station, requisition)
    async with store(station) as ctx:
        assert [each.quantity for each in await shipments.lines_of(second)] == [20]
        assert (await requisitions.find_requisition(requisition)).state == "closed"
    await worked()
    async with store() as ctx:
        assert (await requisitions.find_requisition(requisition)).state == "closed"
        assert len(await shipments.of_requisition(requisition)) == 2


async def test_no_more_is_sent_than_approved(store: Store, station: Tenant, worked: Work) -> None:
    async with store(station) as ctx:
        await receive(ctx, 100, point="W1")
    requisition = await ask(store, 50)
    await worked()
    await approve(store, station, requisition, 50)
    async with store(station) as ctx:
        first = await sending.pack(ctx, requisition, "W1")
        await sending.repack(ctx, first, 1, [Taken(sku="CON-M", lot="A", quantity=51)])
    with pytest.raises(Conflict, match="more than was approved"):
        async with store(station) as ctx:
            await sending.send(ctx, first, 2)
    async with store(station) as ctx:
        assert await balances(ctx) == {("W1", "A"): 100}


async def test_it_is_returned_with_a_reason_and_sent_again(
    store: Store, station: Tenant, worked: Work
) -> None:
    requisition = await ask(store, 50)
    await worked()
    with pytest.raises(BadInput):
        async with store(station) as ctx:
            await deciding.send_back(ctx, requisition, 2, "")
    async with store(station) as ctx:
        await deciding.send_back(ctx, requisition, 2, "请写明活动日期")
    await worked()
    async with store() as ctx:
        half = await requisitions.find_requisition(requisition)
        assert (half.state, half.reason) == ("returned", "请写明活动日期")
        wish = Wish(sku="CON-M", asked=40, remark="十二月活动")
        await asking.change(ctx, requisition, half.version, [wish])
        await asking.send(ctx, requisition, half.version + 1)
    await worked()
    async with store(station) as ctx:
        half = await requisitions.find_requisition(requisition)
        assert (half.state, half.round) == ("sent", 2)
        assert [(each.asked, each.remark) for each in await requisitions.lines_of(requisition)] == [
            (40, "十二月活动")
        ]


async def test_only_the_store_decides_and_only_with_reason(
    store: Store, station: Tenant, worked: Work, town: Town
) -> None:
    requisition = await ask(store, 50)
    await worked()
    with pytest.raises(NotFound):
        await approve(store, town.t02, requisition, 50)
    async with store() as ctx:
        with pytest.raises(NotFound):
            await deciding.approve(ctx, requisition, 4, {})
    with refused("why less"):
        await approve(store, station, requisition, 49)
    with refused("No more"):
        await approve(store, station, requisition, 51, "so")


async def test_a_requisition_is_cancelled_unless_something_was_sent(
    store: Store, station: Tenant, worked: Work
) -> None:
    async with store(station) as ctx:
        await receive(ctx, 100, point="W1")
    first = await ask(store, 20)
    await worked()
    await approve(store, station, first, 20)
    async with store(station) as ctx:
        packed = await sending.pack(ctx, first, "W1")
    await worked()
    async with store() as ctx:
        await asking.cancel(ctx, first)
    await worked()
    async with store() as ctx:
        assert (await requisitions.find_requisition(first)).state == "cancelled"
        assert await on_order(["S1"]) == {}
    async with store(station) as ctx:
        assert (await shipments.find_shipment(packed)).state == "cancelled"
        with pytest.raises(Conflict):
            await sending.send(ctx, packed, 1)
    second = await ask(store, 20)
    await worked()
    await approve(store, station, second, 20)
    async with store() as ctx:
        await asking.cancel(ctx, second)
    await pack_and_send(store, station, second)
    await worked()
    async with store() as ctx:
        assert (await requisitions.find_requisition(second)).state == "closed"


async def test_what_is_too_much_goes_to_a_unit_that_wants_it(
    store: Store, town: Town, station: Tenant, worked: Work
) -> None:
    async with store() as ctx:
        await receive(ctx, 100)
        shipment = await sending.begin_offer(ctx, "T02", "S1", "有效期短")
        await sending.repack(ctx, shipment, 1, [Taken(sku="CON-M", lot="A", quantity=80)])
        with pytest.raises(Conflict):
            await sending.send(ctx, shipment, 2)
        await sending.offer(ctx, shipment, 2)
    await worked()
    async with store(town.t02) as ctx:
        await receiving.accept(ctx, shipment, "B1")
    await worked()
    async with store() as ctx:
        half = await shipments.find_shipment(shipment)
        assert half.state == "accepted"
        with refused("accepted less"):
            await sending.repack(ctx, shipment, half.version, [Taken(sku="CON-M", lot="A", quantity=81)])
        await sending.repack(ctx, shipment, half.version, [Taken(sku="CON-M", lot="A", quantity=70)])
        await sending.send(ctx, shipment, half.version + 1)
    await worked()
    async with store(town.t02) as ctx:
        version = (await shipments.find_shipment(shipment)).version
        await receiving.receive(ctx, shipment, version, "B1", [found("A", 70)])
        assert await balances(ctx) == {("B1", "A"): 70}
    await worked()
    await assert_sound(store, None, town.t02)


async def test_an_offer_is_declined_or_called_back(store: Store, town: Town, worked: Work) -> None:
    offers = []
    async with store() as ctx:
        await receive(ctx, 100)
        for _each in range(2):
            shipment = await sending.begin_offer(ctx, "T02", "S1", "")
            await sending.repack(ctx, shipment, 1, [Taken(sku="CON-M", lot="A", quantity=10)])
            await sending.offer(ctx, shipment, 2)
            offers.append(shipment)
    await worked()
    async with store(town.t02) as ctx:
        await receiving.decline(ctx, offers[0], "够用")
    async with store() as ctx:
        await sending.cancel(ctx, offers[1])
    await worked()
    async with store() as ctx:
        assert (await shipments.find_shipment(offers[0])).reason == "够用"
    async with store(town.t02) as ctx:
        assert (await shipments.find_shipment(offers[1])).state == "cancelled"
        with pytest.raises(Conflict):
            await receiving.accept(ctx, offers[1], "B1")


async def test_a_return_goes_to_the_store(store: Store, station: Tenant, worked: Work) -> None:
    async with store() as ctx:
        await receive(ctx, 100)
        shipment = await sending.begin_return(ctx, "S1", "活动结束")
        await sending.repack(ctx, shipment, 1, [Taken(sku="CON-M", lot="A", quantity=25)])
        await sending.send(ctx, shipment, 2)
    await worked()
    await count(store, shipment, found("A", 25), tenant=station)
    await worked()
    async with store(station) as ctx:
        assert await balances(ctx) == {("W1", "A"): 25}
        with pytest.raises(Conflict, match="no other unit"):
            await sending.begin_return(ctx, "W1", "")
    await assert_sound(store, None, station)


async def test_an_unsound_lot_never_leaves(store: Store, station: Tenant) -> None:
    async with store() as ctx:
        await receive(ctx, 10, "OLD", expiry=ctx.today - timedelta(days=1))
        await receive(ctx, 10, "HELD")
        await receive(ctx, 10, "GOOD")
        await Stock.update({"held_since": ctx.today, "held_reason": "潮"}).where(Stock.lot == "HELD")
        shipment = await sending.begin_return(ctx, "S1", "")
        for lot in ("OLD", "HELD", "NONE"):
            with refused("not so much"):
                await sending.repack(ctx, shipment, 1, [Taken(sku="CON-M", lot=lot, quantity=1)])
        await sending.repack(ctx, shipment, 1, [Taken(sku="CON-M", lot="GOOD", quantity=1)])
        await Stock.update({"held_since": ctx.today}).where(Stock.lot == "GOOD")
        with pytest.raises(Conflict, match="GOOD is expired, recalled or set aside"):
            await sending.send(ctx, shipment, 2)


async def test_what_is_counted_must_fit_what_was_sent(store: Store, station: Tenant, worked: Work) -> None:
    async with store(station) as ctx:
        await receive(ctx, 100, point="W1")
    requisition = await ask(store, 20)
    await worked()
    await approve(store, station, requisition, 20)
    shipment = await pack_and_send(store, station, requisition)
    await worked()
    for counted, fault in (
        (found("A", 21), "More is counted"),
        (found("A", 19, 1), "what happened"),
        (found("Z", 1), "not on the shipment"),
        (found("A", 0), "Count at least one"),
    ):
        with refused(fault):
            await count(store, shipment, counted)
    async with store() as ctx:
        with refused("before the day"):
            await receiving.receive(ctx, shipment, 1, "S1", [found("A", 20)], ctx.today - timedelta(days=1))
        with pytest.raises(Conflict):
            await receiving.receive(ctx, shipment, 7, "S1", [found("A", 20)])
    await count(store, shipment, found("A", 20))
    with pytest.raises(Conflict):
        await count(store, shipment, found("A", 20))


async def test_a_half_of_a_transfer_is_not_taken_back_alone(
    store: Store, station: Tenant, worked: Work
) -> None:
    async with store(station) as ctx:
        await receive(ctx, 100, point="W1")
    requisition = await ask(store, 20)
    await worked()
    await approve(store, station, requisition, 20)
    shipment = await pack_and_send(store, station, requisition)
    async with store(station) as ctx:
        row = await Voucher.select(Voucher.id).where(Voucher.transfer_id == shipment).first()
        assert row is not None
        with pytest.raises(Conflict, match="part of a transfer"):
            await reverse(ctx, row["id"], "MISTAKE")


async def test_the_proof_sees_a_half_that_the_books_do_not_know(
    store: Store, station: Tenant, worked: Work
) -> None:
    async with store() as ctx:
        await receive(ctx, 100)
        shipment = await sending.begin_return(ctx, "S1", "")
        await sending.repack(ctx, shipment, 1, [Taken(sku="CON-M", lot="A", quantity=25)])
        await sending.send(ctx, shipment, 2)
    await assert_sound(store, None)
    async with store() as ctx:
        await ShipmentLine.update({"quantity": 26}).where(ShipmentLine.shipment_id == shipment)
        assert "TRANSFER_OUT of 26 is due in the ledger, 25 stands there." in "".join(
            await faults_of_transfers(ctx)
        )
        await ShipmentLine.update({"quantity": 25}).where(ShipmentLine.shipment_id == shipment)
    async with store() as ctx:
        await post(ctx, act(ctx, "TRANSFER_OUT", transfer_id=new_id()), [line(5)])
        assert "has no shipment" in "".join(await faults_of_transfers(ctx))
