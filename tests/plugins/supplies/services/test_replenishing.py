"""The vectors of the handbook and of OpenLMIS: exact, and nothing is 0 that is not known."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from plugins.supplies.services.replenishing import (
    Levels,
    Use,
    add_months,
    adjusted,
    average,
    is_emergency,
    is_review_due,
    maximum,
    months_of_stock,
    need_of,
    next_review,
    order_quantity,
    shown_months,
)

USES = (
    Use(month="2025-01", consumed=120, stockout_days=0),
    Use(month="2025-02", consumed=90, stockout_days=10),
    Use(month="2025-03", consumed=0, stockout_days=30),
)
POINT = Levels(minimum=Fraction(2), maximum=Fraction(3), emergency=Fraction(1, 2))


@pytest.mark.parametrize(
    ("consumed", "stockout_days", "months", "told"),
    [
        (120, 0, 1, 120), (90, 10, 1, 135), (0, 30, 1, 0), (0, 10, 1, 0), (5, 30, 1, 5), (5, 31, 1, 5),
        (100, 29, 1, 3000), (100, 1, 1, 104), (90, 10, 3, 102), (-4, 0, 1, 0),
    ],
)  # fmt: skip
def test_consumption_is_adjusted_for_the_days_without_stock(
    consumed: int, stockout_days: int, months: int, told: int
) -> None:
    assert adjusted(consumed, stockout_days, months) == told


def test_a_month_without_a_day_of_stock_is_left_out_and_named() -> None:
    mean = average(USES)
    assert mean.amount == 128
    assert mean.used == ("2025-01", "2025-02")
    assert mean.skipped == ("2025-03",)


def test_what_the_point_needs_follows_from_it() -> None:
    need = need_of(USES, on_hand=60, on_order=0, levels=POINT)
    assert (need.maximum, need.order) == (384, 324)
    assert need.months == Fraction(60, 128)
    assert shown_months(need.months) == "0.47"
    assert need.is_low
    assert need.is_emergency


def test_the_other_reading_counts_the_empty_month() -> None:
    """As OpenLMIS does it; here for comparison, no page shows it."""
    mean = -(-sum(adjusted(use.consumed, use.stockout_days) for use in USES) // len(USES))
    most = maximum(mean, Fraction(3))
    told = (mean, most, order_quantity(most, 60), shown_months(months_of_stock(60, mean)))
    assert told == (85, 255, 195, "0.71")


def test_what_is_on_its_way_is_not_asked_for_again() -> None:
    assert need_of(USES, 60, 300, POINT).order == 24
    assert need_of(USES, 60, 400, POINT).order == 0
    assert not need_of(USES, 60, 4, POINT).is_emergency
    assert need_of(USES, 60, 3, POINT).is_emergency


def test_months_of_stock_are_not_defined_where_nothing_is_consumed() -> None:
    assert months_of_stock(60, 0) is None
    assert shown_months(None) == ""
    need = need_of((Use(month="2025-01", consumed=0, stockout_days=0),), 60, 0, POINT)
    assert (need.months, need.order, need.is_low, need.is_emergency) == (None, 0, False, False)
    nothing = need_of((), 0, 0, POINT)
    assert (nothing.months, nothing.average.used, nothing.order) == (None, (), 0)


def test_a_month_is_without_stock_by_its_real_days() -> None:
    assert not Use(month="2025-02", consumed=0, stockout_days=28, days=28).is_valid
    assert Use(month="2025-03", consumed=40, stockout_days=30, days=31).is_valid


def test_amounts_are_exact() -> None:
    assert maximum(3, Fraction(1, 2)) == 2
    assert maximum(5, Fraction("2.5")) == 13
    assert is_emergency(1, 3, Fraction(1, 2))
    assert not is_emergency(2, 4, Fraction(1, 2))
    assert shown_months(Fraction(1, 200)) == "0.01"


def test_every_point_asks_once_in_each_period_of_review() -> None:
    assert is_review_due(None, 1, date(2025, 6, 20))
    assert not is_review_due(date(2025, 6, 3), 1, date(2025, 6, 30))
    assert is_review_due(date(2025, 6, 30), 1, date(2025, 7, 1))
    assert next_review(date(2025, 11, 12), 3, date(2025, 12, 1)) == date(2026, 2, 1)
    assert add_months(date(2025, 1, 31), -1) == date(2024, 12, 1)
