"""Who did what in the town."""

from __future__ import annotations

from core.host.portal import TownHallCtx
from core.host.records.reading import read_leaf
from core.host.shapes.records import RecordsAsked, RecordsPage, records_page
from core.web.pages import Route

__all__ = ["ROUTES"]


async def list_records(ctx: TownHallCtx, query: RecordsAsked) -> RecordsPage:
    return records_page(await read_leaf(ctx, query, limit=query.limit))


ROUTES = (
    Route(
        path="audit",
        place="town",
        handler=list_records,
        permission="town.audit.read",
        summary="The town's records",
    ),
)
