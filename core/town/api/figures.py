"""The town's figures of a period: totals, completeness, and its units side by side; small numbers are not shown."""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct

from core.figures.shapes import FigureCell, FigureLine, figure_cell, figure_lines, strictly
from core.host.portal import TownHallCtx
from core.tenancy.tenants import list_tenants
from core.town.figures import Comparison, choose, compare, heard, town_sheet
from core.town.forms import PeriodQuery
from core.web.pages import Route

__all__ = ["ROUTES", "ComparedFigure", "compared_figures"]


class HeardOf(Struct, frozen=True, kw_only=True):
    """How many of the units that are open in the period have a figure of the indicator."""

    code: str
    having: int
    all: int


class ComparedFigure(Struct, frozen=True, kw_only=True):
    """A unit's total of an indicator; `change` is empty where one of the two periods is not known."""

    code: str
    now: FigureCell
    change: str


class ComparedUnit(Struct, frozen=True, kw_only=True):
    """A unit beside the others."""

    id: UUID
    code: str
    name: str
    figures: list[ComparedFigure]


class TownFigures(Struct, frozen=True, kw_only=True):
    """`since` is the first period of this kind."""

    period: str
    since: str
    lines: list[FigureLine]
    complete: list[HeardOf]
    units: list[ComparedUnit]


async def read_figures(ctx: TownHallCtx, query: PeriodQuery) -> TownFigures:
    tenants = await list_tenants(ctx.transaction)
    choice = strictly(choose(ctx, tenants, query.period), query.period)
    indicators = ctx.catalogue.indicators
    known = await heard(ctx, tenants, choice.period, indicators)
    comparison = await compare(ctx, tenants, choice.period, indicators)
    figures = compared_figures(ctx, comparison)
    return TownFigures(
        period=choice.period.name,
        since=choice.since.name,
        lines=figure_lines(await town_sheet(ctx, choice), ctx.tell),
        complete=[HeardOf(code=code, having=each.having, all=each.all) for code, each in known.items()],
        units=[
            ComparedUnit(
                id=row.tenant.id,
                code=row.tenant.code,
                name=row.tenant.name(ctx.language),
                figures=figures[row.tenant.id],
            )
            for row in comparison.rows
        ],
    )


def compared_figures(ctx: TownHallCtx, comparison: Comparison) -> dict[UUID, list[ComparedFigure]]:
    """Of each unit that is open in the period, in the order of the indicators."""
    return {
        row.tenant.id: [
            ComparedFigure(code=indicator.code, now=figure_cell(cell, ctx.tell), change=change)
            for indicator, cell, change in zip(comparison.indicators, row.cells, row.changes, strict=True)
        ]
        for row in comparison.rows
    }


ROUTES = (
    Route(
        path="figures",
        place="town",
        handler=read_figures,
        permission="town.figure.read",
        summary="The town's figures of a month, a quarter or a year",
    ),
)
"""Without a period it is this month."""
