"""Shipments: begun, packed, offered, sent, answered, counted."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct, convert

from core.sdk import Code, Line, ListQuery, Route, TenantCtx, Version
from plugins.supplies.api.requisitions import ShipmentId
from plugins.supplies.pages.order_forms import (
    Lot,
    OfferedForm,
    PointForm,
    Quantity,
    ReasonForm,
    ReturnedForm,
)
from plugins.supplies.pages.order_words import cut, place_of
from plugins.supplies.permissions import RECEIVE, SEND
from plugins.supplies.services import receiving, sending, shipments
from plugins.supplies.services.receiving import Counted
from plugins.supplies.services.sending import MOST_LINES, Taken
from plugins.supplies.services.shipments import Shipment

__all__ = ["ROUTES", "TakenLot", "taken"]

CAN_BE_MANY = Meta(max_length=MOST_LINES)


class ShipmentTold(Struct, frozen=True, kw_only=True):
    """One half as it stands: `OUT` where it leaves, `IN` where it comes to; the other unit's code and names."""

    id: UUID
    number: str
    direction: str
    kind: str
    requisition_id: UUID | None
    other_code: str
    other_zh: str
    other_en: str
    point_code: str
    other_point: str
    state: str
    version: int
    note: str
    reason: str
    sent_on: date | None
    received_on: date | None


class LotTold(Struct, frozen=True, kw_only=True):
    """quantity = received + lost + damaged + in_transit."""

    sku: str
    lot: str
    expiry: date
    quantity: int
    received: int
    lost: int
    damaged: int
    in_transit: int
    why: str


class ShipmentDetail(Struct, frozen=True, kw_only=True):
    """A shipment with its lots."""

    shipment: ShipmentTold
    lots: list[LotTold]


class ShipmentPage(Struct, frozen=True, kw_only=True):
    """Newest first; `after` of the query is the `more` of the page before."""

    shipments: list[ShipmentTold]
    more: str


class TakenLot(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """So much of a lot goes."""

    sku: Code
    lot: Lot
    quantity: Quantity


class Packed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """These lots instead of those that were chosen; `act`: and offer or send them."""

    version: Version
    lots: Annotated[list[TakenLot], CAN_BE_MANY]
    act: Literal["save", "send", "offer"] = "save"


class CountedLot(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was found of a lot now; the rest stays in transit. `why` where something is lost or damaged."""

    sku: Code
    lot: Lot
    received: Quantity = 0
    lost: Quantity = 0
    damaged: Quantity = 0
    why: Line = ""


class Count(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`day` is today where it is not given."""

    version: Version
    point: Code
    lots: Annotated[list[CountedLot], CAN_BE_MANY]
    day: date | None = None


class NewReturn(ReturnedForm, frozen=True, kw_only=True):
    """From this point back to the town's store."""


class NewOffer(OfferedForm, frozen=True, kw_only=True):
    """From this point to another unit, which is asked first."""


class AtPoint(PointForm, frozen=True, kw_only=True):
    """Where it is to come to."""


class WithReason(ReasonForm, frozen=True, kw_only=True):
    """The other unit reads it."""


async def list_shipments(ctx: TenantCtx, query: ListQuery) -> ShipmentPage:
    found = await shipments.list_shipments(place_of(ctx, "shipments", query.after))
    shown, more = cut(ctx, "shipments", found)
    return ShipmentPage(shipments=[_told(half) for half in shown], more=more)


async def read_shipment(ctx: TenantCtx, shipment: UUID) -> ShipmentDetail:
    lines = await shipments.lines_of(shipment)
    return ShipmentDetail(
        shipment=_told(await shipments.find_shipment(shipment)),
        lots=convert(lines, list[LotTold], from_attributes=True),
    )


async def begin_return(ctx: TenantCtx, body: NewReturn) -> ShipmentId:
    return ShipmentId(id=await sending.begin_return(ctx, body.point, body.note))


async def begin_offer(ctx: TenantCtx, body: NewOffer) -> ShipmentId:
    return ShipmentId(id=await sending.begin_offer(ctx, body.unit, body.point, body.note))


async def choose_lots(ctx: TenantCtx, shipment: UUID, body: Packed) -> ShipmentId:
    await sending.repack(ctx, shipment, body.version, taken(body.lots))
    if body.act == "send":
        await sending.send(ctx, shipment, body.version + 1)
    elif body.act == "offer":
        await sending.offer(ctx, shipment, body.version + 1)
    return ShipmentId(id=shipment)


async def cancel_shipment(ctx: TenantCtx, shipment: UUID) -> ShipmentId:
    await sending.cancel(ctx, shipment)
    return ShipmentId(id=shipment)


async def accept_shipment(ctx: TenantCtx, shipment: UUID, body: AtPoint) -> ShipmentId:
    await receiving.accept(ctx, shipment, body.point)
    return ShipmentId(id=shipment)


async def decline_shipment(ctx: TenantCtx, shipment: UUID, body: WithReason) -> ShipmentId:
    await receiving.decline(ctx, shipment, body.reason)
    return ShipmentId(id=shipment)


async def receive_shipment(ctx: TenantCtx, shipment: UUID, body: Count) -> ShipmentId:
    counted = convert(body.lots, list[Counted], from_attributes=True)
    await receiving.receive(ctx, shipment, body.version, body.point, counted, body.day)
    return ShipmentId(id=shipment)


def taken(lots: list[TakenLot]) -> list[Taken]:
    return convert(lots, list[Taken], from_attributes=True)


def _told(half: Shipment) -> ShipmentTold:
    return convert(half, ShipmentTold, from_attributes=True)


def _act(path: str, handler: Any, permission: str, summary: str, status: int = 200) -> Route:
    return Route(
        path=path, handler=handler, permission=permission, method="POST", status=status, summary=summary
    )


ROUTES = (
    Route(path="shipments", handler=list_shipments, permission=RECEIVE, summary="List shipments"),
    _act("shipments/return", begin_return, SEND, "Begin a shipment back to the town's store", 201),
    _act("shipments/offer", begin_offer, SEND, "Begin a shipment that another unit is offered", 201),
    Route(path="shipments/{shipment}", handler=read_shipment, permission=RECEIVE, summary="Read a shipment"),
    _act("shipments/{shipment}", choose_lots, SEND, "Choose the lots of a shipment, offer or send it"),
    _act("shipments/{shipment}/cancel", cancel_shipment, SEND, "Cancel a shipment before it is sent"),
    _act("shipments/{shipment}/accept", accept_shipment, RECEIVE, "Accept a shipment that is offered"),
    _act("shipments/{shipment}/decline", decline_shipment, RECEIVE, "Decline a shipment that is offered"),
    _act("shipments/{shipment}/receive", receive_shipment, RECEIVE, "Enter what has come of a shipment"),
)
