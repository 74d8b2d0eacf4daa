"""The figures of one place: each indicator with its total, the period before, its trend and its breakdowns."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct

from core.figures.breakdowns import Breakdown, break_down
from core.figures.display import OFF, Shown, change_of
from core.figures.history import last_periods
from core.figures.indicators import Indicator
from core.figures.known import Known, Reader, read_known
from core.figures.periods import Period
from core.figures.words import period_words
from core.kernel.db import Transaction
from core.web.charts import Spark, spark_of

__all__ = ["Line", "Point", "Sheet", "line_of", "main_indicators", "read_sheet"]


class Point(Struct, frozen=True):
    """A period and its total as it may be shown."""

    period: Period
    total: Shown


class Line(Struct, frozen=True, kw_only=True):
    """`points` are the periods that led to this one, the oldest first."""

    indicator: Indicator
    now: Shown
    before: Shown
    change: str
    points: tuple[Point, ...]
    breakdowns: tuple[Breakdown, ...]

    @property
    def spark(self) -> Spark | None:
        return spark_of([point.total.number for point in self.points])


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
    known = await read_known(tx, place, indicators, period, since, missing)
    periods = last_periods(period, since)
    return Sheet(
        period=period,
        words=period_words(period, reader.language),
        words_before=period_words(period.previous, reader.language),
        lines=tuple(line_of(known, reader, indicator, periods) for indicator in indicators),
    )


def main_indicators(indicators: Sequence[Indicator], most: int = 6) -> list[Indicator]:
    """Those of the exchange format first, which the town and its units speak of; people before reports."""

    def place(indicator: Indicator) -> tuple[bool, bool, bool]:
        return not indicator.is_exchanged, indicator.privacy == "O", indicator.is_reported

    return sorted(indicators, key=place)[:most]


def line_of(known: Known, reader: Reader, indicator: Indicator, periods: Sequence[Period]) -> Line:
    now = known.total(reader, indicator, known.period)
    before = known.total(reader, indicator, known.period.previous)
    cuts = indicator.cuts if reader.view != "TOTALS" and not now.reason else ()
    return Line(
        indicator=indicator,
        now=now,
        before=before,
        change=change_of(now, before),
        points=tuple(Point(period, known.total(reader, indicator, period)) for period in periods),
        breakdowns=tuple(
            break_down(
                indicator,
                cut,
                known.now,
                known.before,
                language=reader.language,
                protection=reader.guard,
                others=known.indicators,
                names=reader.names,
            )
            for cut in cuts
        ),
    )
