"""Who sees how much of a figure: its own staff all of it, an employer's officer and the town no small numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Self

from msgspec import Struct
from msgspec.structs import replace

from core.figures.indicators import Indicator
from core.figures.periods import Period, quarter
from core.figures.read import Figure, Figures
from core.figures.suppression import HIDDEN, Rule, Unit, protected, published, recoverable, shown
from core.tenancy.town_settings import TownSettings

__all__ = ["POPULATION", "Protection", "marks_in_time", "unit_of"]

POPULATION = "POP-10"
"""The different people present on the last day, floating or not: below a number of them the service figures of a
unit are not shown. A unit whose people nobody registers has none that could be counted, so they are not shown there."""

_PART_OF = {"POP-05": "POP-01", "SUP-05": POPULATION, "HEA-02": POPULATION, "HEA-04": POPULATION}
_SERVICES = ("SUP", "HEA", "RIG")


class Protection(Struct, frozen=True, kw_only=True):
    """The town's thresholds (exchange format, section 9)."""

    k_normal: int
    k_high: int
    min_unit_population: int

    @classmethod
    def of(cls, settings: TownSettings) -> Self:
        return cls(**{name: getattr(settings, name) for name in cls.__struct_fields__})

    def rule(self, indicator: Indicator) -> Rule:
        is_service = indicator.code.startswith(_SERVICES) and indicator.privacy != "O"
        return Rule(
            k={"O": 0, "N": self.k_normal, "H": self.k_high}[indicator.privacy],
            least_population=self.min_unit_population if is_service else 0,
        )

    def table(self, indicator: Indicator, figures: Mapping[str, Figures], town: Figures) -> dict[str, str]:
        """The total of each unit (by code) and of the town (`''`) in the table of the exchange format."""
        return published(*self._totals(indicator, figures, town))

    def units(self, indicator: Indicator, figures: Mapping[str, Figures], town: Figures) -> dict[str, str]:
        """How the same totals may be seen side by side on a page, beside which there are others."""
        return protected(*self._totals(indicator, figures, town))

    def _totals(
        self, indicator: Indicator, figures: Mapping[str, Figures], town: Figures
    ) -> tuple[list[Unit], Unit, Rule]:
        rule = self.rule(indicator)
        tenants = [unit_of(code, indicator, place, rule) for code, place in figures.items()]
        return tenants, unit_of("", indicator, town, rule), rule

    def parts(
        self, indicator: Indicator, total: Figure | None, cells: Mapping[str, Figure]
    ) -> dict[str, str]:
        """How the values of one breakdown may be seen; where even the total would have to go, none of them."""
        rule = self.rule(indicator)
        units = [_plain(value, cell, indicator) for value, cell in cells.items()]
        marks = protected(units, _plain("", total, indicator), rule)
        return marks if marks.pop("") != HIDDEN else dict.fromkeys(marks, HIDDEN)


def unit_of(code: str, indicator: Indicator, figures: Figures, rule: Rule) -> Unit:
    """The total of an indicator among the figures of its place."""
    cut = indicator.totals[0]
    unit = _plain(code, figures.get(indicator.code, cut), indicator)
    whole = _PART_OF.get(indicator.code)
    of = unit.of if whole is None else _whole(figures.get(whole)) or 0
    population = _whole(figures.get(POPULATION)) or 0 if rule.least_population else None
    return Unit(code=code, number=unit.number, of=of, population=population)


def marks_in_time(period: Period, unit_at: Callable[[Period], Unit | None], rule: Rule) -> str:
    """How the sum of a period may be seen by one who also sees its parts: not if a small one could be found by it."""
    unit = unit_at(period)
    own = shown(unit, rule) if unit else ""
    if unit is None or period.kind == "month" or own != str(unit.number):
        return own
    parts = period.months if period.kind == "quarter" else _quarters(period)
    units = [replace(each, code=part.name) for part in parts if (each := unit_at(part)) is not None]
    marks = {each.name: marks_in_time(each, unit_at, rule) for each in parts if unit_at(each) is not None}
    closed = [each for each in units if each.number is not None and marks[each.code] != str(each.number)]
    is_told = any(recoverable(marks | {unit.code: own}, units, unit, rule))
    return HIDDEN if len(closed) == 1 or is_told else own


def _quarters(year: Period) -> list[Period]:
    return list(dict.fromkeys(quarter(month.first_day) for month in year.months))


def _plain(code: str, figure: Figure | None, indicator: Indicator) -> Unit:
    is_ratio = indicator.org_rule == "RATIO"
    return Unit(code=code, number=_whole(figure), of=_ceil(figure.den) if figure and is_ratio else None)


def _whole(figure: Figure | None) -> int | None:
    return _ceil(figure.value) if figure else None


def _ceil(value: Fraction | None) -> int | None:
    return None if value is None else math.ceil(value)
