"""What comes back counts on the day of its issue: it makes nothing free in another year, month or visit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from core.kernel import clock
from plugins.supplies.services.entitlement import Taken, left_of, limits_of
from plugins.supplies.services.ledger import post, reverse
from plugins.supplies.services.returning import give_back
from plugins.supplies.services.taken import history_of
from plugins.supplies.services.yearly import YearLine, YearOfFiles, enter_year
from plugins.supplies.tables import Entry, Recipient
from tests.plugins.supplies.conftest import CONDOM, LATER, Store, act, line, person_at, receive

pytestmark = pytest.mark.usefixtures("catalogue")

OLD, NEW = date(2025, 12, 20), date(2026, 1, 8)


@pytest.fixture(autouse=True)
def december() -> Iterator[None]:
    with clock.freeze(datetime(2025, 12, 20, 4, tzinfo=UTC)):
        yield


def january() -> AbstractContextManager[None]:
    return clock.freeze(datetime(2026, 1, 8, 4, tzinfo=UTC))


async def left(person: UUID, day: date) -> int | None:
    return left_of(limits_of(CONDOM, (await history_of(person)).of("CON-M"), day))


async def test_an_issue_of_last_year_that_is_taken_back_makes_room_in_last_year_alone(store: Store) -> None:
    async with store() as ctx:
        await receive(ctx, 400)
        her = await person_at(ctx)
        old = await post(ctx, act(ctx, "ISSUE", person=her), [line(50)])
    with january():
        async with store() as ctx:
            await post(ctx, act(ctx, "ISSUE", person=her), [line(100)])
            assert (await left(her, OLD), await left(her, NEW)) == (70, 20)
            await reverse(ctx, old.voucher, "NOT_TAKEN")
            assert (await left(her, OLD), await left(her, NEW)) == (120, 20)


async def test_what_comes_back_from_last_year_makes_room_in_last_year_alone(store: Store) -> None:
    async with store() as ctx:
        await receive(ctx, 400)
        her = await person_at(ctx)
        old = await post(ctx, act(ctx, "ISSUE", person=her), [line(50)])
        entry = (await Entry.select(Entry.id).where(Entry.voucher_id == old.voucher))[0]["id"]
    with january():
        async with store() as ctx:
            await post(ctx, act(ctx, "ISSUE", person=her), [line(100)])
            back = await give_back(ctx, old.voucher, entry, 30, None)
            assert (await left(her, OLD), await left(her, NEW)) == (100, 20)
            await reverse(ctx, back.voucher, "WRONG_GOODS")
            assert (await left(her, OLD), await left(her, NEW)) == (70, 20)


async def test_what_comes_back_of_an_issue_that_is_put_away_makes_room_nowhere(store: Store) -> None:
    async with store() as ctx:
        await receive(ctx, 400)
        her = await person_at(ctx)
        old = await post(ctx, act(ctx, "ISSUE", person=her), [line(50)])
        entry = (await Entry.select(Entry.id).where(Entry.voucher_id == old.voucher))[0]["id"]
        await give_back(ctx, old.voucher, entry, 30, None)
        await Recipient.delete().where(Recipient.voucher_id == old.voucher)
        assert (await history_of(her)).of("CON-M") == [Taken(date.min, -30)]
        assert await left(her, OLD) == 120


async def test_a_return_from_a_file_counts_on_its_own_day(store: Store) -> None:
    def moved(day: date, kind: Any, quantity: int, **more: Any) -> YearLine:
        return YearLine(
            row_ref=f"{kind}{quantity}", day=day, point="S1", product=CONDOM, lot="A", expiry=LATER,
            kind=kind, quantity=quantity, reference="R-7", **more,
        )  # fmt: skip

    async with store() as ctx:
        her = await person_at(ctx)
        days = date(2025, 3, 1), date(2025, 3, 2), date(2025, 4, 2)
        lines = [moved(days[0], "RECEIPT", 90)]
        lines += [moved(days[1], "ISSUE", 50, person=her), moved(days[2], "RETURN", 20, person=her)]
        await enter_year(ctx, YearOfFiles(number=2025, covered_to=date(2025, 12, 31)), lines)
        assert sorted((one.day, one.quantity) for one in (await history_of(her)).of("CON-M")) == [
            (days[1], 50),
            (days[2], -20),
        ]
