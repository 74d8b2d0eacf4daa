"""The people behind a figure, page by page."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from core.sdk import Code, Cursor, Route, TenantCtx
from plugins.supplies.permissions import BEHIND
from plugins.supplies.services.behind import counted_by, named_among

__all__ = ["ROUTES"]

MOST = 200


class ServedPage(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`period`: `2025-03`, `2025-Q1` or `2025`; `cut`: one part of it, as in `sex=2`; `after`: the `next` before."""

    period: Code
    cut: Code = ""
    after: Cursor = ""
    limit: Annotated[int, Meta(ge=1, le=MOST)] = 50


class ServedPerson(Struct, frozen=True, kw_only=True):
    """The document is masked."""

    id: UUID
    name: str
    document: str | None


class PeopleServed(Struct, frozen=True, kw_only=True):
    """`count` is the figure; `put_away`: how many of it were served so long ago that nobody is named any more.

    Times without a name are counted and name nobody; records that were erased count on without standing here.
    """

    count: int
    put_away: int
    people: list[ServedPerson]
    next: str | None


async def list_served(ctx: TenantCtx, code: str, query: ServedPage) -> PeopleServed:
    listing = f"supplies.{code}.{query.period}.{query.cut}"
    counting = await counted_by(ctx, code, query.period, query.cut)
    after = ctx.at(listing, query.after)
    rest = [one for one in counting.found if after is None or one > UUID(after[0])]
    page = rest[: query.limit]
    return PeopleServed(
        count=counting.count,
        put_away=counting.put_away,
        people=[
            ServedPerson(id=person.id, name=person.name, document=person.document)
            for person in await named_among(ctx, page)
        ],
        next=ctx.cursor(listing, page[-1]) if len(page) < len(rest) else None,
    )


ROUTES = (
    Route(
        path="figures/{code}",
        handler=list_served,
        permission=BEHIND,
        summary="List who received something, behind a figure",
    ),
)
