"""Figures as the pages show them: what a reader may not see exactly there, a program of hers does not either."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from core.figures.breakdowns import Breakdown
from core.figures.choice import Choice
from core.figures.display import Shown
from core.figures.sheet import Line, Sheet
from core.kernel.errors import BadInput
from core.kernel.i18n import Translate
from core.kernel.i18n import gettext_noop as _

__all__ = [
    "FigureBreakdown",
    "FigureCell",
    "FigureLine",
    "FigurePart",
    "figure_breakdowns",
    "figure_cell",
    "figure_lines",
    "strictly",
]


class FigureCell(Struct, frozen=True, kw_only=True):
    """`number` is there only where it may be seen exactly; else `text` is a sign, and `reason` says why."""

    text: str
    number: float | None
    numerator: str
    denominator: str
    reason: str


class FigurePart(Struct, frozen=True, kw_only=True):
    """A value of a breakdown: `sex=2`, and its name in words."""

    cut: str
    name: str
    now: FigureCell
    before: FigureCell


class FigureBreakdown(Struct, frozen=True, kw_only=True):
    """Of a partition the parts add up to the total."""

    title: str
    is_partition: bool
    parts: list[FigurePart]


class FigureLine(Struct, frozen=True, kw_only=True):
    """An indicator in the period and in the one before; `change` is empty where one of them is not known."""

    code: str
    title: str
    unit: str
    now: FigureCell
    before: FigureCell
    change: str
    breakdowns: list[FigureBreakdown]


def strictly(choice: Choice, asked: str) -> Choice:
    """The choice, if it is what was asked for: a page shows another period instead, a program would not notice."""
    if asked and asked != choice.period.name:
        raise BadInput(fields={"period": _("There are no figures of this period.")})
    return choice


def figure_lines(sheet: Sheet, tell: Translate) -> list[FigureLine]:
    return [_line(line, tell) for line in sheet.lines]


def figure_cell(shown: Shown, tell: Translate) -> FigureCell:
    return FigureCell(
        text=shown.text,
        number=shown.number,
        numerator=shown.numerator,
        denominator=shown.denominator,
        reason=tell(shown.reason) % dict(shown.params) if shown.reason else "",
    )


def _line(line: Line, tell: Translate) -> FigureLine:
    return FigureLine(
        code=line.indicator.code,
        title=tell(line.indicator.title),
        unit=tell(line.indicator.unit),
        now=figure_cell(line.now, tell),
        before=figure_cell(line.before, tell),
        change=line.change,
        breakdowns=figure_breakdowns(line.breakdowns, tell),
    )


def figure_breakdowns(breakdowns: Sequence[Breakdown], tell: Translate) -> list[FigureBreakdown]:
    return [
        FigureBreakdown(
            title=tell(one.title) if one.title else "",
            is_partition=one.is_partition,
            parts=[
                FigurePart(
                    cut=part.cut,
                    name=part.name,
                    now=figure_cell(part.now, tell),
                    before=figure_cell(part.before, tell),
                )
                for part in one.parts
            ],
        )
        for one in breakdowns
    ]
