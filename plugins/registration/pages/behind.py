"""The people behind a figure: whom does this number count?"""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from core.sdk import BadInput, Code, NotFound, Page, TenantCtx
from core.sdk.figures import parse_period, period_words, value_words
from plugins.registration.permissions import BEHIND

__all__ = ["PAGES"]


class BehindQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    period: Code = ""
    cut: Code = ""


async def show_behind(ctx: TenantCtx, code: str, query: BehindQuery) -> Any:
    indicator = ctx.indicator(code)
    try:
        period = parse_period(query.period)
    except BadInput:
        raise NotFound from None
    if indicator is None:
        raise NotFound
    found = await ctx.people_behind(code, period, query.cut)
    people = {each.id: each for each in await ctx.people.get_many([one.person_id for one in found], BEHIND)}
    name, _equals, value = query.cut.partition("=")
    return ctx.render(
        "registration/behind.html",
        indicator=indicator,
        words=period_words(period, ctx.language),
        part=value_words(name, value, ctx.language) if value else "",
        lines=[(one.day, people[one.person_id]) for one in found if one.person_id in people],
        count=len(found),
        has_days=any(one.day for one in found),
    )


PAGES = (Page(path="figures/{code}", handler=show_behind, permission=BEHIND),)
