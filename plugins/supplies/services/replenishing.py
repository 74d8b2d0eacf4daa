"""How much a point should have, and when it should ask for more: pure reckoning, in whole numbers and fractions.

The letters are those of OpenLMIS: A beginning balance, B received, C consumed, D net adjustments, E stock on hand,
N adjusted consumption, P average consumption, H maximum stock, I order quantity. A month without a day of stock
says nothing about what was wanted; it is left out, and the page says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from math import ceil, floor

from msgspec import Struct

__all__ = [
    "DAYS_OF_MONTH",
    "Average",
    "Levels",
    "Need",
    "Use",
    "add_months",
    "adjusted",
    "average",
    "is_emergency",
    "is_review_due",
    "latest",
    "maximum",
    "months_of_stock",
    "need_of",
    "next_review",
    "order_quantity",
    "shown_months",
]

DAYS_OF_MONTH = 30
"""Of every month, where consumption is adjusted; whether there was a day of stock goes by the real ones."""


class Use(Struct, frozen=True, kw_only=True):
    """One month of a product at a point: C, X, and the days of the month, or those of it that are over."""

    month: str
    consumed: int
    stockout_days: int
    days: int = DAYS_OF_MONTH

    @property
    def is_valid(self) -> bool:
        return self.stockout_days < self.days


class Average(Struct, frozen=True, kw_only=True):
    """P over the months that are `used`; 0 where there is none."""

    amount: int
    used: tuple[str, ...]
    skipped: tuple[str, ...]


class Levels(Struct, frozen=True, kw_only=True):
    """In months of stock: below `minimum` the point is low, below `emergency` it cannot wait for its turn."""

    minimum: Fraction
    maximum: Fraction
    emergency: Fraction


class Need(Struct, frozen=True, kw_only=True):
    """What follows for one product at one point; `months` is None where nothing is consumed."""

    average: Average
    on_hand: int
    on_order: int
    months: Fraction | None
    maximum: int
    order: int
    is_low: bool
    is_emergency: bool


def adjusted(consumed: int, stockout_days: int, months: int = 1) -> int:
    """N: what would have been consumed, had there been stock on every day."""
    days = months * DAYS_OF_MONTH
    if consumed <= 0 or stockout_days <= 0 or stockout_days >= days:
        return max(consumed, 0)
    return ceil(Fraction(consumed * days, days - stockout_days))


def average(uses: Sequence[Use]) -> Average:
    """P: N over the months with a day of stock, rounded up."""
    valid = [use for use in uses if use.is_valid]
    total = sum(adjusted(use.consumed, use.stockout_days) for use in valid)
    return Average(
        amount=ceil(Fraction(total, len(valid))) if valid else 0,
        used=tuple(use.month for use in valid),
        skipped=tuple(use.month for use in uses if not use.is_valid),
    )


def latest(uses: Sequence[Use], count: int) -> list[Use]:
    """The last of these months, back to the `count`-th that has a day of stock."""
    kept: list[Use] = []
    for use in reversed(uses):
        if sum(each.is_valid for each in kept) == count:
            break
        kept.append(use)
    return kept[::-1]


def months_of_stock(on_hand: int, amount: int) -> Fraction | None:
    """None where nothing is consumed: neither 0 nor without end, but not defined."""
    return Fraction(on_hand, amount) if amount > 0 else None


def shown_months(months: Fraction | None) -> str:
    """Two decimals, rounded half up; '' where it is not defined."""
    if months is None:
        return ""
    hundredths = _half_up(months * 100)
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def maximum(amount: int, months: Fraction) -> int:
    """H."""
    return _half_up(amount * months)


def order_quantity(most: int, on_hand: int, on_order: int = 0) -> int:
    """I: what is missing to the maximum, less what is on its way."""
    return max(0, most - on_hand - on_order)


def is_emergency(on_hand: int, amount: int, months: Fraction) -> bool:
    return on_hand < amount * months


def need_of(uses: Sequence[Use], on_hand: int, on_order: int, levels: Levels) -> Need:
    """The line of a requisition."""
    mean = average(uses)
    most = maximum(mean.amount, levels.maximum)
    return Need(
        average=mean,
        on_hand=on_hand,
        on_order=on_order,
        months=months_of_stock(on_hand, mean.amount),
        maximum=most,
        order=order_quantity(most, on_hand, on_order),
        is_low=is_emergency(on_hand, mean.amount, levels.minimum),
        is_emergency=is_emergency(on_hand + on_order, mean.amount, levels.emergency),
    )


def next_review(last: date | None, months: int, today: date) -> date:
    """The first day of the next period in which every point asks, however much it has."""
    return add_months(last.replace(day=1), months) if last else today.replace(day=1)


def is_review_due(last: date | None, months: int, today: date) -> bool:
    return next_review(last, months, today) <= today


def add_months(day: date, months: int) -> date:
    """The first day of the month that is so many months away."""
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def _half_up(value: Fraction | int) -> int:
    return floor(value + Fraction(1, 2))
