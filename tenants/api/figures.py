"""The unit's figures of a period, to each role as its page shows them."""

from __future__ import annotations

from msgspec import Struct

from core.figures.shapes import FigureLine, figure_lines, strictly
from core.host.portal import PortalCtx
from core.web.pages import Route
from tenants.figures import chosen_period, is_employer, sheet_of
from tenants.forms import FiguresQuery

__all__ = ["ROUTES"]


class UnitFigures(Struct, frozen=True, kw_only=True):
    """`since` is the first period of this kind; `is_guarded`: small numbers are not shown to this role."""

    period: str
    since: str
    is_guarded: bool
    lines: list[FigureLine]


async def read_figures(ctx: PortalCtx, query: FiguresQuery) -> UnitFigures:
    choice = strictly(chosen_period(ctx, query.period), query.period)
    return UnitFigures(
        period=choice.period.name,
        since=choice.since.name,
        is_guarded=is_employer(ctx),
        lines=figure_lines(await sheet_of(ctx, choice), ctx.tell),
    )


ROUTES = (
    Route(
        path="figures",
        handler=read_figures,
        permission="tenant.figure.read",
        summary="The unit's figures of a month, a quarter or a year",
    ),
)
"""Without a period it is this month."""
