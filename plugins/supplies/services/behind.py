"""The people behind a figure: who received something, as far as the unit still keeps to whom it went."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct

from core.sdk import BadInput, Indicator, NotFound, TenantCtx
from core.sdk.figures import Period, parse_period
from core.sdk.people import Person
from plugins.supplies.permissions import BEHIND

__all__ = ["Counting", "counted_by", "named_among"]

IDENTIFIED, ANONYMOUS = "mode=IDENTIFIED", "mode=ANONYMOUS"


class Counting(Struct, frozen=True, kw_only=True):
    """`count` is the figure, `found` whom it counts by a link that is kept, in the order of their ids."""

    indicator: Indicator
    period: Period
    cut: str
    count: int
    found: list[UUID]

    @property
    def is_of_times(self) -> bool:
        """It counts how often somebody came without a name: there is nobody to be listed."""
        return self.cut == ANONYMOUS

    @property
    def put_away(self) -> int:
        """How many are counted by links that nobody may open any more."""
        return 0 if self.is_of_times else self.count - len(self.found)


async def counted_by(ctx: TenantCtx, code: str, period: str, cut: str) -> Counting:
    """Without a cut the different people; raises `NotFound` for what is no figure of supplies that counts people."""
    indicator = ctx.indicator(code)
    page = indicator.people_page if indicator else None
    if indicator is None or page is None or page.permission != BEHIND:
        raise NotFound
    try:
        asked = parse_period(period)
    except BadInput:
        raise NotFound from None
    cut = cut or IDENTIFIED
    found = sorted({one.person_id for one in await ctx.people_behind(code, asked, cut)})
    cell = (await ctx.figures(asked, [code])).get(code, cut)
    # What was handed out a moment ago is in the list before the figure follows.
    count = max(int(cell.value or 0) if cell else 0, len(found))
    return Counting(indicator=indicator, period=asked, cut=cut, count=count, found=found)


async def named_among(ctx: TenantCtx, found: Sequence[UUID]) -> Sequence[Person]:
    """Those of them whom the reader sees; records that were erased count on without a name."""
    return await ctx.people.get_many(found, BEHIND)
