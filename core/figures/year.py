"""The year of a place: each indicator month by month beside the year before, its total and its breakdowns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from core.figures.display import DASH, NOT_BEGUN, Shown
from core.figures.indicators import Indicator
from core.figures.known import Known, Reader, read_known
from core.figures.periods import Period, month, parse_period, year
from core.figures.sheet import Line, Point, line_of
from core.kernel.db import Transaction
from core.kernel.errors import BadInput, NotFound

__all__ = ["Year", "YearLine", "read_year", "year_of", "years_of"]


class YearLine(Struct, frozen=True, kw_only=True):
    """The months of the year and those of the year before, which may all be unknown."""

    line: Line
    months: tuple[Point, ...]
    months_before: tuple[Point, ...]

    @property
    def has_before(self) -> bool:
        return any(point.total.number is not None for point in self.months_before)

    @property
    def known(self) -> int:
        """Of how many months there is a figure, shown or not."""
        return sum(point.total.text != DASH for point in self.months)


class Year(Struct, frozen=True, kw_only=True):
    """A year of the place, and those that it has, the newest first."""

    period: Period
    years: tuple[Period, ...]
    lines: tuple[YearLine, ...]

    @property
    def begun(self) -> int:
        """The months of it that have begun."""
        return max(
            (sum(point.total.reason != NOT_BEGUN for point in line.months) for line in self.lines), default=0
        )


def years_of(name: str, starts: date, today: date) -> tuple[Period, tuple[Period, ...]]:
    """The year of that name and all that the place has, the newest first; raises `NotFound` for another one."""
    last = max(today, starts).year
    years = tuple(year(date(number, 1, 1)) for number in range(last, starts.year - 1, -1))
    try:
        asked = parse_period(name)
    except BadInput:
        raise NotFound from None
    if asked not in years:
        raise NotFound
    return asked, years


async def read_year(
    tx: Transaction,
    place: UUID,
    indicators: Sequence[Indicator],
    asked: tuple[Period, tuple[Period, ...]],
    starts: date,
    today: date,
    reader: Reader,
    missing: str,
) -> Year:
    """What `years_of` chose; `missing` is the reason (a message id) where a figure is not there."""
    period, years = asked
    known = await read_known(tx, place, indicators, period, years[-1], missing)
    known = replace(known, since=month(starts).first_day)
    return year_of(known, reader, years, month(max(today, starts)))


def year_of(known: Known, reader: Reader, years: tuple[Period, ...], last: Period) -> Year:
    """`last` is the month up to which there can be figures."""
    return Year(
        period=known.period,
        years=years,
        lines=tuple(_line(known, reader, indicator, last) for indicator in known.indicators),
    )


def _line(known: Known, reader: Reader, indicator: Indicator, last: Period) -> YearLine:
    def points(months: Sequence[Period]) -> tuple[Point, ...]:
        return tuple(
            Point(
                each, known.total(reader, indicator, each) if each.first_day <= last.first_day else _NOT_BEGUN
            )
            for each in months
        )

    return YearLine(
        line=line_of(known, reader, indicator, ()),
        months=points(known.period.months),
        months_before=points(known.period.previous.months),
    )


_NOT_BEGUN = Shown(text=DASH, reason=NOT_BEGUN)
