"""Needs of the points and requisitions: begun, written, sent, decided, packed."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct, convert

from core.sdk import Code, Line, ListQuery, Route, TenantCtx, Version
from plugins.supplies.pages.order_forms import AddForm, DraftForm, PackForm, Quantity, ReasonedForm
from plugins.supplies.pages.order_words import cut, place_of
from plugins.supplies.permissions import ASK, DECIDE, SEND
from plugins.supplies.services import asking, deciding, requisitions, sending
from plugins.supplies.services.asking import Wish
from plugins.supplies.services.needs import is_store, needs_of
from plugins.supplies.services.points import open_points
from plugins.supplies.services.replenishing import shown_months
from plugins.supplies.services.requisitions import Requisition
from plugins.supplies.services.sending import MOST_LINES

__all__ = ["ROUTES", "ShipmentId"]

CAN_BE_MANY = Meta(max_length=MOST_LINES)


class PointNeed(Struct, frozen=True, kw_only=True):
    """A product at a point. `months_of_stock` is null where nothing was used, so that it is not defined."""

    point: str
    sku: str
    beginning: int
    received: int
    consumed: int
    adjusted: int
    on_hand: int
    unusable: int
    average: int
    months_used: tuple[str, ...]
    months_skipped: tuple[str, ...]
    on_order: int
    months_of_stock: str | None
    maximum: int
    order: int
    is_low: bool
    is_emergency: bool


class Needs(Struct, frozen=True, kw_only=True):
    """Of the open points, by their codes."""

    needs: list[PointNeed]


class RequisitionTold(Struct, frozen=True, kw_only=True):
    """One half as it stands: `OUT` where it is asked, `IN` at the store; the other unit's code and names."""

    id: UUID
    number: str
    direction: str
    other_code: str
    other_zh: str
    other_en: str
    point_code: str
    urgency: str
    state: str
    version: int
    remark: str
    reason: str
    asked_on: date | None
    decided_on: date | None


class LineTold(Struct, frozen=True, kw_only=True):
    """`approved` is null before the store has decided."""

    sku: str
    beginning: int
    received: int
    consumed: int
    adjusted: int
    on_hand: int
    unusable: int
    average: int
    used: str
    skipped: str
    on_order: int
    calculated: int
    asked: int
    remark: str
    approved: int | None


class EarlierTold(Struct, frozen=True, kw_only=True):
    """An earlier requisition of the same point."""

    requisition: RequisitionTold
    lines: list[LineTold]


class RequisitionDetail(Struct, frozen=True, kw_only=True):
    """`in_store` and `earlier` for the store alone: what it has of each product, the last three of the same point."""

    requisition: RequisitionTold
    lines: list[LineTold]
    in_store: dict[str, int]
    earlier: list[EarlierTold]


class RequisitionPage(Struct, frozen=True, kw_only=True):
    """Newest first; `after` of the query is the `more` of the page before."""

    requisitions: list[RequisitionTold]
    more: str


class RequisitionId(Struct, frozen=True, kw_only=True):
    """The requisition with which something was done."""

    id: UUID


class ShipmentId(Struct, frozen=True, kw_only=True):
    """The shipment with which something was done."""

    id: UUID


class WishTold(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much is asked of a product; a remark where it is not the quantity that was calculated."""

    sku: Code
    asked: Quantity
    remark: Line = ""


class Wishes(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`send`: and send it to the store."""

    version: Version
    lines: Annotated[list[WishTold], CAN_BE_MANY] = []
    remark: Line | None = None
    send: bool = False


class Approved(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much of a product is approved."""

    sku: Code
    approved: Quantity


class Approval(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is not listed is approved as asked."""

    version: Version
    lines: Annotated[list[Approved], CAN_BE_MANY] = []
    reason: Line = ""


class NewRequisition(DraftForm, frozen=True, kw_only=True):
    """Prefilled from the ledger of the point; the draft that is there already where there is one."""


class AddedLine(AddForm, frozen=True, kw_only=True):
    """A product that never lay at the point."""


class Reasoned(ReasonedForm, frozen=True, kw_only=True):
    """The unit reads the reason."""


class FromPoint(PackForm, frozen=True, kw_only=True):
    """A point of the store."""


async def read_needs(ctx: TenantCtx) -> Needs:
    found = await needs_of(ctx, await open_points())
    return Needs(
        needs=[
            PointNeed(
                point=each.point,
                sku=each.sku,
                beginning=each.beginning,
                received=each.received,
                consumed=each.consumed,
                adjusted=each.adjusted,
                on_hand=each.on_hand,
                unusable=each.unusable,
                average=each.need.average.amount,
                months_used=each.need.average.used,
                months_skipped=each.need.average.skipped,
                on_order=each.need.on_order,
                months_of_stock=shown_months(each.need.months) or None,
                maximum=each.need.maximum,
                order=each.need.order,
                is_low=each.need.is_low,
                is_emergency=each.need.is_emergency,
            )
            for each in found
        ]
    )


async def begin_requisition(ctx: TenantCtx, body: NewRequisition) -> RequisitionId:
    return RequisitionId(id=await asking.draft(ctx, body.point, body.urgency))


async def list_requisitions(ctx: TenantCtx, query: ListQuery) -> RequisitionPage:
    found = await requisitions.list_requisitions(place_of(ctx, "requisitions", query.after))
    shown, more = cut(ctx, "requisitions", found)
    return RequisitionPage(requisitions=[_told(half) for half in shown], more=more)


async def read_requisition(ctx: TenantCtx, requisition: UUID) -> RequisitionDetail:
    half = await requisitions.find_requisition(requisition)
    lines = await requisitions.lines_of(requisition)
    decides = is_store(ctx) and half.direction == "IN"
    earlier = await requisitions.earlier_of(half) if decides else []
    return RequisitionDetail(
        requisition=_told(half),
        lines=_lines(lines),
        in_store=await deciding.own_stock(ctx, [line.sku for line in lines]) if decides else {},
        earlier=[EarlierTold(requisition=_told(one), lines=_lines(of)) for one, of in earlier],
    )


async def write_requisition(ctx: TenantCtx, requisition: UUID, body: Wishes) -> RequisitionId:
    wishes = [Wish(sku=line.sku, asked=line.asked, remark=line.remark) for line in body.lines]
    await asking.change(ctx, requisition, body.version, wishes, body.remark)
    if body.send:
        await asking.send(ctx, requisition, body.version + 1)
    return RequisitionId(id=requisition)


async def add_to_requisition(ctx: TenantCtx, requisition: UUID, body: AddedLine) -> RequisitionId:
    await asking.add_line(ctx, requisition, body.sku)
    return RequisitionId(id=requisition)


async def cancel_requisition(ctx: TenantCtx, requisition: UUID) -> RequisitionId:
    await asking.cancel(ctx, requisition)
    return RequisitionId(id=requisition)


async def discard_requisition(ctx: TenantCtx, requisition: UUID) -> RequisitionId:
    await asking.discard(ctx, requisition)
    return RequisitionId(id=requisition)


async def approve_requisition(ctx: TenantCtx, requisition: UUID, body: Approval) -> RequisitionId:
    approved = {line.sku: line.approved for line in body.lines}
    await deciding.approve(ctx, requisition, body.version, approved, body.reason)
    return RequisitionId(id=requisition)


async def return_requisition(ctx: TenantCtx, requisition: UUID, body: Reasoned) -> RequisitionId:
    await deciding.send_back(ctx, requisition, body.version, body.reason)
    return RequisitionId(id=requisition)


async def close_requisition(ctx: TenantCtx, requisition: UUID, body: Reasoned) -> RequisitionId:
    await deciding.close(ctx, requisition, body.version, body.reason)
    return RequisitionId(id=requisition)


async def pack_shipment(ctx: TenantCtx, requisition: UUID, body: FromPoint) -> ShipmentId:
    return ShipmentId(id=await sending.pack(ctx, requisition, body.point))


def _told(half: Requisition) -> RequisitionTold:
    return convert(half, RequisitionTold, from_attributes=True)


def _lines(lines: list[Any]) -> list[LineTold]:
    return convert(lines, list[LineTold], from_attributes=True)


def _act(path: str, handler: Any, permission: str, summary: str, status: int = 200) -> Route:
    return Route(
        path=path, handler=handler, permission=permission, method="POST", status=status, summary=summary
    )


ROUTES = (
    Route(path="needs", handler=read_needs, permission=ASK, summary="Read what each point needs"),
    _act("needs", begin_requisition, ASK, "Begin a requisition of a point", 201),
    Route(path="requisitions", handler=list_requisitions, permission=ASK, summary="List requisitions"),
    Route(
        path="requisitions/{requisition}",
        handler=read_requisition,
        permission=ASK,
        summary="Read a requisition",
    ),
    _act("requisitions/{requisition}", write_requisition, ASK, "Write down what is wished, and send it"),
    _act("requisitions/{requisition}/add", add_to_requisition, ASK, "Add a product to a requisition"),
    _act("requisitions/{requisition}/cancel", cancel_requisition, ASK, "Cancel a requisition"),
    _act("requisitions/{requisition}/discard", discard_requisition, ASK, "Throw a draft away"),
    _act(
        "requisitions/{requisition}/approve",
        approve_requisition,
        DECIDE,
        "Approve a requisition, or less of it",
    ),
    _act(
        "requisitions/{requisition}/return",
        return_requisition,
        DECIDE,
        "Return a requisition to be written anew",
    ),
    _act("requisitions/{requisition}/close", close_requisition, DECIDE, "Send no more of what was approved"),
    _act("requisitions/{requisition}/pack", pack_shipment, SEND, "Pack a shipment of what was approved", 201),
)
