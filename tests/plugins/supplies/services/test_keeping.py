"""Keeping stock: deliveries, losses, what is set aside, inspections, counts, points, recalls."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from core.kernel import clock
from core.kernel.errors import BadInput, Conflict
from core.kernel.scope import Scope
from plugins.supplies.services import callbacks, counting, keeping, points
from plugins.supplies.services.ledger import post, reverse
from plugins.supplies.services.stocking import due_for_inspection, lots, near_expiry
from plugins.supplies.services.vouchers import Line
from plugins.supplies.tables import Client, PastRecipient, Recall, Recipient, Stock
from tests.plugins.supplies.conftest import LATER, Store, Work, act, line, person_at, receive

NINE = tuple(keeping.CHECKS)
LONG_AGO = date(2020, 1, 1)


async def row_of(ctx, lot: str = "A", point: str = "S1"):
    row = await Stock.select(Stock.id).where((Stock.point == point) & (Stock.lot == lot)).first()
    assert row is not None
    return row["id"]


async def test_a_delivery_is_checked_nine_times_and_counts_as_inspected(store: Store) -> None:
    wanted = [Line(sku="CON-M", lot="0017", quantity=40, expiry=date(2029, 6, 30))]
    async with store() as ctx:
        posted = await keeping.receive(ctx, "S1", ctx.today, "DN-1", wanted, NINE, key="n1")
        again = await keeping.receive(ctx, "S1", ctx.today, "DN-1", wanted, NINE, key="n1")
        (lot,) = await lots(ctx)
        assert (lot.lot, lot.balance, lot.inspected_on) == ("0017", 40, ctx.today)
        assert (again.voucher, again.is_new) == (posted.voucher, False)
    for checked, reference, expiry in (
        (NINE[1:], "DN-2", LATER),
        (NINE, "", LATER),
        (NINE, "DN-2", date(2020, 1, 1)),
    ):
        with pytest.raises(BadInput):
            async with store() as ctx:
                wrong = [Line(sku="CON-M", lot="B", quantity=1, expiry=expiry)]
                await keeping.receive(ctx, "S1", ctx.today, reference, wrong, checked)


async def test_what_is_set_aside_is_neither_handed_out_nor_lost_to_the_books(store: Store) -> None:
    async with store() as ctx:
        await receive(ctx, 10)
        row = await row_of(ctx)
        await keeping.hold(ctx, row, "DAMP")
    with pytest.raises(Conflict):
        async with store() as ctx:
            await post(ctx, act(ctx, "ISSUE"), [line(1)])
    with pytest.raises(Conflict):
        async with store() as ctx:
            await keeping.hold(ctx, row, "DAMP")
    async with store() as ctx:
        await keeping.lose(ctx, row, ctx.today, 4, "DAMAGED")
        await keeping.release(ctx, row)
        await post(ctx, act(ctx, "ISSUE"), [line(6)])
        assert await lots(ctx) == []
    with pytest.raises(BadInput):
        async with store() as ctx:
            await keeping.lose(ctx, row, ctx.today, 1, "EXPIRED")


async def test_a_lot_is_inspected_after_ninety_days_and_again_after_sixty(store: Store) -> None:
    async with store() as ctx:
        await receive(ctx, 10, "OLD")
        await receive(ctx, 10, "NEW")
        row = await row_of(ctx, "OLD")
        await Stock.update({"received_on": ctx.today - timedelta(days=91)}).where(Stock.id == row)
        assert [lot.lot for lot in await due_for_inspection(ctx, await lots(ctx))] == ["OLD"]
        await keeping.inspect(ctx, row, "SOUND")
        assert await due_for_inspection(ctx, await lots(ctx)) == []
        await Stock.update({"inspected_on": ctx.today - timedelta(days=61)}).where(Stock.id == row)
        await keeping.inspect(ctx, row, "DOUBTFUL")
        assert [(lot.lot, lot.is_held) for lot in await lots(ctx) if lot.is_held] == [("OLD", True)]


async def test_lots_stand_in_the_bucket_of_their_expiry(store: Store) -> None:
    async with store() as ctx:
        for lot, days in (("a", -1), ("b", 0), ("c", 31), ("d", 180), ("e", 181)):
            await receive(ctx, 1, lot, expiry=ctx.today + timedelta(days=days))
        found = near_expiry(await lots(ctx))
        assert {name: [lot.lot for lot in each] for name, each in found.items()} == {
            "expired": ["a"], "30": ["b"], "90": ["c"], "180": ["d"],
        }  # fmt: skip


async def test_a_count_is_blind_looked_at_twice_and_entered_once(store: Store) -> None:
    async with store() as ctx:
        await receive(ctx, 10)
        await receive(ctx, 5, "B")
        spot = next(each for each in await points.list_points() if each.code == "S1")
        count = await counting.start_count(ctx, spot.id)
        known = await counting.find_count(count)
        assert [(each.counted, each.book) for each in known.lines] == [(None, None)] * 2
        found = {each.id: {"A": 8, "B": 5}[each.lot] for each in known.lines}
    for numbers in ({}, dict(list(found.items())[:1])):
        with pytest.raises(BadInput):
            async with store() as ctx:
                await counting.enter_count(ctx, count, numbers)
    async with store() as ctx:
        await counting.enter_count(ctx, count, found)
        # What is handed out between the count and the second look is no difference.
        await post(ctx, act(ctx, "ISSUE"), [line(3)])
    async with store() as ctx:
        assert await counting.apply_count(ctx, count, "") == 1
        assert {lot.lot: lot.balance for lot in await lots(ctx)} == {"A": 5, "B": 5}
    with pytest.raises(Conflict):
        async with store() as ctx:
            await counting.apply_count(ctx, count, "")


async def test_a_point_is_closed_once_it_is_empty(store: Store) -> None:
    levels = {"min_months": 2, "max_months": 3, "emergency_tenths": 5}
    async with store() as ctx:
        spot = await points.open_point(ctx, "X1", "宿舍", "BOX", None, levels)
        await receive(ctx, 2, point="X1")
    refused: tuple[tuple[str, points.PointKind, dict[str, int]], ...] = (
        ("X1", "BOX", {}),
        ("X2", "CONSIGNMENT", {}),
        ("X2", "BOX", {"max_months": 1}),
        ("X2", "BOX", {"emergency_tenths": 21}),
    )
    for code, kind, changes in refused:
        with pytest.raises(BadInput):
            async with store() as ctx:
                await points.open_point(ctx, code, "宿舍", kind, None, levels | changes)
    with pytest.raises(Conflict):
        async with store() as ctx:
            await points.close_point(ctx, spot)
    async with store() as ctx:
        await post(ctx, act(ctx, "LOSS", point="X1"), [line(2, reason="DAMAGED")])
        await points.close_point(ctx, spot)
        assert not (await points.find_point(spot)).is_open
        await points.reopen_point(ctx, spot)
        assert (await points.find_point(spot)).is_open


async def test_a_recall_lists_who_asked_to_be_told_and_counts_the_others(
    store: Store, worked: Work, platform, town
) -> None:
    async with store() as ctx:
        await receive(ctx, 20)
        agreed, silent, returned = [await person_at(ctx, name) for name in ("王一", "王二", "王三")]
        given = {}
        for person in (agreed, silent, returned):
            given[person] = await post(ctx, act(ctx, "ISSUE", person=person), [line(2)])
        for person in (agreed, returned):
            await Client.insert(Client(person_id=person, recall_agreed_on=ctx.today))
        await reverse(ctx, given[returned].voucher, "MISTAKE")
        await post(ctx, act(ctx, "ISSUE"), [line(5)])
        today = ctx.today
    async with platform.database.transaction(Scope.town(town.region.id)):
        recall = Recall(
            region_id=town.region.id, sku="CON-M", lot="A", recalled_on=today, reason="渗漏",
            announced_at=clock.now(),
        )  # fmt: skip
        await Recall.insert(recall)
    await worked()
    async with store(None, "supplies", "archive") as ctx:
        assert await callbacks.find_people(ctx, LONG_AGO) in (0, 1)
        assert await callbacks.find_people(ctx, LONG_AGO) == 0
    async with store() as ctx:
        (found,) = await callbacks.open_callbacks(ctx)
        assert (found.issues, found.pieces, found.anonymous, found.untold) == (3, 9, 1, 1)
        assert [each.person_id for each in found.notices] == [agreed]
        assert await callbacks.tick_off(ctx, recall.id, [found.notices[0].id]) == 1
        assert await callbacks.tick_off(ctx, recall.id, [found.notices[0].id]) == 0
        await keeping.hold(ctx, await row_of(ctx), "RECALL")
        assert not (await callbacks.callback_of(ctx, recall.id)).is_open


async def test_a_link_that_was_put_away_is_still_found_for_a_recall_and_by_no_page(
    store: Store, platform, town
) -> None:
    async with store() as ctx:
        await receive(ctx, 20)
        person, today = await person_at(ctx), ctx.today
        given = await post(ctx, act(ctx, "ISSUE", person=person), [line(2)])
        await Client.insert(Client(person_id=person, recall_agreed_on=today))
    async with store(None, "supplies", "archive") as ctx:
        ctx.changed(Recipient, today)
        ctx.changed(PastRecipient, today)
        await Recipient.delete().where(Recipient.voucher_id == given.voucher)
        await PastRecipient.insert(PastRecipient(voucher_id=given.voucher, person_id=person, day=today))
    async with platform.database.transaction(Scope.town(town.region.id)):
        told = {"sku": "CON-M", "lot": "A", "recalled_on": today, "reason": "渗漏"}
        await Recall.insert(Recall(region_id=town.region.id, announced_at=clock.now(), **told))
    async with store() as ctx:
        assert await callbacks.find_people(ctx, LONG_AGO) == 0
    async with store(None, "supplies", "archive") as ctx:
        assert await callbacks.find_people(ctx, LONG_AGO) == 1
    async with store() as ctx:
        assert [each.untold for each in await callbacks.open_callbacks(ctx)] == [1]
    for before, gone in ((LONG_AGO, 0), (today + timedelta(1), 1)):
        async with store() as ctx:
            assert await callbacks.forget_notices(ctx, before) == gone
    async with store() as ctx:
        assert [each.notices for each in await callbacks.open_callbacks(ctx)] == [[]]
