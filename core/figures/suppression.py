"""Small numbers are not shown: the published table of the exchange format. Stored values stay exact."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

__all__ = [
    "HIDDEN",
    "NOT_APPLICABLE",
    "NOT_SHOWN",
    "Rule",
    "Unit",
    "protected",
    "published",
    "recoverable",
    "shown",
]

NOT_APPLICABLE = "NA"
NOT_SHOWN = "NS"
HIDDEN = "*"


class Rule(Struct, frozen=True, kw_only=True):
    """How an indicator is protected: fewer than `k` are not shown (0: all are); below `least_population` nothing is."""

    k: int
    least_population: int = 0

    @property
    def too_few(self) -> str:
        return f"<{self.k}"


class Unit(Struct, frozen=True, kw_only=True):
    """One unit's exact number; None = no such figure. `of` is the denominator where the rule has one."""

    code: str
    number: int | None
    of: int | None = None
    population: int | None = None
    """Different people present on the last day, where the rule asks for it."""


def shown(unit: Unit, rule: Rule) -> str:
    """What one unit's number looks like by itself."""
    if unit.number is None:
        return NOT_APPLICABLE
    if unit.population is not None and unit.population < rule.least_population:
        return NOT_SHOWN
    if not rule.k:
        return str(unit.number)
    too_few_of = unit.of is not None and (unit.of < rule.k or unit.of - unit.number < rule.k)
    if 0 < unit.number < rule.k or too_few_of:
        return rule.too_few
    return str(unit.number)


def published(tenants: Sequence[Unit], town: Unit, rule: Rule) -> dict[str, str]:
    """The column of one indicator, by the units' codes: tenants in order of code, then the town.

    One hidden tenant could be had by subtracting the others from the town, so a second one is hidden with it.
    """
    units = sorted(tenants, key=lambda unit: unit.code)
    cells = {unit.code: shown(unit, rule) for unit in (*units, town)}
    hidden = [unit for unit in units if cells[unit.code] in (NOT_SHOWN, rule.too_few)]
    if len(hidden) == 1:
        candidates = [unit for unit in units if cells[unit.code] == str(unit.number) and unit.number]
        second = min(candidates, key=lambda unit: (unit.number or 0, unit.code), default=town)
        cells[second.code] = HIDDEN
    return cells


def protected(tenants: Sequence[Unit], town: Unit, rule: Rule) -> dict[str, str]:
    """As `published`, for pages: more is hidden until nobody who adds and subtracts finds a small number.

    Two hidden numbers whose sum is 2 are both 1, and with 6 the smaller one is 1 where the other is at least 5.
    Where nothing is left to hide behind, the small numbers do not even say that they are small.
    """
    cells = published(tenants, town, rule)
    while any(recoverable(cells, tenants, town, rule)):
        seen = [unit for unit in tenants if unit.number and cells[unit.code] == str(unit.number)]
        if not seen:
            return {
                code: HIDDEN if code != town.code and mark == rule.too_few else mark
                for code, mark in cells.items()
            }
        cells[min(seen, key=lambda unit: (unit.number or 0, unit.code)).code] = HIDDEN
    return cells


def recoverable(cells: Mapping[str, str], tenants: Sequence[Unit], town: Unit, rule: Rule) -> Iterator[str]:
    """The small numbers that can be told from the others, by their units."""
    numbers = [int(cells[unit.code]) for unit in tenants if cells[unit.code].isdigit()]
    spans = {
        unit.code: _span(cells[unit.code], unit, rule, [number for number in numbers if number])
        for unit in tenants
        if not cells[unit.code].isdigit() and cells[unit.code] != NOT_APPLICABLE
    }
    total = _span(cells[town.code], town, rule, [])
    least = sum(span[0] for span in spans.values())
    most = sum(span[1] for span in spans.values())
    for unit in tenants:
        if cells[unit.code] == rule.too_few and unit.of is None:
            low, high = spans[unit.code]
            others = most - high if math.isfinite(most) else math.inf
            lowest = max(low, total[0] - sum(numbers) - others)
            highest = min(high, total[1] - sum(numbers) - (least - low))
            if lowest >= highest:
                yield unit.code


def _span(mark: str, unit: Unit, rule: Rule, beside: Sequence[int]) -> tuple[float, float]:
    """The least and the most that a reader of the mark can think of; the next one hidden was the smallest shown."""
    if mark.isdigit():
        return int(mark), int(mark)
    if mark == rule.too_few and unit.of is None:
        return 1, rule.k - 1
    if mark == HIDDEN and beside:
        return rule.k, min(beside)
    return (0, math.inf) if mark != HIDDEN else (0 if unit.of is not None else 1, math.inf)
