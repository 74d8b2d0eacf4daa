"""Shipments: two linked halves, one where the goods leave, one where they come to.

Kinds: SUPPLY for a requisition, RETURN to the town's store, REDISTRIBUTION from any unit that has too much to one that
accepts. OUT goes draft -> (offered -> accepted, declined) -> sent -> received, or cancelled before it is sent. IN goes
offered -> accepted, declined, or sent -> received. Of each lot: sent = received + lost + damaged + in transit. The
sender says what is sent, the receiver what arrived; each half keeps both.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from core.sdk import NotFound, Prepared, TenantCtx, among
from core.sdk import gettext_noop as _
from plugins.supplies import tables
from plugins.supplies.services.requisitions import PAGE, changed_since, number_of

__all__ = [
    "ANSWER",
    "KIND_TITLES",
    "SEND",
    "STATE_TITLES",
    "Shipment",
    "ShipmentLine",
    "find_shipment",
    "hand_over",
    "lines_of",
    "list_shipments",
    "locked",
    "note",
    "of_requisition",
    "turn",
    "waiting",
]

SEND = "supplies.shipment.dispatch"
ANSWER = "supplies.shipment.answer"

STATE_TITLES: dict[str, str] = {
    "draft": _("being packed"),
    "offered": _("waiting for the answer"),
    "accepted": _("accepted, not sent yet"),
    "declined": _("declined"),
    "cancelled": _("cancelled"),
    "sent": _("on its way"),
    "received": _("arrived and counted"),
}
KIND_TITLES: dict[str, str] = {
    "SUPPLY": _("for a requisition"),
    "RETURN": _("return to the store"),
    "REDISTRIBUTION": _("redistribution"),
}


class Shipment(Struct, frozen=True, kw_only=True):
    """One half as it stands."""

    id: UUID
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
    made_at: datetime
    made_by: UUID | None
    sent_on: date | None
    sent_by: UUID | None
    received_on: date | None
    received_by: UUID | None

    @property
    def number(self) -> str:
        return number_of(self.id)

    def other(self, language: str) -> str:
        return self.other_zh if language == "zh" else self.other_en


class ShipmentLine(Struct, frozen=True, kw_only=True):
    """So much of a lot, and what became of it."""

    sku: str
    lot: str
    expiry: date
    quantity: int
    received: int = 0
    lost: int = 0
    damaged: int = 0
    why: str = ""

    @property
    def in_transit(self) -> int:
        return self.quantity - self.received - self.lost - self.damaged


_found = Prepared(lambda shipment: tables.Shipment.select().where(tables.Shipment.id == shipment))
_locked = Prepared(
    lambda shipment: tables.Shipment.select().where(tables.Shipment.id == shipment).lock_rows("UPDATE")
)
_lines = Prepared(
    lambda shipments: (
        tables.ShipmentLine.select()
        .where(among(tables.ShipmentLine.shipment_id, shipments))
        .order_by(tables.ShipmentLine.sku, tables.ShipmentLine.expiry, tables.ShipmentLine.lot)
    )
)
_waiting = Prepared(
    lambda direction, states: (
        tables.Shipment.select()
        .where((tables.Shipment.direction == direction) & among(tables.Shipment.state, states))
        .order_by(tables.Shipment.made_at)
    )
)
_of_requisition = Prepared(
    lambda requisition: (
        tables.Shipment.select()
        .where(tables.Shipment.requisition_id == requisition)
        .order_by(tables.Shipment.made_at)
    )
)


async def find_shipment(shipment: UUID) -> Shipment:
    """Raises `NotFound`."""
    row = await _found.first(shipment)
    if row is None:
        raise NotFound
    return _shipment(row)


async def lines_of(shipment: UUID) -> list[ShipmentLine]:
    return [_line(row) for row in await _lines([shipment])]


async def list_shipments(before: tuple[datetime, UUID] | None = None) -> list[Shipment]:
    """Newest first, a page of them; one more where there are more."""
    query = tables.Shipment.select()
    if before is not None:
        made, shipment = before
        older = (tables.Shipment.made_at < made) | (
            (tables.Shipment.made_at == made) & (tables.Shipment.id < shipment)
        )
        query = query.where(older)
    rows = await query.order_by(
        tables.Shipment.made_at, tables.Shipment.id, ascending=False
    ).limit(PAGE + 1)  # fmt: skip
    return [_shipment(row) for row in rows]


async def waiting(direction: str, *states: str) -> list[Shipment]:
    """Those in one of these states, oldest first."""
    return [_shipment(row) for row in await _waiting(direction, states)]


async def of_requisition(requisition: UUID) -> list[Shipment]:
    return [_shipment(row) for row in await _of_requisition(requisition)]


async def locked(shipment: UUID, direction: str, version: int | None = None) -> Shipment:
    """The half, so that nobody else changes it now. Raises `NotFound`, and `Conflict` for an older version."""
    row = await _locked.first(shipment)
    if row is None or row["direction"] != direction:
        raise NotFound
    if version is not None and row["version"] != version:
        raise changed_since()
    return _shipment(row)


async def turn(half: Shipment, state: str, **values: Any) -> None:
    """Of a half that is locked."""
    await tables.Shipment.update({"state": state, "version": half.version + 1, **values}).where(
        tables.Shipment.id == half.id
    )


async def hand_over(ctx: TenantCtx, job: str, half: Shipment) -> None:
    """What is this half's own, to the other half."""
    await ctx.hand_over(job, {"id": str(half.id)}, to=half.other_code, dedupe=f"{job}:{half.id}")


def note(ctx: TenantCtx, verb: str, half: Shipment) -> None:
    ctx.audit(f"supplies.shipment.{verb}", "shipment", half.id, detail={"unit": half.other_code})


def _shipment(row: Mapping[str, Any]) -> Shipment:
    return Shipment(**{name: row[name] for name in Shipment.__struct_fields__})


def _line(row: Mapping[str, Any]) -> ShipmentLine:
    return ShipmentLine(**{name: row[name] for name in ShipmentLine.__struct_fields__})
