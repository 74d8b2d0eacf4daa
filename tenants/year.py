"""The year of a unit in pictures: its own figures, each with the people behind it for those who may open them."""

from __future__ import annotations

from litestar import Response

from core.figures.sheet import main_indicators
from core.figures.year import Year, read_year, years_of
from core.host.portal import PortalCtx
from core.kernel.i18n import gettext_noop as _
from core.web.pages import Nav, Page
from tenants.figures import SOON, books_of, drawing_of, indicators_of, reader_of

__all__ = ["YEAR_PAGES"]

MOST_TRENDS = 6


async def show_this_year(ctx: PortalCtx) -> Response:
    return ctx.redirect(ctx.address(f"year/{max(ctx.today, books_of(ctx)).year}"))


async def show_year(ctx: PortalCtx, year: str) -> Response:
    """How did the year go, who are the people?"""
    starts = books_of(ctx)
    asked = years_of(year, starts, ctx.today)
    listed = indicators_of(ctx)
    read = await read_year(
        ctx.transaction, ctx.tenant.id, listed, asked, starts, ctx.today, await reader_of(ctx), SOON
    )
    drawing = drawing_of(ctx, _months(ctx, read))
    return ctx.render(
        "tenants/year.html",
        year=read.period,
        years=read.years,
        trends=drawing.years(read, main_indicators(listed, MOST_TRENDS)),
        people=drawing.people(read),
        pieces=ctx.filled["TENANT_YEAR"],
    )


def _months(ctx: PortalCtx, year: Year) -> dict[str, str]:
    """Of how many months there is a figure, by the indicators' codes."""
    words = ctx.tell(_("%(having)s of %(all)s months are in it"))
    return {one.line.indicator.code: words % {"having": one.known, "all": year.begun} for one in year.lines}


YEAR_PAGES = (
    Page(
        path="year",
        handler=show_this_year,
        permission="tenant.figure.read",
        nav=Nav(title=_("The year"), order=890, icon="chart-line"),
    ),
    Page(
        path="year/{year}",
        handler=show_year,
        permission="tenant.figure.read",
        slots=("TENANT_YEAR",),
    ),
)
