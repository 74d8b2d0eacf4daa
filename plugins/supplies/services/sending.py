"""Where goods leave: a shipment is packed from sound lots, offered where the other unit has to accept it, and sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from msgspec import Struct

from core.sdk import BadInput, Conflict, Neighbour, NotFound, TenantCtx, new_id, now
from core.sdk import gettext_noop as _
from plugins.supplies import tables
from plugins.supplies.services import deciding, ledger, requisitions, shipments
from plugins.supplies.services.needs import is_store
from plugins.supplies.services.picking import Picked, check_sound, propose, sound_lots
from plugins.supplies.services.points import open_point_named
from plugins.supplies.services.requisitions import changed_since
from plugins.supplies.services.shipments import SEND, ShipmentLine, find_shipment, lines_of, locked, turn
from plugins.supplies.services.vouchers import Act, Line
from plugins.supplies.services.wholly import wholly

__all__ = ["MOST_LINES", "Taken", "begin_offer", "begin_return", "cancel", "offer", "pack", "repack", "send"]

MOST_LINES = 60
"""Of one shipment: a page of lots."""

BEFORE_IT_IS_SENT = ("draft", "offered", "accepted")


class Taken(Struct, frozen=True, kw_only=True):
    """So much of a lot is to go."""

    sku: str
    lot: str
    quantity: int


async def pack(ctx: TenantCtx, requisition: UUID, point: str) -> UUID:
    """Begin a shipment for what was approved and is not sent yet, from what a point of the store has.

    Raises `BadInput`, and `Conflict` where nothing is left to send or nothing of it is there.
    """
    if not is_store(ctx):
        raise NotFound
    half = await requisitions.locked(requisition, "IN")
    if half.state != "approved":
        raise changed_since()
    left = await deciding.left_to_send(requisition, with_packed=True)
    if not any(left.values()):
        raise Conflict(
            _("All that was approved is sent or being packed."),
            _("Look at the shipments of the requisition."),
        )
    await open_point_named(point)
    lots = await sound_lots(ctx, point)
    picked = [each for sku, quantity in left.items() for each in propose(lots, sku, quantity, ctx.today)]
    if not picked:
        raise Conflict(
            _("Nothing of what was approved lies at this service point."),
            _("Choose another point, or wait until more has come in."),
        )
    other = Neighbour(code=half.other_code, name_zh=half.other_zh, name_en=half.other_en)
    return await _begin(ctx, "SUPPLY", other, point, picked[:MOST_LINES], half)


async def begin_return(ctx: TenantCtx, point: str, note: str) -> UUID:
    """Begin a shipment back to the town's store. Raises `BadInput`, `Conflict`."""
    store = await ctx.town_station()
    if store is None:
        raise Conflict(
            _("There is no other unit that is the town's store."),
            _("Offer it to a unit that needs it, as a redistribution."),
        )
    await open_point_named(point)
    return await _begin(ctx, "RETURN", store, point, [], note=note)


async def begin_offer(ctx: TenantCtx, unit: str, point: str, note: str) -> UUID:
    """Begin a redistribution to the unit with this code or full name. Raises `BadInput`."""
    other = await ctx.neighbour(unit)
    if other is None:
        raise BadInput(
            fields={"unit": _("No open unit of the town with supplies has this code or full name.")}
        )
    await open_point_named(point)
    return await _begin(ctx, "REDISTRIBUTION", other, point, [], note=note)


async def repack(ctx: TenantCtx, shipment: UUID, version: int, taken: Sequence[Taken]) -> None:
    """These lots instead of those that were chosen. Raises `BadInput`, `Conflict`."""
    half = await locked(shipment, "OUT", version)
    if half.state not in ("draft", "accepted"):
        raise changed_since()
    wanted = [each for each in taken if each.quantity > 0]
    if len({(each.sku, each.lot) for each in wanted}) < len(wanted):
        raise BadInput(fields={"lots": _("Each lot stands on a shipment once.")})
    if len(wanted) > MOST_LINES:
        raise BadInput(fields={"lots": _("So many lots need two shipments.")})
    lots = {(lot.sku, lot.lot): lot for lot in await sound_lots(ctx, half.point_code)}
    offered = {(line.sku, line.lot): line.quantity for line in await lines_of(shipment)}
    for each in wanted:
        lot = lots.get((each.sku, each.lot))
        if lot is None or each.quantity > lot.balance:
            raise BadInput(
                fields={
                    "lots": _("Of one of these lots there is not so much at this service point any more.")
                }
            )
        if half.state == "accepted" and each.quantity > offered.get((each.sku, each.lot), 0):
            raise BadInput(fields={"lots": _("The other unit accepted less. Offer the rest separately.")})
    await tables.ShipmentLine.delete().where(tables.ShipmentLine.shipment_id == shipment)
    picked = [
        Picked(
            sku=each.sku, lot=each.lot, expiry=lots[each.sku, each.lot].expiry, quantity=each.quantity
        )
        for each in wanted
    ]  # fmt: skip
    await _insert_lines(shipment, picked)
    await turn(half, half.state)


async def offer(ctx: TenantCtx, shipment: UUID, version: int) -> None:
    """Ask the other unit whether it wants this. Raises `BadInput`, `Conflict`."""
    half = await locked(shipment, "OUT", version)
    if half.state != "draft" or half.kind != "REDISTRIBUTION":
        raise changed_since()
    await _filled(shipment)
    await turn(half, "offered")
    await shipments.hand_over(ctx, SEND, half)
    shipments.note(ctx, "offer", half)


@wholly
async def send(ctx: TenantCtx, shipment: UUID, version: int, day: date | None = None) -> None:
    """The goods leave: from now on they are in transit. Raises `BadInput`, `Conflict`."""
    asked_by = (await find_shipment(shipment)).requisition_id
    # The requisition is locked before its shipments, everywhere.
    requisition = await requisitions.locked(asked_by, "IN") if asked_by is not None else None
    half = await locked(shipment, "OUT", version)
    if half.state != ("accepted" if half.kind == "REDISTRIBUTION" else "draft"):
        raise changed_since()
    lines = await _filled(shipment)
    if requisition is not None:
        await _check_approved(requisition, lines)
    await check_sound(ctx, half.point_code, lines)
    day = day or ctx.today
    act = Act(
        kind="TRANSFER_OUT",
        day=day,
        point=half.point_code,
        reference=half.number,
        transfer_id=half.id,
        other=half.other_code,
        key=f"shipment:{half.id}:sent",
    )
    await ledger.post(ctx, act, [Line(sku=line.sku, lot=line.lot, quantity=line.quantity) for line in lines])
    await turn(half, "sent", sent_on=day, sent_by=ctx.actor.id)
    await shipments.hand_over(ctx, SEND, half)
    shipments.note(ctx, "send", half)
    if requisition is not None:
        await deciding.close_if_done(ctx, requisition)


async def cancel(ctx: TenantCtx, shipment: UUID) -> None:
    """Before it is sent: nothing has left. Raises `Conflict`."""
    half = await locked(shipment, "OUT")
    if half.state not in BEFORE_IT_IS_SENT:
        raise Conflict(
            _("This shipment is on its way or answered already."),
            _("The other unit can send it back when it has come."),
        )
    await turn(half, "cancelled")
    if half.state != "draft":
        await shipments.hand_over(ctx, SEND, half)
    shipments.note(ctx, "cancel", half)


async def _check_approved(requisition: requisitions.Requisition, lines: Sequence[ShipmentLine]) -> None:
    left = await deciding.left_to_send(requisition.id)
    for line in lines:
        left[line.sku] = left.get(line.sku, 0) - line.quantity
    if requisition.state != "approved" or min(left.values()) < 0:
        raise Conflict(
            _("This is more than was approved, or the requisition was closed or cancelled since."),
            _("Look at the requisition, then pack what is left of it."),
        )


async def _filled(shipment: UUID) -> list[ShipmentLine]:
    lines = await lines_of(shipment)
    if not lines:
        raise BadInput(fields={"lots": _("Choose at least one lot.")})
    return lines


async def _begin(
    ctx: TenantCtx,
    kind: str,
    other: Neighbour,
    point: str,
    picked: Sequence[Picked],
    requisition: requisitions.Requisition | None = None,
    note: str = "",
) -> UUID:
    half = tables.Shipment(
        id=new_id(),
        direction="OUT",
        kind=kind,
        requisition_id=requisition.id if requisition else None,
        other_code=other.code,
        other_zh=other.name_zh,
        other_en=other.name_en,
        point_code=point,
        other_point=requisition.point_code if requisition else "",
        state="draft",
        note=note,
        made_at=now(),
        made_by=ctx.actor.id,
    )
    await tables.Shipment.insert(half)
    await _insert_lines(half.id, picked)
    ctx.audit("supplies.shipment.pack", "shipment", half.id, detail={"unit": other.code})
    return half.id


async def _insert_lines(shipment: UUID, picked: Sequence[Picked]) -> None:
    names = ("shipment_id", "sku", "lot", "expiry", "quantity", "received", "lost", "damaged", "why")
    await tables.ShipmentLine.insert_many(
        names, [(shipment, each.sku, each.lot, each.expiry, each.quantity, 0, 0, 0, "") for each in picked]
    )
