"""Search in the town: its units, its indicators, its pages. People are not the town's to find."""

from __future__ import annotations

from core.host.gate import offered_plugins
from core.host.portal import TownHallCtx
from core.host.search_pages import search_pages, search_routes
from core.host.searching import pages_found
from core.kernel.i18n import gettext_noop as _
from core.people.names import fits
from core.tenancy.tenants import KIND_TITLES, list_tenants
from core.web.pages import Hit, Widget

__all__ = ["SEARCH_PAGES", "SEARCH_ROUTES", "SEARCH_WIDGETS"]

HOME = "town.home.read"
UNITS, FIGURES = _("Association units"), _("Figures")


async def find_units(ctx: TownHallCtx, words: str) -> list[Hit]:
    return [
        Hit(
            title=tenant.name(ctx.language),
            detail=f"{tenant.code} · {ctx.tell(KIND_TITLES[tenant.kind])}",
            group=UNITS,
            address=ctx.address(f"tenants/{tenant.id}"),
            is_exact=words.strip().upper() == tenant.code.upper(),
        )
        for tenant in await list_tenants(ctx.transaction)
        if any(fits(words, name) for name in (tenant.code, tenant.name_zh, tenant.name_en))
    ]


async def find_figures(ctx: TownHallCtx, words: str) -> list[Hit]:
    return [
        Hit(
            title=ctx.tell(indicator.title),
            detail=indicator.code,
            group=FIGURES,
            address=f"{ctx.address('figures')}#{indicator.code}",
        )
        for indicator in ctx.catalogue.indicators
        if any(fits(words, name) for name in (indicator.code, indicator.title, ctx.tell(indicator.title)))
    ]


async def find_pages(ctx: TownHallCtx, words: str) -> list[Hit]:
    offered = await offered_plugins(ctx.transaction, ctx.town.id)
    return pages_found(ctx.server.town_entries(ctx.address(), offered, ctx.permissions), words, ctx.tell)


SEARCH_PAGES = search_pages("town", HOME, "TOWN_SEARCH")
SEARCH_ROUTES = search_routes("town", HOME, "TOWN_SEARCH")
SEARCH_WIDGETS = (
    Widget(slot="TOWN_SEARCH", handler=find_units, permission="town.tenant.read", order=10),
    Widget(slot="TOWN_SEARCH", handler=find_figures, permission="town.figure.read", order=20),
    Widget(slot="TOWN_SEARCH", handler=find_pages, permission=HOME, order=900),
)
