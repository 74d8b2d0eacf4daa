"""One unit's report in the town: read it, approve it, return it with a reason, lock it, reopen it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from msgspec import Struct

from core.sdk import Route, TownCtx
from core.sdk.figures import FigureBreakdown, FigureCell, figure_breakdowns, figure_cell
from core.sdk.reports import ChangedCell, ReviewLine
from plugins.reporting.api.shapes import ReportPointer, ReportStep, report_pointer, report_steps
from plugins.reporting.forms import DecideForm
from plugins.reporting.permissions import DECIDE, REVIEW
from plugins.reporting.services import reviewing
from plugins.reporting.services.form import FORM

__all__ = ["ROUTES"]


class ReviewedLine(Struct, frozen=True, kw_only=True):
    """`has_closed`: a breakdown with a small number in it, here or in another unit, is not shown."""

    code: str
    title: str
    now: FigureCell
    before: FigureCell
    change: str
    breakdowns: list[FigureBreakdown]
    has_closed: bool
    is_hand_filled: bool
    remark: str


class ReviewedChange(Struct, frozen=True, kw_only=True):
    """`value` names a value of a breakdown in words, empty for the total."""

    code: str
    title: str
    value: str
    before: FigureCell
    after: FigureCell


class ReviewedReport(Struct, frozen=True, kw_only=True):
    """The latest submission: `changed` against the one before, `since` against the books of today."""

    id: UUID
    unit: str
    name: str
    period: str
    state: str
    submission: int
    due_on: date
    received_on: date | None
    is_on_time: bool | None
    lines: list[ReviewedLine]
    changed: list[ReviewedChange]
    since: list[ReviewedChange]
    history: list[ReportStep]


async def read_review(ctx: TownCtx, unit: str, period: str) -> ReviewedReport:
    found, report = await ctx.reports.find(FORM, reviewing.month_named(period), unit)
    review = await ctx.reports.review(report)
    return ReviewedReport(
        id=report.id,
        unit=found.code,
        name=found.name(ctx.language),
        period=report.period,
        state=str(report.state),
        submission=report.submissions,
        due_on=report.due_on,
        received_on=report.received_on,
        is_on_time=report.is_on_time,
        lines=[_line(ctx, line) for line in review.lines],
        changed=[_change(ctx, cell) for cell in review.changed],
        since=[_change(ctx, cell) for cell in review.since],
        history=report_steps(await ctx.reports.steps(report)),
    )


async def decide(ctx: TownCtx, unit: str, period: str, act: str, body: DecideForm) -> ReportPointer:
    month = reviewing.month_named(period)
    report = await reviewing.decide(ctx, unit, month, act, body.submission, body.reason, body.cell)
    return report_pointer(report)


def _line(ctx: TownCtx, line: ReviewLine) -> ReviewedLine:
    return ReviewedLine(
        code=line.indicator.code,
        title=ctx.tell(line.indicator.title),
        now=figure_cell(line.now, ctx.tell),
        before=figure_cell(line.before, ctx.tell),
        change=line.change,
        breakdowns=figure_breakdowns(line.breakdowns, ctx.tell),
        has_closed=line.has_closed,
        is_hand_filled=line.is_hand_filled,
        remark=line.remark,
    )


def _change(ctx: TownCtx, cell: ChangedCell) -> ReviewedChange:
    return ReviewedChange(
        code=cell.indicator.code,
        title=ctx.tell(cell.indicator.title),
        value=cell.value,
        before=figure_cell(cell.before, ctx.tell),
        after=figure_cell(cell.after, ctx.tell),
    )


ROUTES = (
    Route(
        path="{unit}/{period}",
        place="town",
        handler=read_review,
        permission=REVIEW,
        summary="Read the latest submission of a unit",
    ),
    Route(
        path="{unit}/{period}/{act}",
        place="town",
        handler=decide,
        permission=DECIDE,
        method="POST",
        summary="`approve`, `return` with a reason, `lock`, or `reopen` with a reason",
    ),
)
"""`submission` is the one that was seen; `cell`, such as `EMP-01 sex=1`, is what the reason is about."""
