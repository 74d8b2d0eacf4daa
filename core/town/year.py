"""The year of the town in pictures: its totals month by month, who the people are, its units side by side."""

from __future__ import annotations

from collections.abc import Mapping

from litestar import Response

from core.figures.drawing import Drawing
from core.figures.indicators import Indicator
from core.figures.periods import Period
from core.figures.sheet import main_indicators
from core.figures.words import period_words
from core.figures.year import read_year, years_of
from core.host.portal import TownHallCtx
from core.kernel.i18n import gettext_noop as _
from core.tenancy.tenants import list_tenants
from core.town.figures import NO_UNITS, Comparison, Heard, compare, heard, reader_of, starts_of
from core.web.charts import Chart, Link, Series
from core.web.pages import Nav, Page

__all__ = ["YEAR_PAGES", "compared_chart", "drawing_of"]

MOST_TRENDS = 6
MOST_COMPARED = 2


async def show_this_year(ctx: TownHallCtx) -> Response:
    starts = starts_of(ctx, await list_tenants(ctx.transaction))
    return ctx.redirect(ctx.address(f"year/{max(ctx.today, starts).year}"))


async def show_year(ctx: TownHallCtx, year: str) -> Response:
    """How did the year go, who are the people, how are the units doing?"""
    tenants = await list_tenants(ctx.transaction)
    starts = starts_of(ctx, tenants)
    asked = years_of(year, starts, ctx.today)
    indicators = ctx.catalogue.indicators
    read = await read_year(
        ctx.transaction, ctx.town.id, indicators, asked, starts, ctx.today, await reader_of(ctx), NO_UNITS
    )
    main = main_indicators(indicators, MOST_TRENDS)
    drawing = drawing_of(ctx, await heard(ctx, tenants, read.period, indicators))
    comparison = await compare(ctx, tenants, read.period, main[:MOST_COMPARED])
    return ctx.render(
        "town/year.html",
        year=read.period,
        years=read.years,
        trends=drawing.years(read, main),
        people=drawing.people(read),
        compared=[
            compared_chart(ctx, drawing, comparison, each, read.period) for each in comparison.indicators
        ],
        pieces=ctx.filled["TOWN_YEAR"],
    )


def drawing_of(ctx: TownHallCtx, units: Mapping[str, Heard]) -> Drawing:
    """Behind a number of the town stands the page of its figures: people are behind those of their own unit alone."""

    def tell(indicator: Indicator) -> str:
        one = units[indicator.code]
        return ctx.tell(_("%(having)s of %(all)s units are in it")) % {"having": one.having, "all": one.all}

    return Drawing(
        language=ctx.language,
        figures=lambda period: ctx.address("figures", period=period.name),
        heard=tell,
    )


def compared_chart(
    ctx: TownHallCtx, drawing: Drawing, comparison: Comparison, indicator: Indicator, period: Period
) -> Chart:
    """The units' totals beside those of the period before."""
    at = comparison.indicators.index(indicator)
    now, before = (
        Series(period_words(each, ctx.language), tuple(drawing.value(cells[at]) for cells in listed))
        for each, listed in (
            (period, [row.cells for row in comparison.rows]),
            (period.previous, [row.before for row in comparison.rows]),
        )
    )
    return Chart(
        kind="compared",
        caption=f"{ctx.tell(indicator.title)}, {ctx.tell(_('by association unit'))}",
        period=period_words(period, ctx.language),
        unit=ctx.tell(indicator.unit),
        head=ctx.tell(_("Association unit")),
        labels=tuple(row.tenant.name(ctx.language) for row in comparison.rows),
        series=tuple(each for each in (now, before) if each is now or _is_known(each)),
        heard=drawing.heard(indicator),
        behind=Link(ctx.tell(_("All figures of the period")), ctx.address("figures", period=period.name)),
    )


def _is_known(series: Series) -> bool:
    return any(value.number is not None for value in series.values)


YEAR_PAGES = (
    Page(
        path="year",
        place="town",
        handler=show_this_year,
        permission="town.figure.read",
        nav=Nav(title=_("The year"), order=15, icon="chart-line"),
    ),
    Page(
        path="year/{year}",
        place="town",
        handler=show_year,
        permission="town.figure.read",
        slots=("TOWN_YEAR",),
    ),
)
