"""The reports of a year: which month waits for us, and what became of the others?"""

from __future__ import annotations

from datetime import date
from typing import Any

from msgspec import Struct

from core.sdk import Nav, Page, TenantCtx
from core.sdk import gettext_noop as _
from core.sdk.figures import Period, period_words
from core.sdk.reports import STATE_TITLES, Report
from plugins.reporting.forms import YearQuery
from plugins.reporting.permissions import READ
from plugins.reporting.services.filing import months_of
from plugins.reporting.services.form import FORM

__all__ = ["PAGES"]


class Month(Struct, frozen=True, kw_only=True):
    """A month with its report, None before it is begun; `is_late`: due, and not received."""

    period: Period
    words: str
    report: Report | None
    due_on: date
    is_late: bool


async def show_months(ctx: TenantCtx, query: YearQuery) -> Any:
    months = months_of(ctx)
    years = sorted({month.first_day.year for month in months}, reverse=True)
    year = query.year if query.year in years else ctx.today.year
    shown = [month for month in months if month.first_day.year == year]
    reports = await ctx.reports.between(FORM, date(year, 1, 1), date(year, 12, 31))
    by_period = {report.period: report for report in reports}
    return ctx.render(
        "reporting/months.html",
        year=year,
        years=years,
        months=[await _month(ctx, month, by_period.get(month.name)) for month in shown],
        states=STATE_TITLES,
    )


async def _month(ctx: TenantCtx, month: Period, report: Report | None) -> Month:
    due_on = report.due_on if report else await ctx.reports.due_on(month)
    received = report is not None and report.received_on is not None
    return Month(
        period=month,
        words=period_words(month, ctx.language),
        report=report,
        due_on=due_on,
        is_late=not received and due_on < ctx.today,
    )


PAGES = (Page(path="", handler=show_months, permission=READ, nav=Nav(title=_("Monthly reports"), order=800)),)
