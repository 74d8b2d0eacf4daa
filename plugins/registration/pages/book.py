"""The book of a month: end = start + in - out, so that the clerk sees that it holds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from core.sdk import BadInput, Page, TenantCtx, month_of
from core.sdk.people import MovementKind
from plugins.registration.forms import BookQuery
from plugins.registration.permissions import MOVE
from plugins.registration.services.book import month_named
from plugins.registration.services.moving import KIND_TITLES

__all__ = ["PAGES"]


async def show_book(ctx: TenantCtx, query: BookQuery) -> Any:
    try:
        asked = month_named(query.month, ctx.today)
    except BadInput:
        asked = month_named("", ctx.today)  # an address is typed: what is no month is this one
    lines = await ctx.people.stock(asked.first_day, asked.last_day)
    after = asked.last_day + timedelta(days=1)
    return ctx.render(
        "registration/book.html",
        first=asked.first_day,
        month=asked.name,
        lines=lines,
        moves=[
            (title, counts)
            for kind, title in KIND_TITLES.items()
            if any(counts := [line.moves.get(MovementKind(kind), 0) for line in lines])
        ],
        before=asked.previous.name,
        after=month_of(after) if after <= ctx.today else "",
    )


PAGES = (Page(path="book", handler=show_book, permission=MOVE),)
