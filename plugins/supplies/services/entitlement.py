"""How much of a product a person may still have, by the dispensing rules of the town's catalogue.

What is exactly reached is allowed. Nobody is asked who she is for what can be had without a name: an anonymous issue
has no limit. What is counted is what this unit gave her; nobody knows what another unit did.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Literal

from msgspec import Struct

from core.sdk import gettext_noop as _
from plugins.supplies.services.catalogue import Product

__all__ = ["CONDOMS", "KINDS", "Limit", "Taken", "broken", "left_of", "limits_of"]

Kind = Literal["VISIT", "DAYS_30", "YEAR", "INTERVAL", "AGE"]

CONDOMS = frozenset({"MALE_CONDOM", "FEMALE_CONDOM"})
"""Methods that depend on nobody's age, and that no clinician stands before."""
WINDOW = timedelta(days=30)

KINDS: dict[Kind, str] = {
    "VISIT": _("at most %(most)s at a visit"),
    "DAYS_30": _("at most %(most)s in 30 days"),
    "YEAR": _("at most %(most)s in a year"),
    "INTERVAL": _("again after %(most)s days"),
    "AGE": _("from %(most)s years of age"),
}


class Taken(Struct, frozen=True):
    """On which day how many of the product she was given; below 0, on that day too, what of it came back."""

    day: date
    quantity: int


class Limit(Struct, frozen=True, kw_only=True):
    """`most` is a number of units, of days or of years; `left` how many units she may have today by this limit."""

    kind: Kind
    most: int
    left: int | None
    """None: any number; the limit is kept."""
    opens_on: date | None = None
    """The first day on which it is kept, where it is not."""


def limits_of(
    product: Product, taken: Sequence[Taken], day: date, years: int | None = None
) -> tuple[Limit, ...]:
    """Every rule of the product for her on `day`; `years`: her age, None where she has not told it."""
    counted = (
        _counted("VISIT", product.max_per_visit, _net(taken, day, day)),
        _counted("DAYS_30", product.max_per_30d, _net(taken, day - WINDOW + timedelta(days=1), day)),
        _counted(
            "YEAR",
            product.max_per_year,
            _net(taken, day.replace(month=1, day=1), day.replace(month=12, day=31)),
        ),
        _interval(product.min_interval_days, taken, day),
        _age(product, years),
    )
    return tuple(limit for limit in counted if limit is not None)


def left_of(limits: Iterable[Limit]) -> int | None:
    """How many she may have today; None: any number."""
    return min((limit.left for limit in limits if limit.left is not None), default=None)


def broken(limits: Iterable[Limit], quantity: int) -> list[Limit]:
    """The limits that `quantity` more would go beyond."""
    return [limit for limit in limits if limit.left is not None and quantity > limit.left]


def _net(taken: Iterable[Taken], first: date, last: date) -> int:
    return sum(one.quantity for one in taken if first <= one.day <= last)


def _counted(kind: Kind, most: int | None, used: int) -> Limit | None:
    return Limit(kind=kind, most=most, left=max(0, most - used)) if most is not None else None


def _interval(days: int | None, taken: Iterable[Taken], day: date) -> Limit | None:
    """From the last day before this one of which she has kept something; a second time today is the same visit."""
    if not days:
        return None
    last = max((kept for kept in _days_kept(taken) if kept < day), default=None)
    opens_on = last + timedelta(days=days) if last is not None else None
    if opens_on is None or opens_on <= day:
        return Limit(kind="INTERVAL", most=days, left=None)
    return Limit(kind="INTERVAL", most=days, left=0, opens_on=opens_on)


def _days_kept(taken: Iterable[Taken]) -> set[date]:
    """The days of which something is still with her: what comes back is the last that she was given."""
    kept: list[Taken] = []
    for one in sorted(taken, key=lambda one: (one.day, -one.quantity)):
        if one.quantity > 0:
            kept.append(one)
            continue
        back = -one.quantity
        while back and kept:
            last = kept.pop()
            if last.quantity > back:
                kept.append(Taken(last.day, last.quantity - back))
            back -= min(back, last.quantity)
    return {one.day for one in kept}


def _age(product: Product, years: int | None) -> Limit | None:
    if not product.min_age or product.method in CONDOMS:
        return None
    is_kept = years is None or years >= product.min_age
    return Limit(kind="AGE", most=product.min_age, left=None if is_kept else 0)
