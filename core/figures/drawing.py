"""Charts of figures: what a page shows of a place, as tables to be drawn, each number as its reader may see it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

from core.figures.breakdowns import Breakdown, Part
from core.figures.display import ZERO, Shown
from core.figures.indicators import Indicator
from core.figures.periods import Period
from core.figures.read import Figures
from core.figures.sheet import Line, Point
from core.figures.words import MONTHS, period_words, short_period
from core.figures.year import Year, YearLine
from core.kernel.i18n import gettext_noop as _
from core.kernel.i18n import translator
from core.web.charts import Chart, Link, Series, Value

__all__ = ["Drawing"]

DRAWN_PARTS = 12


def _nowhere(_code: str, _period: Period, _cut: str = "") -> str:
    return ""


def _silent(_indicator: Indicator) -> str:
    return ""


class Drawing(Struct, frozen=True, kw_only=True):
    """How the charts of one place are told.

    `behind` gives the address of the people behind a cell, '' where the reader may open none; `heard` says how
    much of an indicator is in; `figures` is the page of all figures of a period.
    """

    language: str
    figures: Callable[[Period], str]
    heard: Callable[[Indicator], str] = _silent
    behind: Callable[[str, Period, str], str] = _nowhere

    def trend(self, line: Line) -> Chart:
        """The periods that led to this one."""
        points = line.points
        spans = [points[0].period, points[-1].period]
        words = [period_words(period, self.language) for period in spans]
        return Chart(
            kind="trend",
            caption=self._tell(line.indicator.title),
            period=words[0] if spans[0] == spans[1] else f"{words[0]} – {words[1]}",
            unit=self._tell(line.indicator.unit),
            head=self._tell(_("Period")),
            labels=tuple(short_period(point.period, self.language) for point in points),
            series=(self._course(line.indicator, self._tell(line.indicator.title), points),),
            heard=self.heard(line.indicator),
            behind=self._behind(line.indicator, spans[1]),
        )

    def year(self, one: YearLine, period: Period) -> Chart:
        """The months of a year as a line beside that of the year before."""
        indicator = one.line.indicator
        courses = [one.months, one.months_before] if one.has_before else [one.months]
        return Chart(
            kind="trend",
            caption=self._tell(indicator.title),
            period=period_words(period, self.language),
            unit=self._tell(indicator.unit),
            head=self._tell(_("Month")),
            labels=tuple(self._month(point) for point in one.months),
            series=tuple(self._course(indicator, each[0].period.name[:4], each) for each in courses),
            heard=self.heard(indicator),
            behind=self._behind(indicator, period),
        )

    def bars(self, line: Line, breakdown: Breakdown, period: Period) -> Chart:
        """The values of a breakdown, the first of them drawn."""
        indicator = line.indicator
        return Chart(
            kind="bars",
            caption=f"{self._tell(indicator.title)}, {self._tell(breakdown.title)}",
            period=period_words(period, self.language),
            unit=self._tell(indicator.unit),
            head=self._tell(breakdown.title),
            labels=tuple(part.name for part in breakdown.parts),
            series=(
                Series(
                    self._tell(indicator.title),
                    tuple(self._part(indicator, part, period) for part in breakdown.parts),
                ),
            ),
            heard=self.heard(indicator),
            drawn=DRAWN_PARTS,
            behind=self._behind(indicator, period),
        )

    def pyramid(self, line: Line, period: Period) -> Chart:
        """The two breakdowns of a pyramid beside each other, the eldest at the top."""
        indicator, sides = line.indicator, line.breakdowns
        by_age = [{part.cut.partition("=")[2]: part for part in side.parts} for side in sides]
        ages = list(reversed(Figures.ages(*by_age[0], *by_age[1])))
        names = {age: part.name for found in by_age for age, part in found.items()}
        return Chart(
            kind="pyramid",
            caption=self._tell(indicator.title),
            period=period_words(period, self.language),
            unit=self._tell(indicator.unit),
            head=self._tell(_("Age")),
            labels=tuple(names[age] for age in ages),
            series=tuple(
                Series(
                    self._tell(side.title),
                    tuple(self._part(indicator, found.get(age), period) for age in ages),
                )
                for side, found in zip(sides, by_age, strict=True)
            ),
            heard=self.heard(indicator),
            behind=self._behind(indicator, period),
        )

    def years(self, year: Year, indicators: Sequence[Indicator]) -> list[Chart]:
        """The months of each of these, where anything is known of them."""
        wanted = {indicator.code: place for place, indicator in enumerate(indicators)}
        lines = [line for line in year.lines if line.line.indicator.code in wanted]
        ordered = sorted(lines, key=lambda one: wanted[one.line.indicator.code])
        charts = [self.year(line, year.period) for line in ordered]
        return [chart for chart in charts if chart.is_known]

    def people(self, year: Year) -> list[Chart]:
        """The pyramid, and the first figure by origin: who they are at the end of the year."""
        lines = [one.line for one in year.lines if one.line.breakdowns]
        charts = [self.pyramid(line, year.period) for line in lines if line.indicator.is_pyramid]
        for line in lines:
            by = {cut.name: part for cut, part in zip(line.indicator.cuts, line.breakdowns, strict=True)}
            if "origin" in by:
                charts.append(self.bars(line, by["origin"], year.period))
                break
        return [chart for chart in charts if chart.is_known]

    def value(self, shown: Shown, address: str = "") -> Value:
        return Value(
            text=shown.text,
            number=shown.about if shown.number is None else shown.number,
            reason=shown.reason,
            params=shown.params,
            address=address,
        )

    def _course(self, indicator: Indicator, name: str, points: Sequence[Point]) -> Series:
        return Series(
            name,
            tuple(self.value(point.total, self.behind(indicator.code, point.period, "")) for point in points),
        )

    def _part(self, indicator: Indicator, part: Part | None, period: Period) -> Value:
        """A value that is in neither period is 0."""
        if part is None:
            return self.value(ZERO)
        return self.value(part.now, self.behind(indicator.code, period, part.cut))

    def _behind(self, indicator: Indicator, period: Period) -> Link:
        """The people of the last period where they may be opened, else the page of all figures."""
        people = self.behind(indicator.code, period, "")
        words = _("Who is behind it") if people else _("All figures of the period")
        return Link(self._tell(words), people or self.figures(period))

    def _month(self, point: Point) -> str:
        number = point.period.first_day.month
        return f"{number}月" if self.language == "zh" else MONTHS[number - 1]

    def _tell(self, message: str) -> str:
        return translator(self.language)(message) if message else ""
