"""Small numbers are not shown: the published table of the exchange format. Stored values stay exact."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

__all__ = ["HIDDEN", "NOT_APPLICABLE", "NOT_SHOWN", "Rule", "Unit", "published", "shown"]

NOT_APPLICABLE = "NA"
NOT_SHOWN = "NS"
HIDDEN = "*"


class Rule(Struct, frozen=True, kw_only=True):
    """How an indicator is protected: fewer than `k` are not shown; below `least_population` nothing is."""

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
