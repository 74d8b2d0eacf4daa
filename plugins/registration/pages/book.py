"""The book of a month: end = start + in - out, so that the clerk sees that it holds."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import Any

from core.sdk import Page, TenantCtx, month_of
from core.sdk.people import MovementKind
from plugins.registration.forms import BookQuery
from plugins.registration.permissions import MOVE
from plugins.registration.services.moving import KIND_TITLES

__all__ = ["PAGES"]


async def show_book(ctx: TenantCtx, query: BookQuery) -> Any:
    first = _first_day(query.month, ctx.today)
    last = first.replace(day=monthrange(first.year, first.month)[1])
    before, after = first - timedelta(days=1), last + timedelta(days=1)
    lines = await ctx.people.stock(first, last)
    return ctx.render(
        "registration/book.html",
        first=first,
        month=month_of(first),
        lines=lines,
        moves=[
            (title, counts)
            for kind, title in KIND_TITLES.items()
            if any(counts := [line.moves.get(MovementKind(kind), 0) for line in lines])
        ],
        before=month_of(before),
        after=month_of(after) if after <= ctx.today else "",
    )


def _first_day(month: str, today: date) -> date:
    """What is no month is this one."""
    try:
        return min(date.fromisoformat(f"{month}-01"), today.replace(day=1))
    except ValueError:
        return today.replace(day=1)


PAGES = (Page(path="book", handler=show_book, permission=MOVE),)
