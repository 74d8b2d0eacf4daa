"""Purchase, transfer, stock of a year: the table that is printed and signed, with a mark where it cannot be right."""

from __future__ import annotations

from typing import Any

from core.sdk import Nav, Page, TownCtx
from core.sdk import gettext_noop as _
from core.sdk.figures import parse_period
from plugins.supplies.permissions import NETWORK
from plugins.supplies.services.catalogue import Catalogue, catalogue_of_town
from plugins.supplies.services.year_table import FAULTS, FLOWS, INDICATORS, RULES, YearTable, year_table
from plugins.supplies.town.forms import YearQuery

__all__ = ["PAGES", "read_year"]

FLOW_TITLES = {
    "receipt": _("Came in"),
    "transfer_in": _("From other points"),
    "return": _("Taken back in"),
    "issue": _("Handed out"),
    "transfer_out": _("To other points"),
    "loss": _("Lost"),
    "adjust": _("Counted otherwise"),
}


async def read_year(ctx: TownCtx, year: int) -> tuple[YearTable, Catalogue, dict[str, str]]:
    """The table, the catalogue that held at the end of the year, and the names of the units."""
    period = parse_period(str(year))
    catalogue = await catalogue_of_town(ctx, min(ctx.today, period.last_day))
    units = await ctx.unit_figures(period, INDICATORS)
    before = await ctx.unit_figures(period.previous, INDICATORS)
    names = {unit.code: unit.name(ctx.language) for unit in units}
    return year_table(units, before, catalogue), catalogue, names


async def show_year(ctx: TownCtx, query: YearQuery) -> Any:
    year = min(query.year or ctx.today.year, ctx.today.year)
    table, catalogue, names = await read_year(ctx, year)
    return ctx.render(
        "supplies/yearly.html",
        year=year,
        later=year + 1 if year < ctx.today.year else None,
        table=table,
        catalogue=catalogue,
        names=names,
        flows=FLOWS,
        titles=FLOW_TITLES,
        faults=FAULTS,
        rules=RULES,
        wrong=sum(bool(line.faults) for line in (*table.lines, *table.town))
        + sum(check.is_kept is False for check in table.checks),
    )


PAGES = (
    Page(
        path="yearly",
        place="town",
        handler=show_year,
        permission=NETWORK,
        nav=Nav(title=_("Table of the year"), order=26, icon="table"),
    ),
)
