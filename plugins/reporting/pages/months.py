"""The page of a year's reports."""

from __future__ import annotations

from typing import Any

from core.sdk import Nav, Page, TenantCtx
from core.sdk import gettext_noop as _
from core.sdk.reports import STATE_TITLES
from plugins.reporting.forms import YearQuery
from plugins.reporting.permissions import READ
from plugins.reporting.services.filing import months_of
from plugins.reporting.services.months import months_in

__all__ = ["PAGES"]


async def show_months(ctx: TenantCtx, query: YearQuery) -> Any:
    years = sorted({month.first_day.year for month in months_of(ctx)}, reverse=True)
    year = query.year if query.year in years else ctx.today.year
    return ctx.render(
        "reporting/months.html",
        year=year,
        years=years,
        months=await months_in(ctx, year),
        states=STATE_TITLES,
    )


PAGES = (
    Page(
        path="",
        handler=show_months,
        permission=READ,
        nav=Nav(title=_("Monthly reports"), order=800, icon="report-analytics"),
    ),
)
