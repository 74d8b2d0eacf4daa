"""From which lots goods are handed out: the earliest sound lot first, split over lots where one is not enough."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

from msgspec import Struct

from core.sdk import gettext_noop as _

__all__ = [
    "FAULTS",
    "Allotment",
    "Fault",
    "Lot",
    "Part",
    "allot",
    "fault_of",
    "last_day_of_use",
    "most_of",
    "skipped",
]

Fault = Literal["RECALLED", "HELD", "EXPIRED", "TOO_SHORT"]

FAULTS: dict[Fault, str] = {
    "RECALLED": _("recalled"),
    "HELD": _("held back"),
    "EXPIRED": _("expired"),
    "TOO_SHORT": _("expires before it is used up"),
}


class Lot(Struct, frozen=True, kw_only=True):
    """What a point has of one lot; `id` is that of its row of the stock."""

    id: UUID
    lot: str
    expiry: date
    balance: int
    is_recalled: bool = False
    is_held: bool = False


class Part(Struct, frozen=True):
    """How many are taken from which lot."""

    lot: Lot
    quantity: int


class Allotment(Struct, frozen=True, kw_only=True):
    """`missing`: how many no sound lot has."""

    parts: tuple[Part, ...]
    missing: int


def last_day_of_use(day: date, quantity: int, days_per_unit: int | None) -> date:
    """The day on which the last of it is used up, when she begins with it today; what is kept at hand: today."""
    return day + min(timedelta(days=quantity * (days_per_unit or 0)), date.max - day)


def fault_of(lot: Lot, day: date, last_day: date) -> Fault | None:
    """Why this lot may not be handed out on `day` for use until `last_day`; the day of expiry is still good."""
    if lot.is_recalled:
        return "RECALLED"
    if lot.is_held:
        return "HELD"
    if lot.expiry < day:
        return "EXPIRED"
    return "TOO_SHORT" if lot.expiry < last_day else None


def allot(lots: Sequence[Lot], quantity: int, day: date, last_day: date) -> Allotment:
    """What expires first goes first (FEFO), and of what expires together the lot with the lower number."""
    parts: list[Part] = []
    wanted = quantity
    for lot in sorted(lots, key=_by_expiry):
        taken = min(wanted, lot.balance)
        if taken > 0 and fault_of(lot, day, last_day) is None:
            parts.append(Part(lot, taken))
            wanted -= taken
    return Allotment(parts=tuple(parts), missing=wanted)


def most_of(lots: Sequence[Lot], day: date, days_per_unit: int) -> int:
    """How many can be handed out at once: the more she is given, the longer a lot must be good."""
    there = sum(lot.balance for lot in lots if fault_of(lot, day, day) is None)
    if not days_per_unit:
        return there

    def is_too_many(quantity: int) -> bool:
        return allot(lots, quantity, day, last_day_of_use(day, quantity, days_per_unit)).missing > 0

    return bisect_left(range(1, there + 1), True, key=is_too_many)


def skipped(lots: Sequence[Lot], parts: Sequence[Part], day: date, last_day: date) -> list[Lot]:
    """The sound lots that expire strictly earlier than one of `parts`, and of which something is left behind."""
    taken = {part.lot.id: part.quantity for part in parts}
    latest = max((part.lot.expiry for part in parts), default=day)
    return [
        lot
        for lot in sorted(lots, key=_by_expiry)
        if lot.expiry < latest and lot.balance > taken.get(lot.id, 0) and fault_of(lot, day, last_day) is None
    ]


def _by_expiry(lot: Lot) -> tuple[date, str]:
    return lot.expiry, lot.lot
