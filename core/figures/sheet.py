"""The figures of one place: each indicator with its total, the period before, its trend and its breakdowns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal
from uuid import UUID

from msgspec import Struct

from core.figures.breakdowns import Breakdown, break_down
from core.figures.display import BEFORE, OFF, Shown, change_of, exact, guarded
from core.figures.history import last_periods, totals_of
from core.figures.indicators import Indicator
from core.figures.periods import Period
from core.figures.protection import Protection, marks_in_time, unit_of
from core.figures.read import Figures, figures_of
from core.figures.suppression import Unit, shown
from core.figures.words import period_words, short_period
from core.kernel.db import Transaction
from core.web.charts import Chart, Point, draw

__all__ = ["Line", "Reader", "Sheet", "View", "main_indicators", "read_sheet"]

View = Literal["EXACT", "PARTS", "TOTALS"]
"""EXACT: the unit's own staff. PARTS: the town, without small numbers. TOTALS: an employer's officer, no parts."""


class Reader(Struct, frozen=True, kw_only=True):
    """Who reads, and so what may be shown."""

    view: View
    protection: Protection
    language: str


class Line(Struct, frozen=True, kw_only=True):
    indicator: Indicator
    now: Shown
    before: Shown
    change: str
    chart: Chart | None
    breakdowns: tuple[Breakdown, ...]


class Sheet(Struct, frozen=True, kw_only=True):
    period: Period
    words: str
    words_before: str
    lines: tuple[Line, ...]

    def of(self, indicators: Sequence[Indicator]) -> list[Line]:
        """The lines of these indicators, in their order."""
        return [
            line for indicator in indicators for line in self.lines if line.indicator.code == indicator.code
        ]


class Known(Struct, frozen=True, kw_only=True):
    """What is stored of the place; `since` is the first period of this kind that it has."""

    totals: Mapping[str, Figures]
    now: Figures
    before: Figures
    period: Period
    since: Period
    missing: str


async def read_sheet(
    tx: Transaction,
    place: UUID,
    indicators: Sequence[Indicator],
    period: Period,
    since: Period,
    reader: Reader,
    missing: str = OFF,
) -> Sheet:
    """`missing` is the reason (a message id) where a figure is not there."""
    before = period.previous
    known = Known(
        totals=await totals_of(tx, place, indicators, [*last_periods(period, since), before]),
        now=await figures_of(tx, place, period.name),
        before=await figures_of(tx, place, before.name),
        period=period,
        since=since,
        missing=missing,
    )
    return Sheet(
        period=period,
        words=period_words(period, reader.language),
        words_before=period_words(before, reader.language),
        lines=tuple(_line(known, reader, indicator) for indicator in indicators),
    )


def main_indicators(indicators: Sequence[Indicator], most: int = 6) -> list[Indicator]:
    """Those of the exchange format first, which the town and its units speak of; people before reports."""

    def place(indicator: Indicator) -> tuple[bool, bool, bool]:
        return not indicator.is_exchanged, indicator.privacy == "O", indicator.is_reported

    return sorted(indicators, key=place)[:most]


def _line(known: Known, reader: Reader, indicator: Indicator) -> Line:
    now = _total(known, reader, indicator, known.period)
    before = _total(known, reader, indicator, known.period.previous)
    protection = None if reader.view == "EXACT" else reader.protection
    cuts = indicator.cuts if reader.view != "TOTALS" and not now.reason else ()
    return Line(
        indicator=indicator,
        now=now,
        before=before,
        change=change_of(now, before),
        chart=_trend(known, reader, indicator),
        breakdowns=tuple(
            break_down(
                indicator, cut, known.now, known.before, language=reader.language, protection=protection
            )
            for cut in cuts
        ),
    )


def _total(known: Known, reader: Reader, indicator: Indicator, period: Period) -> Shown:
    figure = known.totals[period.name].get(indicator.code, indicator.totals[0])
    missing = BEFORE if period.first_day < known.since.first_day else known.missing
    if reader.view == "EXACT":
        return exact(figure, indicator, missing)
    rule = reader.protection.rule(indicator)

    def unit_at(part: Period) -> Unit | None:
        return unit_of("", indicator, known.totals[part.name], rule) if part.name in known.totals else None

    unit = unit_of("", indicator, known.totals[period.name], rule)
    mark = marks_in_time(period, unit_at, rule) if indicator.adds_up_over_time else shown(unit, rule)
    return guarded(mark, figure, indicator, rule, missing)


def _trend(known: Known, reader: Reader, indicator: Indicator) -> Chart | None:
    points: list[Point] = []
    for period in last_periods(known.period, known.since):
        total = _total(known, reader, indicator, period)
        points.append(Point(short_period(period, reader.language), total.number, total.text))
    return draw(points)
