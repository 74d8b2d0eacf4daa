"""The people behind a figure: whom does this number count?"""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from core.sdk import Code, Page, TenantCtx
from core.sdk.figures import part_words, period_words
from plugins.registration.permissions import BEHIND
from plugins.registration.services.behind import counted_by, seen_among

__all__ = ["PAGES"]


class BehindQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    period: Code = ""
    cut: Code = ""


async def show_behind(ctx: TenantCtx, code: str, query: BehindQuery) -> Any:
    counting = await counted_by(ctx, code, query.period, query.cut)
    found = counting.found
    return ctx.render(
        "registration/behind.html",
        indicator=counting.indicator,
        words=period_words(counting.period, ctx.language),
        part=part_words(counting.indicator, query.cut, ctx.language),
        lines=[(one.day, one.person) for one in await seen_among(ctx, found)],
        count=len(found),
        has_days=any(one.day for one in found),
    )


PAGES = (Page(path="figures/{code}", handler=show_behind, permission=BEHIND),)
