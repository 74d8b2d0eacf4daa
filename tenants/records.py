"""Who did what in a unit: each role reads about its own kinds of acts, and does not learn that there were others."""

from __future__ import annotations

from litestar import Response

from core.host.portal import PortalCtx
from core.host.records.audience import areas_for
from core.host.records.reading import RecordsQuery, read_leaf
from core.kernel.i18n import gettext_noop as _
from core.web.pages import Nav, Page

__all__ = ["RECORDS_PAGES"]


async def show_records(ctx: PortalCtx, query: RecordsQuery) -> Response:
    leaf = await read_leaf(ctx, query, areas=areas_for(ctx.roles))
    more = ctx.address("records", **query.filters, after=leaf.next) if leaf.next else ""
    return ctx.render("tenants/records.html", leaf=leaf, more=more, base=_people(ctx))


def _people(ctx: PortalCtx) -> str:
    """Where people are opened here, if the reader may: the page that widgets of a person's timeline stand on."""
    for entry in ctx.registry.plugins:
        for page in entry.pages:
            is_hers = "PERSON_TIMELINE" in page.slots and page.place == "tenant"
            if is_hers and entry.name in ctx.enabled and ctx.can(page.permission):
                return f"/t/{ctx.tenant.slug}/{entry.name}/{page.path.partition('/{')[0]}"
    return ""


RECORDS_PAGES = (
    Page(
        path="records",
        handler=show_records,
        permission="tenant.records.read",
        nav=Nav(title=_("Records"), order=960, icon="history"),
    ),
)
