"""The form of a month as the unit sees it: every cell beside the month before, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from msgspec import Struct

from core.sdk import Indicator, TenantCtx
from core.sdk.figures import Figure, Figures, Period, Shown, change_of, exact, value_words
from core.sdk.reports import Report
from plugins.reporting.services.checks import Problem, check_cell
from plugins.reporting.services.entries import Filled, entries_of
from plugins.reporting.services.form import FORM, FormCell, FormVersion, form_of

__all__ = ["Block", "Line", "Sheet", "read_sheet"]


class Line(Struct, frozen=True, kw_only=True):
    """A cell; `behind` is the page with the people whom it counts, where the reader may open it."""

    cell: FormCell
    indicator: Indicator
    part: str
    """The value of the breakdown in words, where the cell has no title of its own."""
    value: Fraction | None
    now: Shown
    before: Shown
    change: str
    remark: str
    problem: Problem | None
    behind: str

    @property
    def is_touched(self) -> bool:
        return self.cell.source == "hand" and self.value is not None


class Block(Struct, frozen=True, kw_only=True):
    title: str
    lines: tuple[Line, ...]


class Sheet(Struct, frozen=True, kw_only=True):
    """`report` is None before anybody has begun it."""

    period: Period
    form: FormVersion
    report: Report | None
    blocks: tuple[Block, ...]

    @property
    def lines(self) -> Iterator[Line]:
        return (line for block in self.blocks for line in block.lines)

    @property
    def problems(self) -> list[Line]:
        return [line for line in self.lines if line.problem is not None]

    @property
    def errors(self) -> list[Line]:
        """What keeps the report from being sent."""
        return [line for line in self.problems if line.problem and line.problem.blocks]


async def read_sheet(ctx: TenantCtx, period: Period) -> Sheet:
    """From the draft and the figures while the unit has it, from what was submitted while the town has it."""
    form = form_of(period)
    report = await ctx.reports.find(FORM, period.name)
    is_draft = report is None or not report.is_with_town
    reader = _Reader(ctx, period)
    now = await reader.draft() if report is None or is_draft else await reader.submitted(report)
    before = Values(await ctx.figures(period.previous))
    blocks = [
        Block(title=section.title, lines=tuple(reader.lines(section.cells, now, before, is_draft)))
        for section in form.sections
    ]
    return Sheet(
        period=period,
        form=form,
        report=report,
        blocks=tuple(block for block in blocks if block.lines),
    )


class Values:
    """The values of a month: of its figures, and of what is filled in; without that, the figures tell all."""

    def __init__(self, figures: Figures, filled: Mapping[tuple[str, str], Filled] | None = None) -> None:
        self._figures = figures
        self._is_figures_alone = filled is None
        self._filled = filled or {}

    def figure(self, cell: FormCell, indicator: Indicator) -> Figure | None:
        """A breakdown that is not there counts nobody, where its total is."""
        if cell.source == "computed" or self._is_figures_alone:
            found = self._figures.get(cell.indicator, cell.cut)
            total = self._figures.get(cell.indicator, indicator.totals[0])
            return found or (_whole(cell, Fraction(0)) if cell.cut and total is not None else None)
        if cell.source == "hand":
            return _whole(cell, self._number(cell.indicator, cell.cut))
        parts = [self._number(cell.indicator, cut) for cut in cell.adds]
        known = [part for part in parts if part is not None]
        return _whole(cell, sum(known, Fraction(0)) if len(known) == len(parts) else None)

    def remark(self, cell: FormCell) -> str:
        return self._filled.get((cell.indicator, cell.cut), Filled()).remark

    def _number(self, indicator: str, cut: str) -> Fraction | None:
        number = self._filled.get((indicator, cut), Filled()).number
        return None if number is None else Fraction(number)


class _Reader:
    def __init__(self, ctx: TenantCtx, period: Period) -> None:
        self._ctx = ctx
        self._period = period

    async def draft(self) -> Values:
        return Values(await self._ctx.figures(self._period), await entries_of(self._period.name))

    async def submitted(self, report: Report) -> Values:
        cells = await self._ctx.reports.submitted(report)
        filled = {
            (cell.figure.indicator, cell.figure.cut): Filled(
                number=int(cell.figure.value)
                if cell.source == "hand" and cell.figure.value is not None
                else None,
                remark=cell.remark,
            )
            for cell in cells
        }
        return Values(Figures(cell.figure for cell in cells), filled)

    def lines(self, cells: Sequence[FormCell], now: Values, before: Values, is_draft: bool) -> Iterator[Line]:
        for cell in cells:
            indicator = self._ctx.indicator(cell.indicator)
            if indicator is not None:
                yield self._line(cell, indicator, now, before, is_draft)

    def _line(
        self, cell: FormCell, indicator: Indicator, now: Values, before: Values, is_draft: bool
    ) -> Line:
        figure, earlier = now.figure(cell, indicator), before.figure(cell, indicator)
        shown, shown_before = exact(figure, indicator), exact(earlier, indicator)
        value = figure.value if figure else None
        old = earlier.value if earlier else None
        remark = now.remark(cell)
        return Line(
            cell=cell,
            indicator=indicator,
            part=self._part(cell, indicator),
            value=value,
            now=shown,
            before=shown_before,
            change=change_of(shown, shown_before),
            remark=remark,
            problem=check_cell(cell, now, indicator, old, remark) if is_draft else None,
            behind=self._ctx.address_behind(cell.indicator, self._period, cell.cut)
            if cell.source == "computed"
            else "",
        )

    def _part(self, cell: FormCell, indicator: Indicator) -> str:
        name, _equals, value = cell.cut.partition("=")
        words = next((cut.words for cut in indicator.cuts if cut.name == name), {})
        return value_words(name, value, self._ctx.language, words) if value and not cell.title else ""


def _whole(cell: FormCell, value: Fraction | None) -> Figure:
    return Figure(indicator=cell.indicator, period="", cut=cell.cut, value=value)
