"""The ledger: what may be entered, that nothing goes below 0, and that a mistake is put right by a linked act."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest

from core.kernel.errors import BadInput, Conflict, NotFound
from core.kernel.ids import new_id
from core.sdk.ctx import TenantCtx
from core.testing import Town
from plugins.supplies.services.ledger import post, post_pair, reverse
from plugins.supplies.services.proof import faults_of_stock
from plugins.supplies.tables import Entry, Recipient, Stock, Voucher
from tests.plugins.supplies.conftest import LATER, Store, act, line, person_at, receive


async def balances(ctx: TenantCtx) -> dict[tuple[str, str], int]:
    rows = await Stock.select(Stock.point, Stock.lot, Stock.balance)
    return {(row["point"], row["lot"]): row["balance"] for row in rows}


async def test_what_comes_and_goes_is_what_lies_there(store: Store) -> None:
    async with store() as ctx:
        await receive(ctx, 30)
        await receive(ctx, 100, "B")
        await post(ctx, act(ctx, "ISSUE"), [line(20), line(5, "B")])
        await post(ctx, act(ctx, "LOSS"), [line(1, reason="DAMAGED")])
        await post(ctx, act(ctx, "ADJUST"), [line(-2, "B", reason="COUNT_DIFF")])
    async with store() as ctx:
        assert await balances(ctx) == {("S1", "A"): 9, ("S1", "B"): 93}
        assert await faults_of_stock(ctx) == []


async def test_each_unit_has_its_own_stock_of_the_same_lot(store: Store, town: Town) -> None:
    async with store() as ctx:
        await receive(ctx, 30)
    async with store(town.t02) as ctx:
        await receive(ctx, 7, expiry=date(2028, 1, 31))
        assert await balances(ctx) == {("S1", "A"): 7}
    async with store() as ctx:
        assert await balances(ctx) == {("S1", "A"): 30}


@pytest.mark.requirement("R36")
async def test_more_than_there_is_is_refused_and_changes_nothing(store: Store) -> None:
    async with store() as ctx:
        await receive(ctx, 10)
    with pytest.raises(Conflict, match="only 10 are there"):
        async with store() as ctx:
            await post(ctx, act(ctx, "ISSUE"), [line(11)])
    async with store() as ctx:
        await post(ctx, act(ctx, "ISSUE"), [line(10)])
        assert await balances(ctx) == {("S1", "A"): 0}


async def test_two_lines_of_one_lot_may_not_take_it_twice(store: Store) -> None:
    async with store() as ctx:
        await receive(ctx, 10)
    with pytest.raises(Conflict):
        async with store() as ctx:
            await post(ctx, act(ctx, "ISSUE"), [line(6), line(6)])
    async with store() as ctx:
        await post(ctx, act(ctx, "ISSUE"), [line(6), line(4)])


async def test_an_earlier_day_may_not_take_what_is_gone_since(store: Store) -> None:
    async with store() as ctx:
        days = [ctx.today - timedelta(days=ago) for ago in (9, 6, 3)]
        await receive(ctx, 10, day=days[0])
        await post(ctx, act(ctx, "ISSUE", day=days[1]), [line(10)])
        await receive(ctx, 10, day=days[2])
    with pytest.raises(Conflict):
        async with store() as ctx:
            await post(ctx, act(ctx, "ISSUE", day=days[0]), [line(5)])
    async with store() as ctx:
        await post(ctx, act(ctx, "ISSUE", day=days[2]), [line(5)])
        assert await faults_of_stock(ctx) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"point": "S9"}, "point"),
        ({"day": date(2999, 1, 1)}, "day"),
        ({"day": date(2020, 1, 1)}, "day"),
        ({"lot": "Z"}, "lot"),
        ({"sku": "NIX"}, "sku"),
        ({"quantity": 0}, "quantity"),
        ({"quantity": -1}, "quantity"),
    ],
)
async def test_what_cannot_be_right_is_told_by_field(
    store: Store, changes: dict[str, object], field: str
) -> None:
    told = {"quantity": 1, **{name: changes[name] for name in ("sku", "lot", "quantity") if name in changes}}
    of_act = {name: changes[name] for name in ("point", "day") if name in changes}
    async with store() as ctx:
        await receive(ctx, 5)
    with pytest.raises(BadInput) as error:
        async with store() as ctx:
            await post(ctx, act(ctx, "ISSUE", **of_act), [line(**told)])
    assert list(error.value.fields) == [field]


async def test_a_lot_has_one_expiry_in_the_unit(store: Store) -> None:
    async with store() as ctx:
        await receive(ctx, 5)
    for point in ("S1", "B1"):
        with pytest.raises(BadInput, match=r"another expiry|marked fields"):
            async with store() as ctx:
                await receive(ctx, 5, point=point, expiry=date(2028, 1, 1))
    async with store() as ctx:
        await receive(ctx, 5, point="B1", expiry=LATER)


@pytest.mark.requirement("R36")
async def test_the_same_act_is_entered_once(store: Store) -> None:
    async with store() as ctx:
        first = await receive(ctx, 5, key="note-1")
    async with store() as ctx:
        again = await receive(ctx, 5, key="note-1")
        assert (again.voucher, again.is_new) == (first.voucher, False)
        assert await balances(ctx) == {("S1", "A"): 5}


async def test_an_act_taken_back_counts_nowhere_and_only_once(store: Store) -> None:
    async with store() as ctx:
        person = await person_at(ctx)
        await receive(ctx, 10, day=ctx.today - timedelta(days=2))
        given = await post(
            ctx, act(ctx, "ISSUE", person=person, day=ctx.today - timedelta(days=1)), [line(4)]
        )
    async with store() as ctx:
        back = await reverse(ctx, given.voucher, "MISTAKE")
        rows = await Entry.select().where(Entry.kind == "ISSUE").order_by(Entry.id)
        assert [(row["quantity"], row["change"], row["day"]) for row in rows] == [
            (4, -4, ctx.today - timedelta(days=1)),
            (-4, 4, ctx.today - timedelta(days=1)),
        ]
        assert rows[1]["reverses_id"] == rows[0]["id"]
        assert await balances(ctx) == {("S1", "A"): 10}
        assert await Recipient.count() == 2
    for voucher in (given.voucher, back.voucher):
        with pytest.raises(Conflict):
            async with store() as ctx:
                await reverse(ctx, voucher, "MISTAKE")
    with pytest.raises(NotFound):
        async with store() as ctx:
            await reverse(ctx, new_id(), "MISTAKE")


async def test_goods_that_went_on_cannot_be_unreceived(store: Store) -> None:
    async with store() as ctx:
        came = await receive(ctx, 10)
        await post(ctx, act(ctx, "ISSUE"), [line(4)])
    with pytest.raises(Conflict):
        async with store() as ctx:
            await reverse(ctx, came.voucher, "MISTAKE")


async def test_goods_go_from_point_to_point_in_two_linked_halves(store: Store) -> None:
    async with store() as ctx:
        await receive(ctx, 10)
        transfer = new_id()
        await post_pair(
            ctx,
            act(ctx, "TRANSFER_OUT", transfer_id=transfer, other="B1"),
            act(ctx, "TRANSFER_IN", transfer_id=transfer, other="S1", point="B1"),
            [line(4)],
        )
        assert await balances(ctx) == {("S1", "A"): 6, ("B1", "A"): 4}
        assert len(await Voucher.select().where(Voucher.transfer_id == transfer)) == 2
        assert await faults_of_stock(ctx) == []


async def test_what_is_set_aside_is_neither_issued_nor_sent(store: Store) -> None:
    async with store() as ctx:
        await receive(ctx, 10)
        await Stock.update({"held_since": ctx.today, "held_reason": "DAMP"}).where(Stock.lot == "A")
    for kind in ("ISSUE", "TRANSFER_OUT"):
        with pytest.raises(Conflict, match="set aside"):
            async with store() as ctx:
                await post(ctx, act(ctx, kind), [line(1)])
    async with store() as ctx:
        await post(ctx, act(ctx, "LOSS"), [line(10, reason="DAMAGED")])


@pytest.mark.requirement("R36")
async def test_of_twenty_who_want_the_last_one_gets_it_one(store: Store) -> None:
    async with store() as ctx:
        await receive(ctx, 1)

    async def ask() -> bool:
        try:
            async with store() as ctx:
                await post(ctx, act(ctx, "ISSUE"), [line(1)])
        except Conflict:
            return False
        return True

    assert sum(await asyncio.gather(*(ask() for _ in range(20)))) == 1
    async with store() as ctx:
        assert await balances(ctx) == {("S1", "A"): 0}


async def test_two_deliveries_of_a_new_lot_at_once_add_up(store: Store) -> None:
    async def bring() -> None:
        async with store() as ctx:
            await receive(ctx, 5)

    await asyncio.gather(*(bring() for _ in range(8)))
    async with store() as ctx:
        assert await balances(ctx) == {("S1", "A"): 40}
        assert await faults_of_stock(ctx) == []
