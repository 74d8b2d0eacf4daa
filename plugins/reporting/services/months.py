"""The reports of a year: which month waits for us, and what became of the others?"""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from core.sdk import TenantCtx
from core.sdk.figures import Period, period_words
from core.sdk.reports import Report
from plugins.reporting.services.filing import months_of
from plugins.reporting.services.form import FORM

__all__ = ["Month", "months_in"]


class Month(Struct, frozen=True, kw_only=True):
    """A month with its report, None before it is begun; `is_late`: due, and not received."""

    period: Period
    words: str
    report: Report | None
    due_on: date
    is_late: bool


async def months_in(ctx: TenantCtx, year: int) -> list[Month]:
    """Those of which the unit owes a report, the newest first."""
    reports = await ctx.reports.between(FORM, date(year, 1, 1), date(year, 12, 31))
    by_period = {report.period: report for report in reports}
    shown = [month for month in months_of(ctx) if month.first_day.year == year]
    return [await _month(ctx, month, by_period.get(month.name)) for month in shown]


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
