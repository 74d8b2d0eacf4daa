"""The people behind a figure: those whom its own select counts, so that list and number cannot differ."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from msgspec import Struct

from core.figures.indicators import Indicator
from core.figures.periods import Period
from core.kernel.db import Transaction
from core.kernel.errors import NotFound

__all__ = ["Behind", "people_behind"]


class Behind(Struct, frozen=True, kw_only=True):
    """Somebody who is counted; `day` is that of the event, None where she counts by her state."""

    person_id: UUID
    day: date | None


_COUNTED = """
WITH given AS (SELECT $1::uuid[], $2::date, $3::date)
SELECT DISTINCT s.person_id, NULL::date AS day FROM ({select}) AS s WHERE s.cut = $4::text
"""

_EVENTS = """
WITH given AS (SELECT $1::uuid[], $2::date, $3::date)
SELECT s.person_id, s.day FROM ({select}) AS s WHERE s.cut = $4::text ORDER BY s.day
"""


async def people_behind(
    tx: Transaction, indicator: Indicator, tenant: UUID, period: Period, cut: str
) -> list[Behind]:
    """In the tenant's scope, with the compartments of the tables open; raises `NotFound` for one without people."""
    if not indicator.tells_people:
        raise NotFound
    statement = _EVENTS if indicator.behind else _COUNTED
    select = indicator.behind or indicator.select
    rows = await tx.fetch(statement.format(select=select), [tenant], period.first_day, period.last_day, cut)
    return [Behind(person_id=row["person_id"], day=row["day"]) for row in rows]
