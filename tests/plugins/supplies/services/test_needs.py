"""What a point needs, read from its ledger: by complete months, with the days without stock, and what is coming."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from core.kernel.clock import now
from core.kernel.errors import BadInput, Conflict
from core.kernel.ids import new_id
from core.sdk.ctx import TenantCtx
from core.tenancy.tenants import Tenant
from plugins.supplies.services import asking, requisitions
from plugins.supplies.services.asking import Wish
from plugins.supplies.services.moving import move
from plugins.supplies.services.needs import Kept, needs_of
from plugins.supplies.services.pairs import faults_of_transfers
from plugins.supplies.services.points import open_points
from plugins.supplies.services.replenishing import add_months, shown_months
from plugins.supplies.services.sending import Taken
from plugins.supplies.tables import Entry, Stock, Voucher
from tests.plugins.supplies.conftest import LATER, Store, receive


async def entered(day: date, kind: str, quantity: int, change: int) -> None:
    """As a file of earlier months is loaded: the door of the portal takes no day so long ago."""
    voucher = Voucher(kind=kind, day=day, point="S1", made_at=now())
    await Voucher.insert(voucher)
    row: dict[str, Any] = {
        "voucher_id": voucher.id, "book": date(2025, 1, 1), "day": day, "point": "S1", "sku": "CON-M", "lot": "A",
        "expiry": LATER, "kind": kind, "quantity": quantity, "change": change, "method": "MALE_CONDOM",
    }  # fmt: skip
    await Entry.insert(Entry(**row))
    await Stock.update({Stock.balance: Stock.balance + change}).where(Stock.lot == "A")


async def months_of(ctx: TenantCtx) -> list[str]:
    """120 used in the first month; 90 in the second, whose last 10 days were empty; nothing there in the third."""
    first, second, third = (add_months(ctx.today, -back) for back in (3, 2, 1))
    await receive(ctx, 60)
    await entered(first, "RECEIPT", 300, 300)
    await entered(first.replace(day=20), "ISSUE", 120, -120)
    await entered(second.replace(day=10), "ISSUE", 90, -90)
    await entered(third - timedelta(days=10), "LOSS", 90, -90)
    ctx.changed(Entry, first, onwards=True)
    return [f"{month:%Y-%m}" for month in (first, second, third)]


async def need_of_station(ctx: TenantCtx) -> Kept:
    (kept,) = await needs_of(ctx, [point for point in await open_points() if point.code == "S1"])
    return kept


async def test_the_average_counts_months_with_stock_and_names_the_others(store: Store) -> None:
    async with store() as ctx:
        *used, empty = await months_of(ctx)
        kept = await need_of_station(ctx)
        assert kept.need.average.used == tuple(used)
        assert empty in kept.need.average.skipped
        assert (kept.need.average.amount, kept.need.maximum, kept.need.order) == (128, 384, 324)
        assert shown_months(kept.need.months) == "0.47"
        assert kept.need.is_emergency


async def test_the_last_review_adds_up_to_what_is_there(store: Store) -> None:
    async with store() as ctx:
        await months_of(ctx)
        kept = await need_of_station(ctx)
        assert (kept.beginning, kept.received, kept.consumed, kept.adjusted) == (0, 60, 0, 0)
        assert kept.beginning + kept.received - kept.consumed + kept.adjusted == kept.on_hand == 60


async def test_what_nobody_may_be_given_is_not_counted_as_there(store: Store) -> None:
    async with store() as ctx:
        await months_of(ctx)
        await receive(ctx, 40, "OLD", expiry=ctx.today - timedelta(days=1))
        kept = await need_of_station(ctx)
        assert (kept.on_hand, kept.unusable, kept.need.order) == (100, 40, 324)


async def test_a_requisition_is_prefilled_and_changed_with_a_remark(store: Store, station: Tenant) -> None:
    async with store() as ctx:
        *used, _empty = await months_of(ctx)
        requisition = await asking.draft(ctx, "S1", "NORMAL")
        assert await asking.draft(ctx, "S1", "NORMAL") == requisition
        (line,) = await requisitions.lines_of(requisition)
        assert (line.calculated, line.asked, line.used) == (324, 324, " ".join(used))
        await asking.change(ctx, requisition, 1, [Wish(sku="CON-M", asked=400)])
        with pytest.raises(BadInput) as raised:
            await asking.send(ctx, requisition, 2)
        assert "remark" in raised.value.fields
        with pytest.raises(Conflict):
            await asking.change(ctx, requisition, 1, [])
        await asking.change(ctx, requisition, 2, [Wish(sku="CON-M", asked=400, remark="活动")])
        await asking.send(ctx, requisition, 3)
        assert (await need_of_station(ctx)).need.on_order == 400


async def test_an_emergency_says_why_it_cannot_wait(store: Store, station: Tenant) -> None:
    async with store() as ctx:
        await months_of(ctx)
        requisition = await asking.draft(ctx, "S1", "EMERGENCY")
        with pytest.raises(BadInput):
            await asking.send(ctx, requisition, 1)
        await asking.change(ctx, requisition, 1, [], "只够半个月")
        await asking.send(ctx, requisition, 2)


async def test_what_is_due_is_drafted_once_and_not_sent(store: Store, station: Tenant) -> None:
    async with store() as ctx:
        await months_of(ctx)
        assert await asking.draft_what_is_due(ctx) == 1
        assert await asking.draft_what_is_due(ctx) == 1
        (half,) = await requisitions.list_requisitions()
        assert (half.state, half.point_code, half.urgency) == ("draft", "S1", "NORMAL")
        await asking.send(ctx, half.id, half.version)
        assert await asking.draft_what_is_due(ctx) == 0
    async with store(station) as ctx:
        assert await asking.draft_what_is_due(ctx) == 0


async def test_without_a_station_there_is_nobody_to_ask(store: Store) -> None:
    async with store() as ctx:
        await months_of(ctx)
        with pytest.raises(Conflict, match="no other station"):
            await asking.draft(ctx, "S1", "NORMAL")
        assert await asking.draft_what_is_due(ctx) == 0


async def test_goods_go_between_two_points_at_once_and_once(store: Store) -> None:
    async with store() as ctx:
        await receive(ctx, 60)
        taken = [Taken(sku="CON-M", lot="A", quantity=25)]
        key = new_id()
        assert await move(ctx, "S1", "B1", taken, key=key)
        assert not await move(ctx, "S1", "B1", taken, key=key)
        rows = await Stock.select(Stock.point, Stock.balance).order_by(Stock.point)
        assert [(row["point"], row["balance"]) for row in rows] == [("B1", 25), ("S1", 35)]
        with pytest.raises(BadInput):
            await move(ctx, "S1", "S1", taken)
        with pytest.raises(BadInput):
            await move(ctx, "S1", "B1", [])
        assert await faults_of_transfers(ctx) == []
