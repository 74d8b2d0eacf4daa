"""The people behind a figure: whom does this number count?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from msgspec import Struct

from core.sdk import BadInput, Indicator, NotFound, TenantCtx
from core.sdk.figures import Behind, Period, parse_period
from core.sdk.people import Person
from plugins.registration.permissions import BEHIND

__all__ = ["Counted", "Counting", "Key", "counted_by", "seen_among", "some_of"]

Key = tuple[date, UUID]


class Counting(Struct, frozen=True, kw_only=True):
    """A figure and whom it counts, in the order of the days, then of the ids."""

    indicator: Indicator
    period: Period
    found: list[Behind]


class Counted(Struct, frozen=True, kw_only=True):
    """Somebody who is counted; `day` is that of the event, None where she counts by her state."""

    person: Person
    day: date | None


async def counted_by(ctx: TenantCtx, code: str, period: str, cut: str) -> Counting:
    """Raises `NotFound` for what is no figure that counts people."""
    indicator = ctx.indicator(code)
    try:
        asked = parse_period(period)
    except BadInput:
        raise NotFound from None
    if indicator is None:
        raise NotFound
    found = await ctx.people_behind(code, asked, cut)
    return Counting(indicator=indicator, period=asked, found=sorted(found, key=_key))


def some_of(found: Sequence[Behind], after: Key | None, limit: int) -> tuple[list[Behind], Key | None]:
    """The next of them and, unless they are the last, where they end; equal ones stay together."""
    rest = [one for one in found if after is None or _key(one) > after]
    page = rest[:limit]
    while len(page) < len(rest) and _key(rest[len(page)]) == _key(page[-1]):
        page.append(rest[len(page)])
    return page, _key(page[-1]) if len(page) < len(rest) else None


async def seen_among(ctx: TenantCtx, found: Sequence[Behind]) -> list[Counted]:
    """Those of them whom the reader sees; records that were erased count on without a name."""
    people = {each.id: each for each in await ctx.people.get_many([one.person_id for one in found], BEHIND)}
    return [Counted(person=people[one.person_id], day=one.day) for one in found if one.person_id in people]


def _key(one: Behind) -> Key:
    return one.day or date.min, one.person_id
