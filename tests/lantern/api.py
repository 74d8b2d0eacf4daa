"""JSON operations of every kind: a list with a cursor, an act, a secret, a file, and one of the town."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from core.sdk import Code, Cursor, Route, TenantCtx, TownCtx, Upload, new_id

__all__ = ["ROUTES"]

COLOURS = ("amber", "blue", "red")


class LampsQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    colour: Code = ""
    limit: Annotated[int, Meta(ge=1, le=200)] = 50
    after: Cursor = ""


class Lit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    colour: Code


class LampsPage(Struct, frozen=True, kw_only=True):
    lamps: list[Lit]
    next: str | None


class Wish(Struct, frozen=True, kw_only=True):
    id: UUID


class LampList(Struct, frozen=True, kw_only=True):
    name: str
    size: int


class LampCount(Struct, frozen=True, kw_only=True):
    town: str


async def list_lamps(ctx: TenantCtx, query: LampsQuery) -> LampsPage:
    last = ctx.at("lamps", query.after)
    left = [c for c in COLOURS if query.colour in ("", c) and (last is None or c > last[0])]
    shown = left[: query.limit]
    more = ctx.cursor("lamps", shown[-1]) if len(left) > len(shown) else None
    return LampsPage(lamps=[Lit(colour=colour) for colour in shown], next=more)


async def light_lamp(ctx: TenantCtx, body: Lit) -> Lit:
    ctx.audit("lantern.lamp.light", "lamp", None)
    return body


async def wish(ctx: TenantCtx) -> Wish:
    """Different every time, and nobody's business afterwards."""
    return Wish(id=new_id())


async def send_list(ctx: TenantCtx, upload: Upload) -> LampList:
    return LampList(name=upload.name, size=len(upload.content))


async def count_lamps(ctx: TownCtx) -> LampCount:
    return LampCount(town=ctx.town.code)


ROUTES = (
    Route(path="lamps", handler=list_lamps, permission="lantern.lamp.read", summary="All lanterns"),
    Route(
        path="lamps",
        handler=light_lamp,
        permission="lantern.lamp.light",
        method="POST",
        status=201,
        summary="Light one",
    ),
    Route(
        path="wishes",
        handler=wish,
        permission="lantern.lamp.light",
        method="POST",
        status=201,
        summary="Make a wish",
        is_repeatable=True,
    ),
    Route(
        path="lists",
        handler=send_list,
        permission="lantern.lamp.light",
        method="POST",
        summary="Send a list of lanterns",
        max_body=2_000,
    ),
    Route(
        path="count",
        handler=count_lamps,
        permission="lantern.town.read",
        place="town",
        summary="Count lanterns",
    ),
)
