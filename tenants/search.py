"""Search in a unit: the service modules find what they keep; the platform itself finds its pages."""

from __future__ import annotations

from core.host.portal import PortalCtx
from core.host.search_pages import search_pages, search_routes
from core.host.searching import pages_found
from core.web.pages import Hit, Widget

__all__ = ["SEARCH_PAGES", "SEARCH_ROUTES", "SEARCH_WIDGETS"]

HOME = "tenant.home.read"


async def find_pages(ctx: PortalCtx, words: str) -> list[Hit]:
    entries = ctx.server.tenant_entries(ctx.tenant.slug, ctx.enabled, ctx.permissions)
    return pages_found(entries, words, ctx.tell)


SEARCH_PAGES = search_pages("tenant", HOME, "TENANT_SEARCH")
SEARCH_ROUTES = search_routes("tenant", HOME, "TENANT_SEARCH")
SEARCH_WIDGETS = (Widget(slot="TENANT_SEARCH", handler=find_pages, permission=HOME, order=900),)
