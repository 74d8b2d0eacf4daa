"""A year of files in the ledger: entered once, in a book of its own, beside what the portal enters."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from core.kernel import clock
from core.sdk import Conflict
from core.sdk.ctx import TenantCtx
from plugins.supplies.services.books import last_book
from plugins.supplies.services.ledger import post
from plugins.supplies.services.proof import faults_of_stock
from plugins.supplies.services.seed import PRODUCTS
from plugins.supplies.services.yearly import YearLine, YearOfFiles, enter_year, unknown_lines
from plugins.supplies.tables import Book, Entry, Stock
from tests.plugins.supplies.conftest import Store, act, line, receive

CONDOM = next(product for product in PRODUCTS if product.sku == "CON-M")
GOOD = date(2029, 12, 31)


@pytest.fixture(autouse=True)
def march() -> Iterator[None]:
    with clock.freeze(datetime(2026, 3, 20, 4, tzinfo=UTC)):
        yield


def year(number: int = 2025, last_month: int = 12) -> YearOfFiles:
    return YearOfFiles(number=number, covered_to=date(number, last_month, 31))


def moved(day: str, kind: Any, quantity: int, lot: str = "A", point: str = "S1") -> YearLine:
    return YearLine(
        row_ref=f"{day}/{kind}/{lot}/{quantity}", day=date.fromisoformat(day), point=point, product=CONDOM, lot=lot,
        expiry=GOOD, kind=kind, quantity=quantity, is_anonymous=kind == "ISSUE",
    )  # fmt: skip


async def stock(ctx: TenantCtx) -> dict[str, int]:
    assert await faults_of_stock(ctx) == []
    rows = await Stock.select(Stock.lot, Stock.balance).order_by(Stock.lot)
    return {row["lot"]: row["balance"] for row in rows}


async def test_a_year_is_entered_whole_and_its_lines_are_known_again(store: Store):
    lines = [moved("2025-01-01", "RECEIPT", 50), moved("2025-02-01", "ISSUE", 20)]
    lines += [moved("2025-01-01", "RECEIPT", 8, "B", "B1"), moved("2025-03-01", "ADJUST", -3, "B", "B1")]
    async with store() as ctx:
        assert await unknown_lines([each.row_ref for each in lines]) == {each.row_ref for each in lines}
        await enter_year(ctx, year(), lines)
        assert await stock(ctx) == {"A": 30, "B": 5}
        assert await unknown_lines([each.row_ref for each in lines]) == set()
        await enter_year(ctx, year(), [])
        assert await Entry.count() == 4
        assert await Book.select(Book.starts_on, Book.ends_on, Book.kept_to) == [
            {"starts_on": date(2025, 1, 1), "ends_on": None, "kept_to": date(2025, 12, 31)}
        ]


async def test_the_portal_goes_on_in_the_book_of_the_last_year(store: Store):
    async with store() as ctx:
        await enter_year(ctx, year(), [moved("2025-01-01", "RECEIPT", 50)])
        await post(ctx, act(ctx, "ISSUE"), [line(20)])
        assert await stock(ctx) == {"A": 30}
        await enter_year(ctx, year(last_month=7), [moved("2025-02-01", "ISSUE", 30)])
        assert await stock(ctx) == {"A": 0}
        assert (await Book.select(Book.kept_to).first() or {})["kept_to"] == date(2025, 12, 31), "never back"


@pytest.mark.requirement("R36")
async def test_a_line_that_leaves_too_little_for_what_came_after_it_is_refused_with_all_others(store: Store):
    async with store() as ctx:
        await enter_year(ctx, year(), [moved("2025-01-01", "RECEIPT", 50)])
        await post(ctx, act(ctx, "ISSUE"), [line(20)])
    with pytest.raises(Conflict, match="there would be less than nothing at S1 on 2026-03-20"):
        async with store() as ctx:
            await enter_year(ctx, year(), [moved("2025-02-01", "ISSUE", 31)])
    async with store() as ctx:
        assert await stock(ctx) == {"A": 30}


async def test_the_next_year_begins_with_nothing_but_what_its_own_files_bring(store: Store):
    async with store() as ctx:
        await enter_year(
            ctx, year(2024), [moved("2024-01-01", "RECEIPT", 9), moved("2024-01-01", "RECEIPT", 5, "B")]
        )
        await Stock.update({"held_since": date(2024, 5, 5), "held_reason": "wet"}).where(Stock.lot == "A")
        await enter_year(ctx, year(2025), [moved("2025-01-02", "RECEIPT", 4)])
        assert await stock(ctx) == {"A": 4, "B": 0}
        row = await Stock.select().where(Stock.lot == "A").first() or {}
        assert (row["received_on"], row["held_reason"]) == (date(2024, 1, 1), "wet"), "it is the same lot"
        assert await Book.select(Book.ends_on).order_by(Book.starts_on) == [
            {"ends_on": date(2024, 12, 31)}, {"ends_on": None},
        ]  # fmt: skip


async def test_a_year_before_is_entered_behind_the_last_one_and_leaves_the_stock_alone(store: Store):
    async with store() as ctx:
        await enter_year(ctx, year(2025), [moved("2025-01-02", "RECEIPT", 4)])
        await enter_year(ctx, year(2024), [moved("2024-01-01", "RECEIPT", 9)])
        assert await stock(ctx) == {"A": 4}
        book = await last_book(ctx)
        assert book is not None
        assert book.starts_on == date(2025, 1, 1)


async def test_a_year_in_which_the_portal_has_entered_something_already_begins_no_book(store: Store):
    async with store() as ctx:
        await enter_year(ctx, year(2025), [moved("2025-01-02", "RECEIPT", 4)])
        await receive(ctx, 10)
    with pytest.raises(Conflict, match="goes on into 2026 already"):
        async with store() as ctx:
            await enter_year(ctx, year(2026), [moved("2026-01-01", "RECEIPT", 4)])
    async with store() as ctx:
        assert await stock(ctx) == {"A": 14}
