"""What crosses between the halves of requisitions and shipments.

A parcel is all that the sending half may say, as it stands when the parcel is made, with the version of that half. The
other half keeps the latest version that it took: the same parcel again, or an older one that comes late, changes
nothing. So it does not matter how often a parcel is delivered, nor in which order.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from msgspec import Struct

from core.sdk import Neighbour, TenantCtx, now
from plugins.supplies import tables
from plugins.supplies.services import requisitions, shipments
from plugins.supplies.services.deciding import packed_of
from plugins.supplies.services.requisitions import DECIDE, RequisitionLine
from plugins.supplies.services.shipments import ShipmentLine

__all__ = [
    "Decision",
    "Dispatch",
    "Receipt",
    "Request",
    "pack_decision",
    "pack_dispatch",
    "pack_receipt",
    "pack_request",
    "take_decision",
    "take_dispatch",
    "take_receipt",
    "take_request",
]

Payload = Mapping[str, str | int]


class Request(Struct, frozen=True, kw_only=True):
    """A requisition, from the unit that asks to the store."""

    id: UUID
    version: int
    round: int
    state: str
    urgency: str
    point: str
    remark: str
    asked_on: date | None
    lines: list[RequisitionLine]


class Decision(Struct, frozen=True, kw_only=True):
    """The store's answer to a round of it; `heard` is the version of the asking half that it answers."""

    id: UUID
    version: int
    heard: int
    round: int
    state: str
    reason: str
    decided_on: date | None
    approved: dict[str, int | None]


class Dispatch(Struct, frozen=True, kw_only=True):
    """A shipment, from where it leaves to where it comes to."""

    id: UUID
    version: int
    kind: str
    requisition_id: UUID | None
    state: str
    point: str
    to_point: str
    note: str
    sent_on: date | None
    lines: list[ShipmentLine]


class Receipt(Struct, frozen=True, kw_only=True):
    """What became of it there."""

    id: UUID
    version: int
    state: str
    point: str
    reason: str
    received_on: date | None
    lines: list[ShipmentLine]


async def pack_request(ctx: TenantCtx, payload: Payload) -> Request | None:
    row = await _row(tables.Requisition, UUID(str(payload["id"])), "OUT")
    if row is None or row["round"] == 0:
        return None
    return Request(
        id=row["id"],
        version=row["version"],
        round=row["round"],
        state=row["state"],
        urgency=row["urgency"],
        point=row["point_code"],
        remark=row["remark"],
        asked_on=row["asked_on"],
        lines=await requisitions.lines_of(row["id"]),
    )


async def take_request(ctx: TenantCtx, parcel: Request, sender: Neighbour) -> None:
    """The store's half. What is cancelled is left, unless something was sent; the store says which."""
    there = await _row(tables.Requisition, parcel.id, "IN") or await _begin_requisition(parcel, sender)
    if there["other_version"] >= parcel.version:
        return
    values: dict[str, Any] = {"other_version": parcel.version, "version": there["version"] + 1}
    if parcel.round > there["round"]:
        values |= {"state": "sent", "round": parcel.round, "remark": parcel.remark, "reason": ""}
        values |= {"urgency": parcel.urgency, "asked_on": parcel.asked_on, "decided_on": None}
        await _rewrite_lines(parcel)
    if parcel.state in ("cancelling", "cancelled"):
        values["state"] = await _cancelled(there)
    await tables.Requisition.update(values).where(tables.Requisition.id == parcel.id)
    if parcel.state == "cancelling":
        await requisitions.hand_over(ctx, DECIDE, parcel.id, sender.code)
    requisitions.note(ctx, "take", parcel.id, unit=sender.code, state=values.get("state", there["state"]))


async def pack_decision(ctx: TenantCtx, payload: Payload) -> Decision | None:
    row = await _row(tables.Requisition, UUID(str(payload["id"])), "IN")
    if row is None or row["state"] == "sent":
        return None
    lines = await requisitions.lines_of(row["id"])
    return Decision(
        id=row["id"],
        version=row["version"],
        heard=row["other_version"],
        round=row["round"],
        state=row["state"],
        reason=row["reason"],
        decided_on=row["decided_on"],
        approved={line.sku: line.approved for line in lines},
    )


async def take_decision(ctx: TenantCtx, parcel: Decision, sender: Neighbour) -> None:
    """The asking half. What was answered before it was sent anew, or cancelled, says nothing any more."""
    there = await _row(tables.Requisition, parcel.id, "OUT")
    if there is None or there["other_version"] >= parcel.version or there["round"] != parcel.round:
        return
    if there["state"] == "cancelling" and parcel.heard < there["version"]:
        return
    values: dict[str, Any] = {"other_version": parcel.version, "version": there["version"] + 1}
    if _is_waiting_for(there["state"], parcel.state):
        values |= {"state": parcel.state, "reason": parcel.reason, "decided_on": parcel.decided_on}
        for sku, approved in parcel.approved.items():
            await tables.RequisitionLine.update({"approved": approved}).where(
                (tables.RequisitionLine.requisition_id == parcel.id) & (tables.RequisitionLine.sku == sku)
            )
    await tables.Requisition.update(values).where(tables.Requisition.id == parcel.id)
    requisitions.note(ctx, "hear", parcel.id, unit=sender.code, state=parcel.state)


async def pack_dispatch(ctx: TenantCtx, payload: Payload) -> Dispatch | None:
    row = await _row(tables.Shipment, UUID(str(payload["id"])), "OUT")
    if row is None or row["state"] == "draft":
        return None
    return Dispatch(
        id=row["id"],
        version=row["version"],
        kind=row["kind"],
        requisition_id=row["requisition_id"],
        state=row["state"],
        point=row["point_code"],
        to_point=row["other_point"] if row["kind"] == "SUPPLY" else "",
        note=row["note"],
        sent_on=row["sent_on"],
        lines=await shipments.lines_of(row["id"]),
    )


async def take_dispatch(ctx: TenantCtx, parcel: Dispatch, sender: Neighbour) -> None:
    """The half where it comes to. Once it is on its way, what was sent does not change any more."""
    there = await _row(tables.Shipment, parcel.id, "IN")
    if there is None:
        await tables.Shipment.insert(_incoming(parcel, sender))
        await _keep_lines(parcel)
    elif there["other_version"] >= parcel.version:
        return
    else:
        values: dict[str, Any] = {"other_version": parcel.version, "version": there["version"] + 1}
        if there["state"] in ("offered", "accepted"):
            if parcel.state in ("sent", "received"):
                values |= {"state": "sent", "sent_on": parcel.sent_on}
            elif parcel.state == "cancelled":
                values["state"] = "cancelled"
            await _keep_lines(parcel)
        await tables.Shipment.update(values).where(tables.Shipment.id == parcel.id)
    detail = {"unit": sender.code, "state": parcel.state}
    ctx.audit("supplies.shipment.take", "shipment", parcel.id, detail=detail)


async def pack_receipt(ctx: TenantCtx, payload: Payload) -> Receipt | None:
    row = await _row(tables.Shipment, UUID(str(payload["id"])), "IN")
    if row is None:
        return None
    return Receipt(
        id=row["id"],
        version=row["version"],
        state=row["state"],
        point=row["point_code"],
        reason=row["reason"],
        received_on=row["received_on"],
        lines=await shipments.lines_of(row["id"]),
    )


async def take_receipt(ctx: TenantCtx, parcel: Receipt, sender: Neighbour) -> None:
    """The half where it left: the answer to an offer, or what arrived, all of it so far."""
    there = await _row(tables.Shipment, parcel.id, "OUT")
    if there is None or there["other_version"] >= parcel.version:
        return
    values: dict[str, Any] = {"other_version": parcel.version, "version": there["version"] + 1}
    if there["state"] == "offered" and parcel.state in ("accepted", "declined"):
        values |= {"state": parcel.state, "reason": parcel.reason, "other_point": parcel.point}
    elif there["state"] == "sent" and parcel.state in ("sent", "received"):
        values |= {"state": parcel.state, "received_on": parcel.received_on, "other_point": parcel.point}
        for line in parcel.lines:
            await tables.ShipmentLine.update(
                {"received": line.received, "lost": line.lost, "damaged": line.damaged, "why": line.why}
            ).where(
                (tables.ShipmentLine.shipment_id == parcel.id)
                & (tables.ShipmentLine.sku == line.sku)
                & (tables.ShipmentLine.lot == line.lot)
            )
    await tables.Shipment.update(values).where(tables.Shipment.id == parcel.id)
    detail = {"unit": sender.code, "state": parcel.state}
    ctx.audit("supplies.shipment.hear", "shipment", parcel.id, detail=detail)


async def _row(table: Any, half: UUID, direction: str) -> dict[str, Any] | None:
    """Locked, so that two parcels at the same time are taken one after the other."""
    return await (
        table.select()
        .where((table.id == half) & (table.direction == direction))
        .first()
        .lock_rows("UPDATE")
    )  # fmt: skip


async def _cancelled(there: Mapping[str, Any]) -> str:
    """Something that was sent is not called back: then it stays approved."""
    if there["state"] not in ("sent", "returned", "approved"):
        return there["state"]
    if await packed_of(there["id"]):
        return there["state"]
    packed = (tables.Shipment.requisition_id == there["id"]) & (tables.Shipment.state == "draft")
    await tables.Shipment.update({"state": "cancelled"}).where(packed)
    return "cancelled"


def _is_waiting_for(state: str, answer: str) -> bool:
    if state in ("sent", "cancelling"):
        return True
    return state == "approved" and answer in ("closed", "cancelled")


async def _begin_requisition(parcel: Request, sender: Neighbour) -> dict[str, Any]:
    """Nothing of it is taken yet."""
    half = tables.Requisition(
        id=parcel.id,
        direction="IN",
        other_code=sender.code,
        other_zh=sender.name_zh,
        other_en=sender.name_en,
        point_code=parcel.point,
        urgency=parcel.urgency,
        state="sent",
        made_at=now(),
        asked_on=parcel.asked_on,
    )
    await tables.Requisition.insert(half)
    return half.to_dict()


async def _rewrite_lines(parcel: Request) -> None:
    await tables.RequisitionLine.delete().where(tables.RequisitionLine.requisition_id == parcel.id)
    names = RequisitionLine.__struct_fields__
    rows = [(parcel.id, *(getattr(line, name) for name in names)) for line in parcel.lines]
    await tables.RequisitionLine.insert_many(("requisition_id", *names), rows)


def _incoming(parcel: Dispatch, sender: Neighbour) -> tables.Shipment:
    return tables.Shipment(
        id=parcel.id,
        direction="IN",
        kind=parcel.kind,
        requisition_id=parcel.requisition_id,
        other_code=sender.code,
        other_zh=sender.name_zh,
        other_en=sender.name_en,
        point_code=parcel.to_point,
        other_point=parcel.point,
        state="sent" if parcel.state == "received" else parcel.state,
        other_version=parcel.version,
        note=parcel.note,
        made_at=now(),
        sent_on=parcel.sent_on,
    )


async def _keep_lines(parcel: Dispatch) -> None:
    await tables.ShipmentLine.delete().where(tables.ShipmentLine.shipment_id == parcel.id)
    names = ("shipment_id", "sku", "lot", "expiry", "quantity", "received", "lost", "damaged", "why")
    rows = [(parcel.id, line.sku, line.lot, line.expiry, line.quantity, 0, 0, 0, "") for line in parcel.lines]
    await tables.ShipmentLine.insert_many(names, rows)
