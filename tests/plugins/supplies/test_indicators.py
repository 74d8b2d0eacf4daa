"""The figures of supplies: the vectors of format and domain, and what only the portal can do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

import pytest

from core.figures.periods import parse_period
from core.kernel import clock
from core.kernel.ids import new_id
from plugins.supplies.services.catalogue import Product, seed_catalogue
from plugins.supplies.services.ledger import post, reverse
from plugins.supplies.services.pack_dates import correct_expiry
from plugins.supplies.services.yearly import YearLine, YearOfFiles, enter_year
from plugins.supplies.tables import Stock
from tests.plugins.supplies.conftest import Store, act, line, person_at, receive

YEAR = YearOfFiles(number=2025, covered_to=date(2025, 12, 31))
A, B = ("A", date(2025, 3, 31)), ("B", date(2027, 6, 30))
CONDOM = Product(
    sku="CON-M", name_zh="男用避孕套", name_en="Male condom", method="MALE_CONDOM", unit_zh="只", unit_en="piece",
    cyp="1/120", figure="SUP-01", is_anonymous_allowed=True, is_tracer=True,
)  # fmt: skip
FACTORS = (
    ("COC", "1/15", 130), ("ECP", "1/20", 26), ("INJ_1M", "1/13", 8), ("CU_IUD", "23/5", 10), ("IMPLANT", "5/2", 4),
)  # fmt: skip

Settled = Callable[[], Awaitable[None]]


@pytest.fixture(autouse=True)
def march() -> Iterator[None]:
    with clock.freeze(datetime(2026, 3, 20, 4, tzinfo=UTC)):
        yield


def moved(day: str, kind: Any, lot: tuple[str, date], quantity: int, **more: Any) -> YearLine:
    """A line of 2025; `05-31`: its day."""
    told: dict[str, Any] = {"point": "S1", "product": CONDOM, "is_anonymous": kind == "ISSUE"}
    told |= more
    ref = f"2025/{day}-{kind}-{told['product'].sku}-{lot[0]}-{quantity}"
    return YearLine(
        row_ref=ref,
        day=date.fromisoformat(f"2025-{day}"),
        kind=kind,
        lot=lot[0],
        expiry=lot[1],
        quantity=quantity,
        **told,
    )


async def enter(store: Store, settled: Settled, *lines: YearLine) -> None:
    async with store() as ctx:
        await enter_year(ctx, YEAR, lines)
    await settled()


async def figures(store: Store, code: str, period: str, *cuts: str) -> list[Any]:
    """Of each cut the value, or value and denominator; None where there is none."""
    async with store() as ctx:
        found = await ctx.figures(parse_period(period), [code])
    cells = [found.get(code, cut) for cut in cuts or ("",)]
    return [
        None if cell is None else cell.value if cell.den is None else (cell.value, cell.den) for cell in cells
    ]


async def test_the_table_of_the_seven_rows(store: Store, settled: Settled):
    async with store() as ctx:
        p1 = await person_at(ctx)
    named = {"person": p1, "is_anonymous": False}
    await enter(
        store, settled,
        moved("01-01", "RECEIPT", A, 30), moved("01-01", "RECEIPT", B, 100),
        moved("01-10", "ISSUE", A, 20, **named), moved("01-25", "RETURN", A, 10, **named),
        moved("02-03", "ISSUE", B, 5), moved("04-02", "LOSS", A, 20, reason="EXPIRED"),
    )  # fmt: skip
    for period, sup_01, sup_04, sup_05, sup_08 in (
        ("2025-01", 10, "1/12", (1, 0), (0, 130)),
        ("2025-02", 5, "1/24", (0, 1), (0, 120)),
        ("2025-03", 0, "0", (0, 0), (0, 115)),
        ("2025-Q1", 15, "1/8", (1, 1), (0, 365)),
        ("2025-04", 0, "0", (0, 0), (20, 115)),
    ):
        assert await figures(store, "SUP-01", period) == [sup_01]
        assert await figures(store, "SUP-04", period) == [Fraction(sup_04)]
        assert await figures(store, "SUP-05", period, "mode=IDENTIFIED", "mode=ANONYMOUS") == list(sup_05)
        assert await figures(store, "SUP-08", period) == [sup_08]
    opening = ("opening=CON-M", "receipt=CON-M", "issue=CON-M", "return=CON-M", "loss=CON-M", "")
    assert await figures(store, "SUP-11", "2025", *opening) == [None, 130, 25, 10, 20, 95]


async def test_years_of_protection_are_added_up_exactly(store: Store, settled: Settled):
    lines = [moved("02-01", "RECEIPT", B, 1_200), moved("02-02", "ISSUE", B, 1_200)]
    for method, factor, quantity in FACTORS:
        product = Product(
            sku=method, name_zh=method, name_en=method, method=method, unit_zh="个", unit_en="one", cyp=factor
        )
        lines += [
            moved("02-01", "RECEIPT", B, quantity, product=product),
            moved("02-02", "ISSUE", B, quantity, product=product),
        ]
    await enter(store, settled, *lines)
    (years,) = await figures(store, "SUP-04", "2025-02")
    assert years == 10 + Fraction(130, 15) + Fraction(26, 20) + Fraction(8, 13) + 46 + 10
    assert round(float(years), 3) == 76.582


async def test_months_of_stock_leave_out_months_without_any(store: Store, settled: Settled):
    """The vector of domain 2.4: 120 without a stock-out, 90 with 10 days of it, and a month without any stock."""
    await enter(
        store, settled,
        moved("03-01", "RECEIPT", B, 120), moved("03-02", "RECEIPT", B, 90), moved("03-15", "ISSUE", B, 120),
        moved("04-21", "ISSUE", B, 90),
        moved("06-01", "RECEIPT", A, 60),
    )  # fmt: skip
    assert await figures(store, "SUP-07", "2025-05") == [(0, 128)]
    assert await figures(store, "SUP-07", "2025-06", "", "sku=CON-M", "point=S1") == [(60, 85)] * 3
    assert await figures(store, "SUP-06", "2025-04", "", "sku=CON-M", "point=S1") == [10] * 3
    assert await figures(store, "SUP-06", "2025-Q2") == [41]


async def test_what_lies_there_and_what_of_it_expires(store: Store, settled: Settled):
    soon, later = ("C", date(2025, 6, 30)), ("D", date(2025, 7, 1))
    await enter(
        store, settled,
        moved("03-01", "RECEIPT", A, 7), moved("03-01", "RECEIPT", soon, 20), moved("03-02", "RECEIPT", later, 40),
        moved("03-03", "RECEIPT", B, 100, point="B1"), moved("05-31", "ISSUE", soon, 5),
    )  # fmt: skip
    within = ("within=30", "within=90", "within=180", "", "sku=CON-M")
    assert await figures(store, "SUP-09", "2025-05", *within) == [15, 55, 55, 55, 55]
    assert await figures(store, "SUP-09", "2025-03", *within) == [7, 7, 67, 67, 67], "good on its last day"
    assert await figures(store, "SUP-10", "2025-05", "", "sku=CON-M", "point=B1") == [162, 162, 100]


async def test_what_is_lost_on_the_way_is_told_apart(store: Store, settled: Settled):
    shipment = new_id()
    async with store() as ctx:
        came = line(20, expiry=date(2027, 12, 31))
        await post(ctx, act(ctx, "TRANSFER_IN", transfer_id=shipment, other="S01"), [came])
        await post(ctx, act(ctx, "LOSS", transfer_id=shipment, other="S01"), [line(3, reason="LOST")])
        await post(ctx, act(ctx, "LOSS"), [line(2, reason="DAMAGED")])
    await settled()
    cuts = ("transfer_in=CON-M", "loss=CON-M", "lost_on_way=CON-M", "")
    assert await figures(store, "SUP-11", "2026-03", *cuts) == [20, 5, 3, 15]


async def test_a_corrected_expiry_counts_from_its_day_on(store: Store, settled: Settled):
    soon, later = ("C", date(2026, 4, 10)), date(2027, 12, 31)
    await enter(store, settled, moved("03-01", "RECEIPT", soon, 60), moved("03-02", "RECEIPT", B, 5))
    async with store() as ctx:
        row = (await Stock.select(Stock.id).where(Stock.lot == "C"))[0]["id"]
        await correct_expiry(ctx, row, later, "包装")
    await settled()
    assert await figures(store, "SUP-09", "2026-03") == [0]
    assert await figures(store, "SUP-09", "2026-02") == [60], "what was believed before stays"
    assert await figures(store, "SUP-10", "2026-03") == [65]
    assert await figures(store, "SUP-11", "2026-03", "adjust=CON-M") == [None], "nothing came or went"


async def test_what_is_taken_back_counts_nowhere(store: Store, settled: Settled):
    async with store() as ctx:
        await enter_year(ctx, YEAR, [])
        await receive(ctx, 10)
        issued = await post(ctx, act(ctx, "ISSUE", person=await person_at(ctx)), [line(3)])
        unnamed = await post(ctx, act(ctx, "ISSUE"), [line(2), line(1)])
        wrong = await receive(ctx, 5, "Z")
    await settled()
    modes = ("mode=IDENTIFIED", "mode=ANONYMOUS")
    assert await figures(store, "SUP-05", "2026-03", *modes) == [1, 1], (
        "an act counts once, of however many lines"
    )
    assert await figures(store, "SUP-01", "2026-03") == [6]
    async with store() as ctx:
        for posted in (issued, unnamed, wrong):
            await reverse(ctx, posted.voucher, "typed twice")
    await settled()
    assert await figures(store, "SUP-05", "2026-03", *modes) == [0, 0]
    assert await figures(store, "SUP-01", "2026-03", "", "point=S1") == [0, None]
    assert await figures(store, "SUP-11", "2026-03", "", "receipt=CON-M") == [10, 10]


async def test_the_catalogue_that_comes_with_it_counts_as_the_figures_expect():
    codes = {product.figure for product in seed_catalogue().products.values()}
    assert codes <= {"SUP-01", "SUP-02", "SUP-03", ""}
