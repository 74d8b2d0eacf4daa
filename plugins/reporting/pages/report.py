"""The report of a month: is it right? Filled already; what is marked says why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.sdk import Conflict, Form, Page, TenantCtx
from core.sdk import gettext_noop as _
from core.sdk.figures import period_words
from core.sdk.reports import STATE_TITLES, Act, StepTaken
from plugins.reporting.forms import CellsForm, remark_name
from plugins.reporting.permissions import FILL, READ
from plugins.reporting.services.entries import Filled
from plugins.reporting.services.filing import fill, month_at, needs_second_person, prepare, submit
from plugins.reporting.services.form import FormVersion, form_of
from plugins.reporting.services.history import returned_for, told_steps
from plugins.reporting.services.sheet import Sheet, read_sheet
from plugins.reporting.services.words import cell_words

__all__ = ["PAGES", "report_page"]

SAID = {
    "save": _("Saved."),
    "prepare": _("Marked as prepared. A colleague checks and submits it."),
    "submit": _("Submitted. The town association looks at it."),
}


async def show_report(ctx: TenantCtx, period: str) -> Any:
    return await report_page(ctx, period)


async def fill_in(ctx: TenantCtx, period: str, form: Form[CellsForm]) -> Any:  # pyright: ignore[reportInvalidTypeForm]
    """Save what was typed; prepare or submit with it. Whatever goes wrong, what was typed stays."""
    month = month_at(ctx, period)
    if not form.is_valid:
        return await report_page(ctx, period, form, status=400)
    told: Any = form.value
    try:
        held = await fill(ctx, month, told.version, _filled(form_of(month), told))
        if told.act == "prepare":
            await prepare(ctx, await read_sheet(ctx, month), held.version + 1)
        elif told.act == "submit":
            await submit(ctx, month, held.version + 1)
    except Conflict as problem:
        # What was typed on an older page must not overwrite the cells of somebody else: it stands beside them.
        return await report_page(ctx, period, problem=problem, older=form.typed, status=409)
    return ctx.redirect(ctx.address(period), SAID[told.act])


async def print_report(ctx: TenantCtx, period: str) -> Any:
    """On A4, with the places for filler, reviewer and seal."""
    month = month_at(ctx, period)
    sheet = await read_sheet(ctx, month)
    steps = await ctx.reports.steps(sheet.report) if sheet.report else []
    return ctx.render(
        "reporting/print.html",
        sheet=sheet,
        words=period_words(month, ctx.language),
        states=STATE_TITLES,
        filler=_last(steps, Act.PREPARE) or _last(steps, Act.SUBMIT),
        reviewer=_last(steps, Act.SUBMIT),
    )


async def report_page(
    ctx: TenantCtx,
    period: str,
    form: Form[Any] | None = None,
    *,
    problem: Conflict | None = None,
    older: Mapping[str, str] | None = None,
    status: int = 200,
) -> Any:
    """`form` is what was typed and could not be kept, else the fields show the draft; `older` stands beside it."""
    month = month_at(ctx, period)
    sheet = await read_sheet(ctx, month)
    report = sheet.report
    steps = await ctx.reports.steps(report) if report else []
    return ctx.render(
        "reporting/report.html",
        status,
        sheet=sheet,
        report=report,
        words=period_words(month, ctx.language),
        words_before=period_words(month.previous, ctx.language),
        due_on=report.due_on if report else await ctx.reports.due_on(month),
        states=STATE_TITLES,
        form=form or Form(_typed(sheet), None, {}),
        remark_name=remark_name,
        problem=problem,
        older=[] if older is None else _beside(ctx, sheet, older),
        needs_second=await needs_second_person(ctx),
        is_own=report is not None and report.prepared_by == ctx.actor.id,
        pinned=returned_for(report, steps),
        history=told_steps(ctx, steps, ctx.tenant.time_zone),
        since=[
            (cell_words(ctx, cell.indicator, cell.cut), cell.before, cell.after)
            for cell in (await ctx.reports.changed_since(report) if report and report.is_with_town else ())
        ],
    )


def _filled(version: FormVersion, told: Any) -> dict[tuple[str, str], Filled]:
    return {
        (cell.indicator, cell.cut): Filled(
            number=getattr(told, cell.key) if cell.source == "hand" else None,
            remark=getattr(told, remark_name(cell.key)),
        )
        for cell in version.cells
    }


def _typed(sheet: Sheet) -> dict[str, str]:
    typed: dict[str, str] = {}
    for line in sheet.lines:
        if line.cell.source == "hand" and line.value is not None:
            typed[line.cell.key] = str(line.value)
        if line.remark:
            typed[remark_name(line.cell.key)] = line.remark
    return typed


def _beside(ctx: TenantCtx, sheet: Sheet, typed: Mapping[str, str]) -> list[tuple[str, str]]:
    """What was typed otherwise than the draft is now: the cell in words, number and remark."""
    now = _typed(sheet)
    found: list[tuple[str, str]] = []
    for cell in sheet.form.cells:
        for name in (cell.key, remark_name(cell.key)):
            if typed.get(name, "") != now.get(name, ""):
                found.append((cell_words(ctx, cell.indicator, cell.cut), typed.get(name, "")))
    return found


def _last(steps: list[StepTaken], act: Act) -> str:
    return next((step.who for step in reversed(steps) if step.act is act), "")


PAGES = (
    Page(path="{period}", handler=show_report, permission=READ),
    Page(path="{period}", handler=fill_in, permission=FILL, method="POST"),
    Page(path="{period}/print", handler=print_report, permission=READ),
)
