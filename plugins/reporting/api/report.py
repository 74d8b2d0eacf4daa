"""A unit's reports: the months of a year, one report with its cells, filling in, preparing, submitting."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, Struct

from core.sdk import BadInput, Code, Line, NotFound, Route, TenantCtx, Version
from core.sdk import gettext_noop as _
from core.sdk.figures import FigureCell, Period, figure_cell
from core.sdk.reports import Changed, Report
from plugins.reporting.api.shapes import ReportPointer, ReportStep, report_pointer, report_steps
from plugins.reporting.forms import LARGEST, ActForm, YearQuery
from plugins.reporting.permissions import FILL, READ, SUBMIT
from plugins.reporting.services import filing
from plugins.reporting.services.entries import Filled
from plugins.reporting.services.form import FORM, form_of
from plugins.reporting.services.history import returned_for
from plugins.reporting.services.months import months_in
from plugins.reporting.services.sheet import Line as SheetLine
from plugins.reporting.services.sheet import Sheet, read_sheet
from plugins.reporting.services.words import cell_words

__all__ = ["ROUTES"]

MOST = 200


class ReportMonth(Struct, frozen=True, kw_only=True):
    """A month of which the unit owes a report; `state` is null before anybody has begun it."""

    period: str
    state: str | None
    version: int
    submission: int
    due_on: date
    received_on: date | None
    is_late: bool


class CellProblem(Struct, frozen=True, kw_only=True):
    """What `blocks` is settled before the report is sent; by a remark where it `wants_remark`."""

    message: str
    blocks: bool
    wants_remark: bool


class ReportCell(Struct, frozen=True, kw_only=True):
    """`returned` is the town's reason, while the unit has the report again to correct it."""

    indicator: str
    cut: str
    title: str
    source: Literal["computed", "hand", "sum"]
    now: FigureCell
    before: FigureCell
    change: str
    remark: str
    problem: CellProblem | None
    returned: str


class CellChanged(Struct, frozen=True, kw_only=True):
    """A cell of the latest submission of which the books say otherwise by now; null is unknown."""

    indicator: str
    cut: str
    before: float | None
    after: float | None


class MonthlyReport(Struct, frozen=True, kw_only=True):
    """`version` is 0 before anybody has begun it; `returned` is the town's reason for the whole report."""

    period: str
    form_version: int
    state: str | None
    version: int
    submission: int
    due_on: date
    received_on: date | None
    needs_second_person: bool
    returned: str
    cells: list[ReportCell]
    changed_since: list[CellChanged]
    history: list[ReportStep]


class CellToFill(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A number where the cell is filled in by hand, and a remark to any; they replace what was there."""

    indicator: Code
    cut: Code = ""
    number: Annotated[int, Meta(ge=0, le=LARGEST)] | None = None
    remark: Line = ""


class CellsToFill(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The cells that are not named stay as they are."""

    version: Version
    cells: Annotated[tuple[CellToFill, ...], Meta(min_length=1, max_length=MOST)]


async def list_months(ctx: TenantCtx, query: YearQuery) -> list[ReportMonth]:
    return [
        ReportMonth(
            period=month.period.name,
            state=str(month.report.state) if month.report else None,
            version=month.report.version if month.report else 0,
            submission=month.report.submissions if month.report else 0,
            due_on=month.due_on,
            received_on=month.report.received_on if month.report else None,
            is_late=month.is_late,
        )
        for month in await months_in(ctx, query.year or ctx.today.year)
    ]


async def read_report(ctx: TenantCtx, period: str) -> MonthlyReport:
    sheet = await read_sheet(ctx, filing.month_at(ctx, period))
    report = sheet.report
    steps = await ctx.reports.steps(report) if report else []
    returned = returned_for(report, steps)
    since = await ctx.reports.changed_since(report) if report and report.is_with_town else []
    return MonthlyReport(
        period=sheet.period.name,
        form_version=sheet.form.version,
        state=str(report.state) if report else None,
        version=report.version if report else 0,
        submission=report.submissions if report else 0,
        due_on=report.due_on if report else await ctx.reports.due_on(sheet.period),
        received_on=report.received_on if report else None,
        needs_second_person=await filing.needs_second_person(ctx),
        returned=returned.get("", ""),
        cells=[_cell(ctx, line, returned) for line in sheet.lines],
        changed_since=[_changed(cell) for cell in since],
        history=report_steps(steps),
    )


async def fill_cells(ctx: TenantCtx, period: str, body: CellsToFill) -> ReportPointer:
    month = filing.month_at(ctx, period)
    await filing.fill(ctx, month, body.version, _filled(month, body))
    return report_pointer(await _begun(ctx, month))


async def prepare(ctx: TenantCtx, period: str, body: ActForm) -> ReportPointer:
    sheet: Sheet = await read_sheet(ctx, filing.month_at(ctx, period))
    return report_pointer(await filing.prepare(ctx, sheet, body.version))


async def submit(ctx: TenantCtx, period: str, body: ActForm) -> ReportPointer:
    return report_pointer(await filing.submit(ctx, filing.month_at(ctx, period), body.version))


async def take_back(ctx: TenantCtx, period: str, body: ActForm) -> ReportPointer:
    return report_pointer(await filing.take_back(ctx, filing.month_at(ctx, period), body.version))


async def _begun(ctx: TenantCtx, month: Period) -> Report:
    report = await ctx.reports.find(FORM, month.name)
    if report is None:
        raise NotFound
    return report


def _filled(month: Period, body: CellsToFill) -> dict[tuple[str, str], Filled]:
    known = {(cell.indicator, cell.cut): cell.source for cell in form_of(month).cells}
    given = {(cell.indicator, cell.cut): cell for cell in body.cells}
    for key, cell in given.items():
        if key not in known or (cell.number is not None and known[key] != "hand"):
            raise BadInput(
                fields={
                    "cells": _("The form of this month has no such cell, or it is not filled in by hand.")
                }
            )
    if len(given) < len(body.cells):
        raise BadInput(fields={"cells": _("A cell stands there twice.")})
    return {key: Filled(number=cell.number, remark=cell.remark) for key, cell in given.items()}


def _cell(ctx: TenantCtx, line: SheetLine, returned: dict[str, str]) -> ReportCell:
    problem = line.problem
    return ReportCell(
        indicator=line.cell.indicator,
        cut=line.cell.cut,
        title=cell_words(ctx, line.cell.indicator, line.cell.cut),
        source=line.cell.source,
        now=figure_cell(line.now, ctx.tell),
        before=figure_cell(line.before, ctx.tell),
        change=line.change,
        remark=line.remark,
        problem=CellProblem(
            message=ctx.tell(problem.message) % dict(problem.params),
            blocks=problem.blocks,
            wants_remark=problem.wants_remark,
        )
        if problem
        else None,
        returned=returned.get(f"{line.cell.indicator} {line.cell.cut}".strip(), ""),
    )


def _changed(cell: Changed) -> CellChanged:
    before, after = (
        None if figure is None or figure.value is None else float(figure.value)
        for figure in (cell.before, cell.after)
    )
    return CellChanged(indicator=cell.indicator, cut=cell.cut, before=before, after=after)


ROUTES = (
    Route(
        path="", handler=list_months, permission=READ, summary="The reports of a year, by default of this one"
    ),
    Route(path="{period}", handler=read_report, permission=READ, summary="Read the report of a month"),
    Route(
        path="{period}",
        handler=fill_cells,
        permission=FILL,
        method="PATCH",
        summary="Fill in cells, with their remarks",
    ),
    Route(
        path="{period}/prepare",
        handler=prepare,
        permission=FILL,
        method="POST",
        summary="Mark it as prepared for the second person",
    ),
    Route(
        path="{period}/submit",
        handler=submit,
        permission=SUBMIT,
        method="POST",
        summary="Send it to the town",
    ),
    Route(
        path="{period}/take-back",
        handler=take_back,
        permission=FILL,
        method="POST",
        summary="Take a prepared report back",
    ),
)
