"""The association units beside one's own: found by code, full name or as the town's own station, never listed."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Coroutine
from typing import Any, TypeVar
from uuid import UUID

from core.kernel import clock
from core.kernel.db import Database
from core.kernel.scope import Scope
from core.kernel.text import clean
from core.sdk.ctx import TenantPlace
from core.sdk.handover import FindNeighbour, Neighbour

__all__ = ["aside", "finder", "locate"]

Answer = TypeVar("Answer")

_FIND = """
SELECT t.id, t.code, t.name_zh, t.name_en FROM tenancy.tenant t
JOIN host.plugin_offer o ON o.region_id = t.region_id AND o.plugin = $3
LEFT JOIN tenancy.activation a ON a.tenant_id = t.id AND a.plugin = o.plugin
WHERE t.region_id = $1 AND t.id <> $2 AND (o.mode = 'required' OR a.is_on)
  AND t.opened_on <= $4 AND (t.closed_on IS NULL OR t.closed_on >= $4)
  AND {which}
ORDER BY t.code LIMIT 1
"""
_CALLED = _FIND.format(which="$5 IN (lower(t.code), lower(t.name_zh), lower(t.name_en))")
_OF_KIND = _FIND.format(which="t.kind = $5")


async def aside(work: Coroutine[Any, Any, Answer]) -> Answer:
    """Run `work`, which opens a transaction of its own, while the caller's stays open."""
    return await asyncio.create_task(work, context=contextvars.Context())


async def locate(
    database: Database, place: TenantPlace, plugin: str, text: str
) -> tuple[UUID, Neighbour] | None:
    """The other open unit of the town with this code or name that has the plug-in on, and its id."""
    return await _find(database, place, plugin, _CALLED, clean(text).lower())


async def locate_kind(
    database: Database, place: TenantPlace, plugin: str, kind: str
) -> tuple[UUID, Neighbour] | None:
    """The same, by what it is; the first by its code where there are several."""
    return await _find(database, place, plugin, _OF_KIND, kind)


def finder(database: Database, place: TenantPlace, plugin: str) -> FindNeighbour:
    """What `ctx.neighbour` and `ctx.town_station` ask with."""

    async def find(text: str, kind: str) -> Neighbour | None:
        search = locate_kind(database, place, plugin, kind) if kind else locate(database, place, plugin, text)
        found = await aside(search)
        return found[1] if found else None

    return find


async def _find(
    database: Database, place: TenantPlace, plugin: str, statement: str, word: str
) -> tuple[UUID, Neighbour] | None:
    day = clock.today(place.time_zone)
    async with database.transaction(Scope.town(place.region_id), is_read_only=True) as tx:
        row = await tx.fetchrow(statement, place.region_id, place.id, plugin, day, word)
    if row is None:
        return None
    return row["id"], Neighbour(code=row["code"], name_zh=row["name_zh"], name_en=row["name_en"])
