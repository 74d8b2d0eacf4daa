"""The pages of the town: overview, units, figures, service modules, staff, records."""

from __future__ import annotations

from collections.abc import Callable

from litestar import Response

from core.figures.choice import Choice
from core.figures.periods import Period
from core.figures.sheet import main_indicators
from core.figures.words import period_words
from core.host.portal import TownHallCtx
from core.host.tasks import waiting_tasks
from core.kernel.i18n import gettext_noop as _
from core.tenancy.tenants import list_tenants
from core.town.audit_page import AUDIT_PAGES
from core.town.figures import choose, compare, heard, town_sheet
from core.town.forms import PeriodQuery
from core.town.notice_pages import NOTICE_PAGES
from core.town.plugin_pages import PLUGIN_PAGES
from core.town.search import SEARCH_PAGES
from core.town.staff_pages import STAFF_PAGES
from core.town.unit_list import UNIT_LIST_PAGES
from core.town.unit_pages import UNIT_PAGES
from core.town.year import YEAR_PAGES, compared_chart, drawing_of
from core.web.pages import Nav, Page

__all__ = ["PAGES"]

MAIN_FIGURES = 4
MOST_TRENDS = 2


async def show_overview(ctx: TownHallCtx, query: PeriodQuery) -> Response:
    """Are we complete, and what changed; who may see no figures begins with the records."""
    if not ctx.can("town.figure.read"):
        return ctx.redirect(ctx.address("audit"))
    tenants = await list_tenants(ctx.transaction)
    choice = choose(ctx, tenants, query.period)
    sheet = await town_sheet(ctx, choice)
    main = main_indicators(ctx.catalogue.indicators)
    units = await heard(ctx, tenants, choice.period, ctx.catalogue.indicators)
    drawing = drawing_of(ctx, units)
    comparison = await compare(ctx, tenants, choice.period, main[:MAIN_FIGURES])
    lines = sheet.of(main)
    return ctx.render(
        "town/overview.html",
        tasks=await waiting_tasks(ctx, "TOWN_TASKS"),
        choice=choice,
        words=_words(ctx),
        sheet=sheet,
        lines=lines,
        comparison=comparison,
        charts_shown=[
            *(drawing.trend(line) for line in lines[:MOST_TRENDS]),
            *(compared_chart(ctx, drawing, comparison, each, choice.period) for each in main[:1]),
        ],
        heard=drawing.heard,
        complete=min(
            (units[each.code] for each in ctx.catalogue.indicators if not each.is_reported),
            key=lambda each: each.having,
            default=None,
        ),
        has_units=bool(tenants),
    )


async def show_figures(ctx: TownHallCtx, query: PeriodQuery) -> Response:
    tenants = await list_tenants(ctx.transaction)
    choice: Choice = choose(ctx, tenants, query.period)
    indicators = ctx.catalogue.indicators
    drawing = drawing_of(ctx, await heard(ctx, tenants, choice.period, indicators))
    return ctx.render(
        "town/figures.html",
        choice=choice,
        words=_words(ctx),
        sheet=await town_sheet(ctx, choice),
        comparison=await compare(ctx, tenants, choice.period, indicators),
        drawing=drawing,
        heard=drawing.heard,
    )


def _words(ctx: TownHallCtx) -> Callable[[Period], str]:
    return lambda period: period_words(period, ctx.language)


PAGES = (
    Page(
        path="",
        place="town",
        handler=show_overview,
        permission="town.home.read",
        nav=Nav(title=_("Overview"), order=0, icon="home"),
        slots=("TOWN_TASKS", "TOWN_HOME"),
    ),
    Page(
        path="figures",
        place="town",
        handler=show_figures,
        permission="town.figure.read",
        nav=Nav(title=_("Figures"), order=20, icon="chart-bar"),
    ),
    *YEAR_PAGES,
    *UNIT_LIST_PAGES,
    *NOTICE_PAGES,
    *UNIT_PAGES,
    *PLUGIN_PAGES,
    *STAFF_PAGES,
    *AUDIT_PAGES,
    *SEARCH_PAGES,
)
