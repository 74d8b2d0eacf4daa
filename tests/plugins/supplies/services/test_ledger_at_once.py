"""The ledger when two do the same thing in the same moment, and what an act costs."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from datetime import date, timedelta
from typing import Any

import pytest

from core.kernel.errors import BadInput, Conflict, TownbridgeError
from core.kernel.ids import new_id
from core.sdk.ctx import TenantCtx
from plugins.supplies.services.ledger import post, post_pair, reverse
from plugins.supplies.services.points import close_point, reopen_point
from plugins.supplies.services.proof import faults_of_stock
from plugins.supplies.services.recipients import retire
from plugins.supplies.services.vouchers import Posted
from plugins.supplies.tables import Entry, Point, Recipient, Stock, Voucher
from tests.plugins.supplies.conftest import LATER, Store, act, line, person_at, receive

Do = Callable[[TenantCtx], Awaitable[Any]]

MOST_QUERIES = 8
"""Point, catalogue, lots, book; stock, voucher, recipient, entries."""


async def at_once(store: Store, *acts: Do) -> Counter[str]:
    """How they ended, each in a transaction of its own."""

    async def ended(do: Do) -> str:
        try:
            async with store() as ctx:
                await do(ctx)
        except TownbridgeError as error:
            return type(error).__name__
        return "done"

    return Counter(await asyncio.gather(*(ended(do) for do in acts)))


def pair(ctx: TenantCtx, quantity: int, key: str | None = None) -> Coroutine[Any, Any, tuple[Posted, Posted]]:
    """So many of lot A from the station to the box."""
    transfer = new_id()
    return post_pair(
        ctx,
        act(ctx, "TRANSFER_OUT", transfer_id=transfer, other="B1", key=key),
        act(ctx, "TRANSFER_IN", transfer_id=transfer, other="S1", point="B1"),
        [line(quantity)],
    )


async def balances(store: Store) -> dict[tuple[str, str], int]:
    async with store() as ctx:
        assert await faults_of_stock(ctx) == []
        return {(row["point"], row["lot"]): row["balance"] for row in await Stock.select()}


async def test_the_same_act_twice_at_once_is_one_and_both_are_told_so(store: Store) -> None:
    async with store() as ctx:
        await receive(ctx, 100)
    given: Do = lambda ctx: post(ctx, act(ctx, "ISSUE", key="form-1"), [line(3)])  # noqa: E731
    assert await at_once(store, *[given] * 6) == {"done": 6}
    assert await balances(store) == {("S1", "A"): 97}
    moved: Do = lambda ctx: pair(ctx, 10, "form-2")  # noqa: E731
    assert await at_once(store, *[moved] * 3) == {"done": 3}
    assert await balances(store) == {("S1", "A"): 87, ("B1", "A"): 10}


async def test_nothing_comes_to_a_point_while_it_is_closed(store: Store) -> None:
    async with store() as ctx:
        await receive(ctx, 100)
        (box,) = await Point.select().where(Point.code == "B1")
    for turn in range(4):
        acts: list[Do] = [lambda ctx: close_point(ctx, box["id"]), lambda ctx: pair(ctx, 1)]
        found = await at_once(store, *(acts if turn % 2 else acts[::-1]))
        assert found["done"] == 1, found
        async with store() as ctx:
            (row,) = await Point.select(Point.is_open).where(Point.code == "B1")
            there = await Stock.select().where((Stock.point == "B1") & (Stock.balance > 0))
            assert row["is_open"] == bool(there)
            if there:
                await post(ctx, act(ctx, "LOSS", point="B1"), [line(there[0]["balance"])])
            else:
                await reopen_point(ctx, box["id"])


async def test_an_act_that_was_entered_is_told_so_even_when_it_could_not_be_entered_now(store: Store) -> None:
    async with store() as ctx:
        await receive(ctx, 3)
    async with store() as ctx:
        first = await post(ctx, act(ctx, "ISSUE", key="form-1"), [line(3)])
    async with store() as ctx:
        again = await post(ctx, act(ctx, "ISSUE", key="form-1"), [line(3)])
    assert (again.voucher, again.is_new) == (first.voucher, False)


async def test_who_takes_back_what_another_takes_back_is_told_so(store: Store) -> None:
    async with store() as ctx:
        await receive(ctx, 10)
        given = await post(ctx, act(ctx, "ISSUE"), [line(4)])
    assert await at_once(store, *[lambda ctx: reverse(ctx, given.voucher, "MISTAKE")] * 4) == {
        "done": 1,
        "Conflict": 3,
    }
    with pytest.raises(Conflict, match="taken back already"):
        async with store() as ctx:
            await reverse(ctx, given.voucher, "MISTAKE")
    assert await balances(store) == {("S1", "A"): 10}


async def test_half_a_transfer_is_not_taken_back(store: Store) -> None:
    async with store() as ctx:
        await receive(ctx, 10)
        halves = await pair(ctx, 4)
    async with store() as ctx:
        unnamed = await post_pair(
            ctx, act(ctx, "TRANSFER_OUT"), act(ctx, "TRANSFER_IN", point="B1"), [line(1)]
        )
        await pair(ctx, 1)
    for half in (*halves, *unnamed):
        with pytest.raises(Conflict, match="part of a transfer"):
            async with store() as ctx:
                await reverse(ctx, half.voucher, "MISTAKE")
    assert await balances(store) == {("S1", "A"): 4, ("B1", "A"): 6}


async def test_deliveries_of_new_lots_in_any_order_wait_for_each_other(store: Store) -> None:
    """And where one of the lots is known and moved meanwhile: never in a ring, so nobody is told to try again."""
    lots = [f"L{number}" for number in range(6)]
    async with store() as ctx:
        await receive(ctx, 100, "L3")

    def brought(order: list[str]) -> Do:
        return lambda ctx: post(
            ctx, act(ctx, "RECEIPT"), [line(5, lot, expiry=LATER) for lot in order]
        )  # fmt: skip

    def moved(ctx: TenantCtx) -> Awaitable[Any]:
        transfer = new_id()
        halves = (
            act(ctx, "TRANSFER_OUT", transfer_id=transfer),
            act(ctx, "TRANSFER_IN", transfer_id=transfer, point="B1"),
        )
        return post_pair(ctx, *halves, [line(1, "L3")])

    acts = [brought(lots), brought(lots[::-1]), moved, brought(lots[3:] + lots[:3]), moved, brought(lots)]
    assert await at_once(store, *acts) == {"done": 6}
    expected = {("S1", lot): 20 for lot in lots} | {("S1", "L3"): 118, ("B1", "L3"): 2}
    assert await balances(store) == expected


async def test_a_lot_that_comes_to_two_points_at_once_has_one_expiry(store: Store) -> None:
    """Whoever comes second compares with the pack."""
    found = await at_once(
        store,
        lambda ctx: receive(ctx, 5, expiry=LATER),
        lambda ctx: receive(ctx, 5, point="B1", expiry=LATER - timedelta(days=31)),
    )
    assert found == {"done": 1, "BadInput": 1}
    with pytest.raises(BadInput):
        async with store() as ctx:
            both = [line(1, "N", expiry=LATER), line(1, "N", expiry=date(2028, 1, 31))]
            await post(ctx, act(ctx, "RECEIPT"), both)


async def test_an_issue_taken_back_after_its_link_was_put_away_does_not_become_anonymous(
    store: Store,
) -> None:
    async with store() as ctx:
        person = await person_at(ctx)
        await receive(ctx, 10, day=ctx.today - timedelta(days=2))
        day = ctx.today - timedelta(days=1)
        given = await post(ctx, act(ctx, "ISSUE", person=person, day=day), [line(4)])
    async with store(None, "supplies", "archive") as ctx:
        assert await retire(ctx, 0) == 1
    async with store() as ctx:
        await reverse(ctx, given.voucher, "MISTAKE")
        issues = await Voucher.select(Voucher.is_anonymous).where(Voucher.kind == "ISSUE")
        assert [row["is_anonymous"] for row in issues] == [False, False]
        assert await Recipient.count() == 0


async def test_an_issue_costs_so_many_queries_however_many_lines_it_has(store: Store) -> None:
    async with store() as ctx:
        person = await person_at(ctx)
        for lot in "ABC":
            await receive(ctx, 10, lot)
    for lots in ("A", "ABC"):
        asked: list[str] = []
        async with store() as ctx:
            with ctx.transaction.connection.query_logger(lambda query, told=asked: told.append(query.query)):
                await post(ctx, act(ctx, "ISSUE", person=person), [line(1, lot) for lot in lots])
        assert len(asked) <= MOST_QUERIES, asked
    async with store() as ctx:
        assert await Entry.count().where(Entry.kind == "ISSUE") == 4
