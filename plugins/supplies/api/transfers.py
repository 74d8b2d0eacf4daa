"""Goods between two points of the unit."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from core.sdk import Code, Line, Route, TenantCtx, new_id
from plugins.supplies.api.shipments import TakenLot, taken
from plugins.supplies.permissions import SEND
from plugins.supplies.services.moving import move
from plugins.supplies.services.sending import MOST_LINES

__all__ = ["ROUTES"]


class NewTransfer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From a point to another one; both halves are entered at once."""

    point: Code
    to: Code
    lots: Annotated[list[TakenLot], Meta(max_length=MOST_LINES)]
    note: Line = ""


class TransferId(Struct, frozen=True, kw_only=True):
    """What both vouchers name as their transfer."""

    id: UUID


async def move_goods(ctx: TenantCtx, body: NewTransfer) -> TransferId:
    key = new_id()
    await move(ctx, body.point, body.to, taken(body.lots), note=body.note, key=key)
    return TransferId(id=key)


ROUTES = (
    Route(
        path="transfers",
        handler=move_goods,
        permission=SEND,
        method="POST",
        status=201,
        summary="Move goods from a point of the unit to another one",
    ),
)
