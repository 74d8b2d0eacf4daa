"""Which figures of its own a unit shows to whom."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from core.figures.choice import Choice, choose_period
from core.figures.display import OFF
from core.figures.drawing import Drawing
from core.figures.indicators import Indicator
from core.figures.known import Reader
from core.figures.protection import Protection
from core.figures.sheet import Sheet, read_sheet
from core.host.naming import names_given
from core.host.portal import PortalCtx
from core.kernel.i18n import gettext_noop as _
from core.tenancy.town_settings import town_settings

__all__ = [
    "EMPLOYER",
    "SOON",
    "books_of",
    "chosen_period",
    "drawing_of",
    "indicators_of",
    "is_employer",
    "reader_of",
    "sheet_of",
]

EMPLOYER = "tenant_officer"
SOON = _("This figure is being worked out; look again in a moment.")


def is_employer(ctx: PortalCtx) -> bool:
    """An employer's officer alone, with no role of the unit's own staff beside it: totals above the threshold."""
    return all(role == EMPLOYER for role in ctx.roles)


def indicators_of(ctx: PortalCtx) -> list[Indicator]:
    """Those of the plug-ins that are on here, in order of code."""
    return [indicator for indicator in ctx.catalogue.indicators if indicator.group in ctx.enabled]


def chosen_period(ctx: PortalCtx, text: str = "") -> Choice:
    return choose_period(text, books_of(ctx), ctx.today)


def books_of(ctx: PortalCtx) -> date:
    return max(ctx.tenant.opened_on, ctx.tenant.books_from)


async def reader_of(ctx: PortalCtx) -> Reader:
    return Reader(
        view="TOTALS" if is_employer(ctx) else "EXACT",
        protection=Protection.of(await town_settings(ctx.transaction)),
        language=ctx.language,
        names=await names_given(ctx, indicators_of(ctx)),
    )


async def sheet_of(ctx: PortalCtx, choice: Choice) -> Sheet:
    listed = indicators_of(ctx)
    missing = SOON if listed else OFF
    return await read_sheet(
        ctx.transaction, ctx.tenant.id, listed, choice.period, choice.since, await reader_of(ctx), missing
    )


def drawing_of(ctx: PortalCtx, heard: Mapping[str, str] = {}) -> Drawing:
    """With the people behind each number, for those who may open them; `heard` by the indicators' codes."""
    return Drawing(
        language=ctx.language,
        figures=lambda period: ctx.address("figures", period=period.name),
        heard=lambda indicator: heard.get(indicator.code, ""),
        behind=ctx.address_behind,
    )
