"""Who did what in the unit: of the kinds of acts that the reader's roles read about."""

from __future__ import annotations

from core.host.portal import PortalCtx
from core.host.records.audience import areas_for
from core.host.records.reading import read_leaf
from core.host.shapes.records import RecordsAsked, RecordsPage, records_page
from core.web.pages import Route

__all__ = ["ROUTES"]


async def list_records(ctx: PortalCtx, query: RecordsAsked) -> RecordsPage:
    return records_page(await read_leaf(ctx, query, areas=areas_for(ctx.roles), limit=query.limit))


ROUTES = (
    Route(
        path="records", handler=list_records, permission="tenant.records.read", summary="The unit's records"
    ),
)
