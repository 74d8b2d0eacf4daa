"""Import: what will happen? One screen each: the file, the headers, the plan, the result."""

from __future__ import annotations

from collections.abc import Mapping
from tempfile import TemporaryFile
from typing import Any
from uuid import UUID

from core.sdk import BadInput, Form, Nav, Page, TenantCtx, TooLarge, Upload, download
from core.sdk import gettext_noop as _
from core.sdk.values import Column, XlsxWriter
from plugins.registration.forms import MatchForm, PlanQuery
from plugins.registration.imports import columns as col
from plugins.registration.imports import uploads
from plugins.registration.imports.headers import choose_headers
from plugins.registration.imports.lines import plan_rows, rejected_cells
from plugins.registration.imports.template import EMPLOYEES, roster_template
from plugins.registration.imports.undo import STANDINGS, left_people, undo_until
from plugins.registration.imports.verdicts import sentence
from plugins.registration.pages.roster_sheets import sheets_to_match
from plugins.registration.permissions import IMPORT
from plugins.registration.settings import Settings

__all__ = ["PAGES", "STEPS", "VERDICTS", "step_of"]

SHOWN = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
VERDICTS = {
    "added": _("new"),
    "corrected": _("corrected"),
    "unchanged": _("unchanged"),
    "rejected": _("rejected"),
}
STEPS = (_("File"), _("Headers"), _("Plan"), _("Result"))
_AT = {"read": 1, "planning": 2, "planned": 2, "applying": 3, "applied": 3, "undoing": 3, "undone": 3}


def step_of(state: str) -> int:
    """Where in `STEPS` an import is; one that was refused or cancelled begins again."""
    return _AT.get(state, 0)


async def show_start(ctx: TenantCtx) -> Any:
    return await _start(ctx)


async def send_file(ctx: TenantCtx, upload: Upload | None) -> Any:
    try:
        incoming = await uploads.receive(ctx, upload)
    except (BadInput, TooLarge) as error:
        return await _start(ctx, error)
    return ctx.redirect(ctx.address(f"roster/{incoming}"))


async def send_template(ctx: TenantCtx) -> Any:
    name = ctx.tell(_("Roster template")) + ".xlsx"
    return download(name, XLSX, roster_template(ctx.tell))


async def show_import(ctx: TenantCtx, incoming: UUID, query: PlanQuery) -> Any:
    return await _shown(ctx, incoming, query)


async def show_progress(ctx: TenantCtx, incoming: UUID) -> Any:
    """The bar, asked for every second; when there is something new to see the page is loaded again."""
    found = await uploads.find_import(incoming)
    is_stuck = await uploads.is_stuck(ctx, found)
    answer = ctx.render("registration/progress.html", incoming=found, is_stuck=is_stuck)
    if not found.is_busy or is_stuck:
        answer.headers["HX-Refresh"] = "true"
    return answer


async def match(ctx: TenantCtx, incoming: UUID, form: Form[MatchForm]) -> Any:
    """Keep the choices, and show what is missing with them."""
    if not await _matched(ctx, incoming, form):
        return await _shown(ctx, incoming, PlanQuery(), form)
    return ctx.redirect(ctx.address(f"roster/{incoming}"), _("The choices are kept."))


async def plan(ctx: TenantCtx, incoming: UUID, form: Form[MatchForm]) -> Any:
    """With the choices as they stand on the page; a page without them takes the headers as they are."""
    if "headers" in form.typed and not await _matched(ctx, incoming, form):
        return await _shown(ctx, incoming, PlanQuery(), form)
    await uploads.make_plan(ctx, incoming)
    return ctx.redirect(ctx.address(f"roster/{incoming}"))


async def _matched(ctx: TenantCtx, incoming: UUID, form: Form[MatchForm]) -> bool:
    """Whether the choices could be kept; otherwise the form says why not."""
    if form.is_valid:
        try:
            await choose_headers(ctx, incoming, _chosen(form.value))
        except BadInput as error:
            for field, message in error.fields.items():
                form.refuse(field, message)
    return form.is_valid


async def apply(ctx: TenantCtx, incoming: UUID) -> Any:
    await uploads.apply_plan(ctx, incoming)
    return ctx.redirect(ctx.address(f"roster/{incoming}"))


async def cancel(ctx: TenantCtx, incoming: UUID) -> Any:
    await uploads.cancel(ctx, incoming)
    return ctx.redirect(
        ctx.address("roster"), _("The import is cancelled, and the file is deleted. Nobody was changed.")
    )


async def send_rejected(ctx: TenantCtx, incoming: UUID) -> Any:
    """The rejected rows as a roster, with the reason in a last column: correct it and send it again."""
    await uploads.find_import(incoming)
    titles = [*col.COLUMNS, ctx.tell(_("Reason")), ctx.tell(_("Sheet")), ctx.tell(_("Row"))]
    count = 0
    with TemporaryFile() as file:
        with XlsxWriter(file) as book:
            sheet = book.sheet(EMPLOYEES, [Column(title=title) for title in titles])
            async for line, cells in rejected_cells(ctx, incoming):
                told = " ".join(sentence(finding, ctx.tell) for finding in line.findings)
                sheet.write([*(cells.get(name) for name in col.COLUMNS), told, line.sheet, str(line.row)])
                count += 1
        file.seek(0)
        content = file.read()
    uploads.note_download(ctx, incoming, count)
    return download(ctx.tell(_("Rejected rows")) + ".xlsx", XLSX, content)


async def _shown(
    ctx: TenantCtx,
    incoming: UUID,
    query: PlanQuery,
    form: Form[MatchForm] | None = None,
) -> Any:
    """The screen of the state that the import is in."""
    found = await uploads.find_import(incoming)
    is_undone = found.state == "undone" and not query.show
    left = await left_people(ctx, incoming, query.after, SHOWN + 1) if is_undone else []
    rows = [] if is_undone else await plan_rows(incoming, query.show, query.after, SHOWN + 1)
    listed = left or rows
    return ctx.render(
        "registration/roster.html",
        400 if form else 200,
        incoming=found,
        state=uploads.STATE_TITLES[found.state],
        steps=[ctx.tell(step) for step in STEPS],
        at=step_of(found.state),
        is_stuck=await uploads.is_stuck(ctx, found),
        sheets=sheets_to_match(found, form.typed.get("headers") if form else None),
        form=form or Form.empty(),
        rows=rows[:SHOWN],
        left=left[:SHOWN],
        standings=STANDINGS,
        more=listed[SHOWN - 1].place if len(listed) > SHOWN else None,
        query=query,
        verdicts=VERDICTS,
        counts={name: getattr(found, name) for name in VERDICTS},
        sentence=lambda finding: sentence(finding, ctx.tell),
        days=(await ctx.settings(Settings)).import_days,
        until=await undo_until(ctx, found),
    )


def _chosen(told: MatchForm) -> Mapping[tuple[int, str], int]:
    """From the number of a sheet and a column to a place; one that there is not is refused where it is looked for."""
    chosen: dict[tuple[int, str], int] = {}
    for one in told.headers:
        sheet, column, place = map(int, one.split("-"))
        chosen[sheet, col.COLUMNS[column] if column < len(col.COLUMNS) else ""] = place
    return chosen


async def _start(ctx: TenantCtx, problem: BadInput | TooLarge | None = None) -> Any:
    return ctx.render(
        "registration/roster_start.html",
        problem.status if problem else 200,
        problem=problem,
        steps=[ctx.tell(step) for step in STEPS],
        recent=await uploads.recent_imports(),
        states=uploads.STATE_TITLES,
    )


PAGES = (
    Page(
        path="roster",
        handler=show_start,
        permission=IMPORT,
        nav=Nav(title=_("Rosters"), order=30, icon="file-spreadsheet"),
    ),
    Page(path="roster", handler=send_file, permission=IMPORT, method="POST", max_body=11_000_000),
    Page(path="roster/template", handler=send_template, permission=IMPORT),
    Page(path="roster/{incoming}", handler=show_import, permission=IMPORT),
    Page(path="roster/{incoming}/progress", handler=show_progress, permission=IMPORT),
    Page(path="roster/{incoming}/headers", handler=match, permission=IMPORT, method="POST"),
    Page(path="roster/{incoming}/plan", handler=plan, permission=IMPORT, method="POST"),
    Page(path="roster/{incoming}/apply", handler=apply, permission=IMPORT, method="POST"),
    Page(path="roster/{incoming}/cancel", handler=cancel, permission=IMPORT, method="POST"),
    Page(path="roster/{incoming}/rejected", handler=send_rejected, permission=IMPORT, time_limit=40.0),
)
