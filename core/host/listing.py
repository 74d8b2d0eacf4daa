"""A page of a long list, newest first: where it begins, how long it is, and where the next one begins."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar
from uuid import UUID

from msgspec import Meta, Struct

from core.kernel.cursors import Cursor
from core.sdk.ctx import Ctx

__all__ = ["AfterQuery", "Limit", "ListQuery", "listed"]

Limit = Annotated[int, Meta(ge=1, le=200)]
Item = TypeVar("Item")


class AfterQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`after` is where the page before ended."""

    after: Cursor = ""


class ListQuery(AfterQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`after` is the `next` of the page before."""

    limit: Limit = 50


async def listed(
    ctx: Ctx,
    listing: str,
    after: str,
    read: Callable[[UUID | None], Awaitable[tuple[list[Item], UUID | None]]],
) -> tuple[list[Item], str]:
    """What `read` gives from the cursor on, and the cursor of the next page, '' at the end. In order of id."""
    at = ctx.at(listing, after)
    found, more = await read(UUID(at[0]) if at else None)
    return found, ctx.cursor(listing, more) if more else ""
