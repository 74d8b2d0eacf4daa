"""Two people typed two expiries for a lot: the goods come in, the earlier date counts, the pack has the last word."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from core.kernel.errors import BadInput, Forbidden
from core.sdk.ctx import TenantCtx
from core.tenancy.tenants import Tenant
from plugins.supplies.services import sending, shipments
from plugins.supplies.services.ledger import reverse
from plugins.supplies.services.pack_dates import correct_expiry
from plugins.supplies.services.proof import faults_of_stock
from plugins.supplies.services.reversing import take_back
from plugins.supplies.services.sending import Taken
from plugins.supplies.tables import Entry, Stock
from tests.plugins.supplies.conftest import LATER, Store, Work, receive
from tests.plugins.supplies.services.test_shipments import count, found, refused

pytestmark = pytest.mark.usefixtures("catalogue")

SOON = date(2027, 3, 31)


async def come_back(store: Store, worked: Work) -> UUID:
    """The unit sends twenty of its lot A to the store."""
    async with store() as ctx:
        shipment = await sending.begin_return(ctx, "S1", "")
        await sending.repack(ctx, shipment, 1, [Taken(sku="CON-M", lot="A", quantity=20)])
        await sending.send(ctx, shipment, 2)
    await worked()
    return shipment


async def dates(ctx: TenantCtx) -> set[date]:
    assert await faults_of_stock(ctx) == []
    return {row["expiry"] for row in await Stock.select(Stock.expiry).where(Stock.lot == "A")}


async def lines_of_correction() -> list[tuple[str, int, date]]:
    rows = await Entry.select().where(Entry.reason == "EXPIRY").order_by(Entry.point, Entry.id)
    return [(row["point"], row["change"], row["expiry"]) for row in rows]


@pytest.mark.parametrize(("theirs", "ours"), [(SOON, LATER), (LATER, SOON)])
async def test_goods_with_another_date_come_in_and_the_earlier_one_counts(
    theirs: date, ours: date, store: Store, station: Tenant, worked: Work
) -> None:
    async with store() as ctx:
        await receive(ctx, 50, expiry=theirs)
    async with store(station) as ctx:
        await receive(ctx, 5, point="W1", expiry=ours)
    shipment = await come_back(store, worked)
    await count(store, shipment, found("A", 20), tenant=station)
    async with store(station) as ctx:
        assert await dates(ctx) == {SOON}
        rows = await Stock.select(Stock.balance).where(Stock.lot == "A")
        assert [row["balance"] for row in rows] == [25]
        assert await lines_of_correction() == ([("W1", -5, LATER), ("W1", 5, SOON)] if theirs == SOON else [])
        assert {row["expiry"] for row in await Entry.select(Entry.expiry).where(Entry.kind == "RECEIPT")} == {
            ours
        }, "what was entered stays as it was entered"


async def test_what_the_pack_says_is_entered_and_can_be_entered_again(store: Store) -> None:
    async with store() as ctx:
        await receive(ctx, 50, expiry=SOON)
        await receive(ctx, 8, point="B1", expiry=SOON)
        posted = await receive(ctx, 3, expiry=SOON)
        row = (await Stock.select(Stock.id).where(Stock.point == "S1"))[0]["id"]
        with refused("Nothing has to be changed"):
            await correct_expiry(ctx, row, SOON, "包装")
        with refused("Say where this date stands"):
            await correct_expiry(ctx, row, LATER, "")
        await correct_expiry(ctx, row, LATER, "包装")
        assert await dates(ctx) == {LATER}
        assert await lines_of_correction() == [
            ("B1", -8, SOON),
            ("B1", 8, LATER),
            ("S1", -53, SOON),
            ("S1", 53, LATER),
        ]
        await reverse(ctx, posted.voucher, "WRONG_GOODS")
        assert await dates(ctx) == {LATER}, "an act of the time before can still be taken back"
        await correct_expiry(ctx, row, SOON, "看错了")
        assert await dates(ctx) == {SOON}


async def test_a_correction_is_not_taken_back_but_made_again(store: Store) -> None:
    async with store() as ctx:
        await receive(ctx, 50, expiry=SOON)
        row = (await Stock.select(Stock.id))[0]["id"]
        await correct_expiry(ctx, row, LATER, "包装")
        voucher = (await Entry.select(Entry.voucher_id).where(Entry.reason == "EXPIRY"))[0]["voucher_id"]
        with pytest.raises(Forbidden):
            await take_back(ctx, voucher, "WRONG_GOODS")


async def test_what_is_packed_goes_out_with_the_corrected_date(store: Store, station: Tenant) -> None:
    async with store() as ctx:
        await receive(ctx, 50, expiry=SOON)
        shipment = await sending.begin_return(ctx, "S1", "")
        await sending.repack(ctx, shipment, 1, [Taken(sku="CON-M", lot="A", quantity=20)])
        await correct_expiry(ctx, (await Stock.select(Stock.id))[0]["id"], LATER, "包装")
        assert [line.expiry for line in await shipments.lines_of(shipment)] == [LATER]


async def test_a_delivery_with_another_date_is_told_where_to_correct(store: Store) -> None:
    async with store() as ctx:
        await receive(ctx, 50, expiry=SOON)
        with pytest.raises(BadInput) as raised:
            await receive(ctx, 5, expiry=LATER)
        assert "correct the lot first" in raised.value.fields["expiry"]
