"""Import: what will happen? One screen each: the file, the headers, the plan, the result."""

from __future__ import annotations

from tempfile import TemporaryFile
from typing import Any
from uuid import UUID

from core.sdk import BadInput, Nav, Page, TenantCtx, TooLarge, Upload, download
from core.sdk import gettext_noop as _
from core.sdk.values import Column, XlsxWriter
from plugins.registration.forms import PlanQuery
from plugins.registration.imports import columns as col
from plugins.registration.imports import uploads
from plugins.registration.imports.lines import plan_rows, rejected_cells
from plugins.registration.imports.template import EMPLOYEES, roster_template
from plugins.registration.imports.verdicts import sentence
from plugins.registration.permissions import IMPORT
from plugins.registration.settings import Settings

__all__ = ["PAGES"]

SHOWN = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
VERDICTS = {
    "added": _("new"),
    "corrected": _("corrected"),
    "unchanged": _("unchanged"),
    "rejected": _("rejected"),
}


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
    """The screen of the state that the import is in."""
    found = await uploads.find_import(incoming)
    rows = await plan_rows(incoming, query.show, query.after, SHOWN + 1)
    settings = await ctx.settings(Settings)
    return ctx.render(
        "registration/roster.html",
        incoming=found,
        state=uploads.STATE_TITLES[found.state],
        rows=rows[:SHOWN],
        more=rows[SHOWN - 1].place if len(rows) > SHOWN else None,
        query=query,
        verdicts=VERDICTS,
        counts={name: getattr(found, name) for name in VERDICTS},
        sentence=lambda finding: sentence(finding, ctx.tell),
        days=settings.import_days,
        **_progress(found),
    )


async def show_progress(ctx: TenantCtx, incoming: UUID) -> Any:
    """The bar, asked for every second; when there is something new to see the page is loaded again."""
    found = await uploads.find_import(incoming)
    answer = ctx.render("registration/progress.html", incoming=found, **_progress(found))
    if not found.is_busy:
        answer.headers["HX-Refresh"] = "true"
    return answer


async def plan(ctx: TenantCtx, incoming: UUID) -> Any:
    await uploads.make_plan(ctx, incoming)
    return ctx.redirect(ctx.address(f"roster/{incoming}"))


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


def _progress(found: uploads.Incoming) -> dict[str, int]:
    if found.state == "applying":
        return {"done": found.applied, "total": found.to_write}
    return {"done": found.judged, "total": found.total}


async def _start(ctx: TenantCtx, problem: BadInput | TooLarge | None = None) -> Any:
    return ctx.render(
        "registration/roster_start.html",
        problem.status if problem else 200,
        problem=problem,
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
    Page(path="roster/{incoming}/plan", handler=plan, permission=IMPORT, method="POST"),
    Page(path="roster/{incoming}/apply", handler=apply, permission=IMPORT, method="POST"),
    Page(path="roster/{incoming}/cancel", handler=cancel, permission=IMPORT, method="POST"),
    Page(path="roster/{incoming}/rejected", handler=send_rejected, permission=IMPORT, time_limit=40.0),
)
