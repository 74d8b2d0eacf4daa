"""The words of the ledger: kinds of acts, what they do to a balance, and what one consists of."""

from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import UUID

from msgspec import Struct

from core.sdk import gettext_noop as _

__all__ = [
    "ADDING",
    "ADJUST_REASONS",
    "EXPIRY",
    "KIND_TITLES",
    "LOSS_REASONS",
    "OVERRIDE_REASONS",
    "REASON_TITLES",
    "RETURN_REASONS",
    "Act",
    "Kind",
    "Line",
    "Posted",
    "PostedLine",
    "change_of",
]

Kind = Literal["RECEIPT", "ISSUE", "RETURN", "TRANSFER_IN", "TRANSFER_OUT", "LOSS", "ADJUST"]

KIND_TITLES: dict[str, str] = {
    "RECEIPT": _("receipt"),
    "ISSUE": _("issue"),
    "RETURN": _("return of goods"),
    "TRANSFER_IN": _("transfer in"),
    "TRANSFER_OUT": _("transfer out"),
    "LOSS": _("loss"),
    "ADJUST": _("adjustment"),
}
ADDING = frozenset({"RECEIPT", "RETURN", "TRANSFER_IN", "ADJUST"})
"""Kinds that add what their quantity says; the others take it away."""

LOSS_REASONS = ("EXPIRED", "DAMAGED", "RECALL")
ADJUST_REASONS = ("COUNT_DIFF",)
EXPIRY = "EXPIRY"
"""Of an adjustment: a lot goes out with one expiry, and comes in with another."""
RETURN_REASONS = ("UNOPENED",)
OVERRIDE_REASONS: dict[str, str] = {
    "EARLIER_NOT_FOUND": _("the earlier lot is not found here"),
    "EARLIER_DAMAGED": _("the pack of the earlier lot is damaged"),
    "KEPT_FOR_ANOTHER": _("the earlier lot is set aside for another point"),
    "ASKED_FOR_MORE": _("she asks for more and has a reason"),
}
REASON_TITLES: dict[str, str] = {
    "EXPIRED": _("expired"),
    "DAMAGED": _("damaged"),
    "RECALL": _("recalled"),
    "LOST": _("lost on the way"),
    "COUNT_DIFF": _("counted otherwise"),
    EXPIRY: _("another expiry"),
    "UNOPENED": _("unopened"),
}


class Line(Struct, frozen=True, kw_only=True):
    """So many of a lot; `expiry` is told where the lot is new at the point. ADJUST may be below 0."""

    sku: str
    lot: str
    quantity: int
    expiry: date | None = None
    reason: str = ""


class Act(Struct, frozen=True, kw_only=True):
    """What is entered; see the columns of `tables.Voucher`. An issue without `person` is anonymous."""

    kind: Kind
    day: date
    point: str
    person: UUID | None = None
    reference: str = ""
    note: str = ""
    override: str = ""
    is_clinician: bool = False
    eligibility: int | None = None
    transfer_id: UUID | None = None
    other: str = ""
    key: str | None = None


class PostedLine(Struct, frozen=True, kw_only=True):
    """A line as it stands in the ledger."""

    id: UUID
    sku: str
    lot: str
    expiry: date
    quantity: int
    reason: str = ""


class Posted(Struct, frozen=True, kw_only=True):
    """`is_new` is False where the same act was entered before and nothing was done."""

    voucher: UUID
    is_new: bool = True


def change_of(kind: str, quantity: int) -> int:
    """What it does to a balance."""
    return quantity if kind in ADDING else -quantity
