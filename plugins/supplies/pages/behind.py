"""The people behind a figure: who received something?"""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from core.sdk import Code, Page, TenantCtx
from core.sdk.figures import part_words, period_words
from plugins.supplies.permissions import BEHIND
from plugins.supplies.services.behind import counted_by, named_among

__all__ = ["PAGES"]


class ServedQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    period: Code = ""
    cut: Code = ""


async def show_served(ctx: TenantCtx, code: str, query: ServedQuery) -> Any:
    counting = await counted_by(ctx, code, query.period, query.cut)
    people = await named_among(ctx, counting.found)
    return ctx.render(
        "supplies/behind.html",
        counting=counting,
        words=period_words(counting.period, ctx.language),
        part=part_words(counting.indicator, counting.cut, ctx.language),
        people=people,
        erased=len(counting.found) - len(people),
    )


PAGES = (Page(path="figures/{code}", handler=show_served, permission=BEHIND),)
