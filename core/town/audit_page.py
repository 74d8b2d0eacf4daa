"""Who did what: the town's records in plain sentences, for its auditor."""

from __future__ import annotations

from litestar import Response

from core.host.portal import TownHallCtx
from core.host.records.reading import RecordsQuery, read_leaf
from core.kernel.i18n import gettext_noop as _
from core.web.pages import Nav, Page

__all__ = ["AUDIT_PAGES"]


async def show_audit(ctx: TownHallCtx, query: RecordsQuery) -> Response:
    leaf = await read_leaf(ctx, query)
    more = ctx.address("audit", **query.filters, after=leaf.next) if leaf.next else ""
    return ctx.render("town/audit.html", leaf=leaf, more=more)


AUDIT_PAGES = (
    Page(
        path="audit",
        place="town",
        handler=show_audit,
        permission="town.audit.read",
        nav=Nav(title=_("Records"), order=950, icon="history"),
    ),
)
