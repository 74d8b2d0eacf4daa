"""What is stored of one place, and how a total of it may be shown to who reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal
from uuid import UUID

from msgspec import Struct

from core.figures.breakdowns import Names
from core.figures.display import BEFORE, Shown, exact, guarded
from core.figures.history import last_periods, totals_of
from core.figures.indicators import Indicator
from core.figures.periods import Period
from core.figures.protection import Protection, marks_in_time, unit_of
from core.figures.read import Figures, figures_of
from core.figures.suppression import Unit, shown
from core.kernel.db import Transaction

__all__ = ["Known", "Reader", "View", "read_known"]

View = Literal["EXACT", "PARTS", "TOTALS"]
"""EXACT: the unit's own staff. PARTS: the town, without small numbers. TOTALS: an employer's officer, no parts."""


class Reader(Struct, frozen=True, kw_only=True):
    """Who reads, and so what may be shown."""

    view: View
    protection: Protection
    language: str
    names: Names = {}

    @property
    def guard(self) -> Protection | None:
        """None for who sees everything exactly."""
        return None if self.view == "EXACT" else self.protection


class Known(Struct, frozen=True, kw_only=True):
    """What is stored of the place; `since` is the first day that it has, `missing` why a figure is not there."""

    indicators: Sequence[Indicator]
    totals: Mapping[str, Figures]
    now: Figures
    before: Figures
    period: Period
    since: date
    missing: str

    def total(self, reader: Reader, indicator: Indicator, period: Period) -> Shown:
        """The total of a period as the reader may see it; a sum is not shown where it would tell a part of it."""
        figure = self.totals[period.name].get(indicator.code, indicator.totals[0])
        missing = BEFORE if period.last_day < self.since else self.missing
        if reader.view == "EXACT":
            return exact(figure, indicator, missing)
        rule = reader.protection.rule(indicator)

        def unit_at(part: Period) -> Unit | None:
            return unit_of("", indicator, self.totals[part.name], rule) if part.name in self.totals else None

        unit = unit_of("", indicator, self.totals[period.name], rule)
        mark = marks_in_time(period, unit_at, rule) if indicator.adds_up_over_time else shown(unit, rule)
        return guarded(mark, figure, indicator, rule, missing)


async def read_known(
    tx: Transaction,
    place: UUID,
    indicators: Sequence[Indicator],
    period: Period,
    since: Period,
    missing: str,
) -> Known:
    """The period and the one before with their breakdowns, and the totals of those that led to it."""
    before = period.previous
    return Known(
        indicators=indicators,
        totals=await totals_of(tx, place, indicators, [*last_periods(period, since), before]),
        now=await figures_of(tx, place, period.name),
        before=await figures_of(tx, place, before.name),
        period=period,
        since=since.first_day,
        missing=missing,
    )
