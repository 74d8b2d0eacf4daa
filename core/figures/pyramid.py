"""A pyramid, men and women by age, for those who may see no small numbers: in tens, and not at every age.

Its reader also sees, exactly, how many are of each age and how many men and women there are, and of some ages how many
are women. An exact side beside these would give away who is neither, and the small sides. So both sides are rounded to
tens, and an age is left out where a small side of it could be worked out all the same or another figure hides it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from core.figures.indicators import Indicator
from core.figures.protection import Protection, unit_of
from core.figures.read import Figure, Figures
from core.figures.suppression import shown

__all__ = ["STEP", "Age", "ages_of", "hidden_ages", "rounded"]

STEP = 10


class Age(Struct, frozen=True):
    """How many there are on each side."""

    left: int
    right: int

    @property
    def both(self) -> int:
        return self.left + self.right


def rounded(number: int) -> int:
    return (number + STEP // 2) // STEP * STEP


def hidden_ages(
    indicator: Indicator, figures: Figures, protection: Protection, others: Sequence[Indicator]
) -> frozenset[str]:
    """The ages that are left out; `others` are all figures that the reader may see of the place."""
    ages = ages_of(indicator, figures)
    k = protection.rule(indicator).k
    hidden: set[str] = set()
    for other in others:
        if _counts_the_same(other):
            hidden |= _closed(other, figures, protection, ages)
    while told := set(_told(ages, hidden, k)):
        further = told - hidden or _smallest(ages, hidden)
        if not further:
            break
        hidden |= further
    return frozenset(hidden)


def ages_of(indicator: Indicator, figures: Figures) -> Mapping[str, Age]:
    """Every age that has anybody, the youngest first."""
    left, right = (figures.cut(indicator.code, cut.name) for cut in indicator.cuts)
    return {
        name: Age(_number(left.get(name)), _number(right.get(name))) for name in Figures.ages(*left, *right)
    }


def _counts_the_same(other: Indicator) -> bool:
    """People by age, as they are at the end of the period."""
    return other.is_state and not other.is_pyramid and any(cut.name == "age" for cut in other.cuts)


def _closed(other: Indicator, figures: Figures, protection: Protection, ages: Mapping[str, Age]) -> set[str]:
    """What it hides; all its ages and one more, where it counts but some and hides their sum or that of a sex."""
    total = figures.get(other.code, other.totals[0])
    by = {cut.name: figures.cut(other.code, cut.name) for cut in other.cuts if cut.name in ("age", "sex")}
    hidden = {
        name: {value for value, mark in protection.parts(other, total, cells).items() if not mark.isdigit()}
        for name, cells in by.items()
    }
    rule = protection.rule(other)
    is_whole_shown = shown(unit_of("", other, figures, rule), rule).isdigit() and not hidden.get("sex")
    some = set(by["age"]) & ages.keys()
    if is_whole_shown or not some or some == ages.keys():
        return hidden["age"] & ages.keys()
    return some | _smallest(ages, some)


def _told(ages: Mapping[str, Age], hidden: set[str], k: int) -> Iterator[str]:
    """The ages with a small side that can only be one number, to somebody who knows every sum exactly."""
    spans = {name: _span(age, name in hidden, k) for name, age in ages.items()}
    lefts = sum(age.left for age in ages.values())
    least = sum(low for low, _high in spans.values())
    most = sum(high for _low, high in spans.values())
    for name, age in ages.items():
        low, high = spans[name]
        is_small = 0 < age.left < k or 0 < age.right < k
        if is_small and max(low, lefts - (most - high)) >= min(high, lefts - (least - low)):
            yield name


def _span(age: Age, is_hidden: bool, k: int) -> tuple[int, int]:
    """The least and the most that the left side can be, beside the right one and their sum."""
    if is_hidden:
        return 0, age.both
    (low, high), (low_right, high_right) = _bucket(age.left, k), _bucket(age.right, k)
    return max(low, age.both - high_right), min(high, age.both - low_right)


def _bucket(number: int, k: int) -> tuple[int, int]:
    """What a reader can think of: fewer than k, or what is rounded to the same."""
    if number < k:
        return 0, k - 1
    return max(k, rounded(number) - STEP // 2), rounded(number) + STEP // 2 - 1


def _smallest(ages: Mapping[str, Age], hidden: set[str]) -> set[str]:
    """The smallest age that is still shown, if there is one."""
    left = [name for name, age in ages.items() if name not in hidden and age.both]
    return {min(left, key=lambda name: (ages[name].both, name))} if left else set()


def _number(figure: Figure | None) -> int:
    return int(figure.value) if figure is not None and figure.value is not None else 0
