"""The book of a month, and the people behind a figure."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct, convert

from core.sdk import Code, Cursor, Route, TenantCtx
from plugins.registration.api.shapes import PersonItem, item_of
from plugins.registration.permissions import BEHIND, MOVE
from plugins.registration.services.behind import Key, counted_by, seen_among, some_of
from plugins.registration.services.book import month_named

__all__ = ["ROUTES"]

MOST = 200


class BookOfMonthQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`2025-03`; the present month where it is not given."""

    month: Code = ""


class StockTold(Struct, frozen=True, kw_only=True):
    """`moves` counts each kind of movement; `difference` is 0 in sound books."""

    is_floating: bool
    opening: int
    moves: dict[str, int]
    closing: int
    difference: int


class BookOfMonth(Struct, frozen=True, kw_only=True):
    """The floating population and the others: at the start, the movements, at the end."""

    month: str
    first_day: date
    last_day: date
    lines: list[StockTold]


class BehindQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`period`: `2025-03`, `2025-Q1` or `2025`; `cut`: one part of it, as in `sex=2`; `after`: the `next` before."""

    period: Code
    cut: Code = ""
    after: Cursor = ""
    limit: Annotated[int, Meta(ge=1, le=MOST)] = 50


class CountedPerson(Struct, frozen=True, kw_only=True):
    """`day` is that of the event, None where she counts by her state."""

    person: PersonItem
    day: date | None


class PeopleBehind(Struct, frozen=True, kw_only=True):
    """`count` is the figure: records that were erased count on without standing here."""

    count: int
    people: list[CountedPerson]
    next: str | None


async def read_book(ctx: TenantCtx, query: BookOfMonthQuery) -> BookOfMonth:
    asked = month_named(query.month, ctx.today)
    lines = await ctx.people.stock(asked.first_day, asked.last_day)
    return BookOfMonth(
        month=asked.name,
        first_day=asked.first_day,
        last_day=asked.last_day,
        lines=convert(lines, list[StockTold], from_attributes=True),
    )


async def list_behind(ctx: TenantCtx, code: str, query: BehindQuery) -> PeopleBehind:
    listing = f"figures.{code}.{query.period}.{query.cut}"
    counting = await counted_by(ctx, code, query.period, query.cut)
    page, more = some_of(counting.found, _key(ctx.at(listing, query.after)), query.limit)
    return PeopleBehind(
        count=len(counting.found),
        people=[
            CountedPerson(person=item_of(one.person, ""), day=one.day) for one in await seen_among(ctx, page)
        ],
        next=ctx.cursor(listing, more[0].isoformat(), more[1]) if more else None,
    )


def _key(values: list[str] | None) -> Key | None:
    return (date.fromisoformat(values[0]), UUID(values[1])) if values else None


ROUTES = (
    Route(path="book", handler=read_book, permission=MOVE, summary="Read the book of a month"),
    Route(
        path="figures/{code}",
        handler=list_behind,
        permission=BEHIND,
        summary="List the people behind a figure",
    ),
)
