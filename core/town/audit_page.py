"""Who did what: the town's records in plain sentences, for its auditor."""

from __future__ import annotations

from litestar import Response

from core.host.portal import TownHallCtx
from core.host.records.reading import RecordsQuery, read_leaf
from core.kernel.i18n import gettext_noop as _
from core.web.pages import Nav, Page

__all__ = ["AUDIT_PAGES"]

HIGHEST = 18
"""Digits of a line's number that a bigint always holds."""


async def show_audit(ctx: TownHallCtx, query: RecordsQuery) -> Response:
    before = int(query.before) if query.before.isdecimal() and len(query.before) <= HIGHEST else None
    leaf = await read_leaf(
        ctx.transaction, query, ctx.registry, ctx.language, ctx.town.time_zone, before=before or None
    )
    more = ctx.address("audit", **query.filters, before=leaf.more) if leaf.more else ""
    return ctx.render("town/audit.html", leaf=leaf, more=more)


AUDIT_PAGES = (
    Page(
        path="audit",
        place="town",
        handler=show_audit,
        permission="town.audit.read",
        nav=Nav(title=_("Records"), order=950),
    ),
)
