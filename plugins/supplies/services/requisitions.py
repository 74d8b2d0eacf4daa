"""Requisitions: two linked halves, one with the unit whose point asks, one with the town's store.

OUT goes draft -> sent -> approved -> closed; returned -> sent again; or cancelling -> cancelled, unless the store has
sent something before. IN goes sent -> approved -> closed, returned, cancelled. What asks is the unit's to say, what is
approved the store's: each half tells the other all that is its own, with a version, and an older word is passed over.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from core.sdk import Conflict, NotFound, Prepared, TenantCtx, among
from core.sdk import gettext_noop as _
from plugins.supplies import tables

__all__ = [
    "DECIDE",
    "REQUEST",
    "STATE_TITLES",
    "URGENCIES",
    "Requisition",
    "RequisitionLine",
    "changed_since",
    "earlier_of",
    "find_requisition",
    "hand_over",
    "lines_of",
    "list_requisitions",
    "locked",
    "note",
    "number_of",
    "turn",
    "waiting",
]

REQUEST = "supplies.requisition.request"
DECIDE = "supplies.requisition.answer"
PAGE = 50

STATE_TITLES: dict[str, str] = {
    "draft": _("being written"),
    "sent": _("waiting for the decision"),
    "returned": _("returned"),
    "approved": _("approved"),
    "cancelling": _("being cancelled"),
    "cancelled": _("cancelled"),
    "closed": _("closed"),
}
URGENCIES: dict[str, str] = {"NORMAL": _("normal"), "EMERGENCY": _("emergency")}


class Requisition(Struct, frozen=True, kw_only=True):
    """One half as it stands."""

    id: UUID
    direction: str
    other_code: str
    other_zh: str
    other_en: str
    point_code: str
    urgency: str
    state: str
    round: int
    version: int
    remark: str
    reason: str
    made_at: datetime
    asked_on: date | None
    asked_by: UUID | None
    decided_on: date | None
    decided_by: UUID | None

    @property
    def number(self) -> str:
        return number_of(self.id)

    def other(self, language: str) -> str:
        return self.other_zh if language == "zh" else self.other_en


class RequisitionLine(Struct, frozen=True, kw_only=True):
    """A product that is asked for; see `tables.RequisitionLine`."""

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
    remark: str = ""
    approved: int | None = None


_found = Prepared(lambda requisition: tables.Requisition.select().where(tables.Requisition.id == requisition))
_locked = Prepared(
    lambda requisition: (
        tables.Requisition.select().where(tables.Requisition.id == requisition).lock_rows("UPDATE")
    )
)
_lines = Prepared(
    lambda requisitions: (
        tables.RequisitionLine.select()
        .where(among(tables.RequisitionLine.requisition_id, requisitions))
        .order_by(tables.RequisitionLine.sku)
    )
)
_waiting = Prepared(
    lambda direction, states: (
        tables.Requisition.select()
        .where((tables.Requisition.direction == direction) & among(tables.Requisition.state, states))
        .order_by(tables.Requisition.made_at)
    )
)
_earlier = Prepared(
    lambda unit, point, before: (
        tables.Requisition.select()
        .where(
            (tables.Requisition.direction == "IN")
            & (tables.Requisition.other_code == unit)
            & (tables.Requisition.point_code == point)
            & (tables.Requisition.made_at < before)
        )
        .order_by(tables.Requisition.made_at, ascending=False)
        .limit(3)
    )
)


def number_of(half: UUID) -> str:
    """What people call it: the last eight signs of its id, the same in both units."""
    return half.hex[-8:].upper()


async def find_requisition(requisition: UUID) -> Requisition:
    """Raises `NotFound`."""
    row = await _found.first(requisition)
    if row is None:
        raise NotFound
    return _requisition(row)


async def list_requisitions(before: tuple[datetime, UUID] | None = None) -> list[Requisition]:
    """Newest first, a page of them; one more where there are more."""
    query = tables.Requisition.select()
    if before is not None:
        made, requisition = before
        older = (tables.Requisition.made_at < made) | (
            (tables.Requisition.made_at == made) & (tables.Requisition.id < requisition)
        )
        query = query.where(older)
    rows = await query.order_by(
        tables.Requisition.made_at, tables.Requisition.id, ascending=False
    ).limit(PAGE + 1)  # fmt: skip
    return [_requisition(row) for row in rows]


async def waiting(direction: str, *states: str) -> list[Requisition]:
    """Those in one of these states, oldest first."""
    return [_requisition(row) for row in await _waiting(direction, states)]


async def earlier_of(requisition: Requisition) -> list[tuple[Requisition, list[RequisitionLine]]]:
    """The last three before this one of the same point: for the store, which decides."""
    rows = await _earlier(requisition.other_code, requisition.point_code, requisition.made_at)
    return [(_requisition(row), await lines_of(row["id"])) for row in rows]


async def lines_of(requisition: UUID) -> list[RequisitionLine]:
    return [_line(row) for row in await _lines([requisition])]


async def locked(requisition: UUID, direction: str, version: int | None = None) -> Requisition:
    """The half, so that nobody else changes it now. Raises `NotFound`, and `Conflict` for an older version."""
    row = await _locked.first(requisition)
    if row is None or row["direction"] != direction:
        raise NotFound
    if version is not None and row["version"] != version:
        raise changed_since()
    return _requisition(row)


def changed_since() -> Conflict:
    return Conflict(
        _("This has changed since the page was opened."), _("Look at it again, then do what is still right.")
    )


async def turn(half: Requisition, state: str, **values: Any) -> None:
    """Of a half that is locked."""
    await tables.Requisition.update({"state": state, "version": half.version + 1, **values}).where(
        tables.Requisition.id == half.id
    )


async def hand_over(ctx: TenantCtx, job: str, half: UUID, to: str) -> None:
    """What is this half's own, to the other half."""
    await ctx.hand_over(job, {"id": str(half)}, to=to, dedupe=f"{job}:{half}")


def note(ctx: TenantCtx, verb: str, half: UUID, **detail: str | int) -> None:
    ctx.audit(f"supplies.requisition.{verb}", "requisition", half, detail=detail)


def _requisition(row: Mapping[str, Any]) -> Requisition:
    return Requisition(**{name: row[name] for name in Requisition.__struct_fields__})


def _line(row: Mapping[str, Any]) -> RequisitionLine:
    return RequisitionLine(**{name: row[name] for name in RequisitionLine.__struct_fields__})
