"""`townbridge load`: the reports of a year as submitted ones; their figures go with them once they are computed."""

from __future__ import annotations

from core.sdk import ExchangeFolder, FileOutcome, LoadCtx, TenantCtx
from core.sdk import gettext_noop as _
from core.sdk.reports import HandCell, Submission
from plugins.reporting.imports.manual import NUMBERS, ManualReport, judge_reports
from plugins.reporting.services.entries import Filled, write_entries
from plugins.reporting.services.form import FORM, form_of

__all__ = ["complete_reports", "load_reports"]


async def load_reports(ctx: LoadCtx, folder: ExchangeFolder) -> list[FileOutcome]:
    """A report that was submitted before stays as it is, whatever a file says later."""
    accepted, outcome = judge_reports(folder)
    for done, code in enumerate(folder.tenants, start=1):
        async with ctx.tenant(code) as desk:
            for report in accepted:
                if report.tenant == code:
                    await _receive(desk, report)
        ctx.tell(_("reports"), done, len(folder.tenants))
    return [outcome] if outcome else []


async def complete_reports(ctx: LoadCtx, folder: ExchangeFolder) -> None:
    """The computed cells of what came with the file."""
    accepted, _outcome = judge_reports(folder)
    for code in folder.tenants:
        async with ctx.tenant(code) as desk:
            for month in [report.month for report in accepted if report.tenant == code]:
                report = await desk.reports.find(FORM, month.name)
                if report is not None and report.submissions == 1:
                    await desk.reports.complete(report, form_of(month).computed)


async def _receive(desk: TenantCtx, told: ManualReport) -> None:
    form = form_of(told.month)
    report = await desk.reports.open(FORM, form.version, told.month)
    if report.submissions:
        return
    numbers = {NUMBERS[column]: number for column, number in told.numbers.items()}
    hand = [
        HandCell(
            indicator=cell.indicator,
            cut=cell.cut,
            value=sum(numbers[cell.indicator, cut] for cut in cell.adds or (cell.cut,)),
        )
        for cell in form.cells
        if cell.source != "computed"
    ]
    await desk.reports.receive(report, Submission(hand=hand, computed=()), told.submitted_on)
    await write_entries(
        desk, told.month.name, {cell: Filled(number=number) for cell, number in numbers.items()}
    )
