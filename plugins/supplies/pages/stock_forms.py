"""What the pages and operations of stock keeping take."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from core.sdk import Code, Line, asks
from core.sdk import gettext_noop as _
from plugins.supplies.services.keeping import Check
from plugins.supplies.services.points import PointKind

__all__ = [
    "LINES",
    "ArrivalBody",
    "ArrivalForm",
    "ArrivalLine",
    "CountForm",
    "ExpiryForm",
    "HoldForm",
    "InspectForm",
    "LossForm",
    "NewPointForm",
    "NoteForm",
    "OutreachForm",
    "PointForm",
    "RestockForm",
    "SpotForm",
    "StockQuery",
    "TellForm",
]

LINES = 6
MOST = 1_000_000

Quantity: Any = Annotated[int, Meta(ge=1, le=MOST)]


class StockQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    point: Code = ""


PointName = Annotated[str, asks(_("Name of the point"), min_length=1, max_length=100)]
Least = Annotated[int, asks(_("Least"), unit=_("months of stock"), ge=0, le=60)]
Most = Annotated[int, asks(_("Most"), unit=_("months of stock"), ge=0, le=60)]
Emergency = Annotated[int, asks(_("Emergency below"), unit=_("tenths of a month"), ge=0, le=600)]


class PointForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: PointName
    min_months: Least = 2
    max_months: Most = 3
    emergency_tenths: Emergency = 5


class NewPointForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: PointName
    code: Annotated[
        str, asks(_("Code"), hint=_("Such as T01-S; it never changes."), min_length=1, max_length=40)
    ]
    kind: Annotated[PointKind, asks(_("Kind"))] = "STATION"
    firm_id: Annotated[UUID, asks(_("Firm"), hint=_("Of goods on consignment."))] | None = None
    min_months: Least = 2
    max_months: Most = 3
    emergency_tenths: Emergency = 5


def _lines() -> list[tuple[str, Any, Any]]:
    fields: list[tuple[str, Any, Any]] = []
    for number in range(1, LINES + 1):
        fields += [
            (f"sku_{number}", Code, ""),
            (f"lot_{number}", Code, ""),
            (f"expiry_{number}", Code, ""),
            (f"quantity_{number}", Quantity | None, None),
        ]
    return fields


ArrivalForm = msgspec.defstruct(
    "ArrivalForm",
    [
        ("point", Code),
        ("day", date),
        ("reference", Line),
        ("key", UUID),
        ("checked", Annotated[tuple[Check, ...], Meta(max_length=9)], ()),
        *_lines(),
    ],
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    module=__name__,
)
"""A delivery note with up to `LINES` lines; `key` makes the same form a receipt once only."""


class ArrivalLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`expiry`: `202706` for the end of June, or `2027-06-15`."""

    sku: Code
    lot: Annotated[str, Meta(min_length=1, max_length=40)]
    expiry: Code
    quantity: Annotated[int, Meta(ge=1, le=MOST)]


class ArrivalBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    point: Code
    day: date
    reference: Line
    checked: Annotated[tuple[Check, ...], Meta(max_length=9)]
    lines: Annotated[tuple[ArrivalLine, ...], Meta(min_length=1, max_length=200)]


class LossForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    day: Annotated[date, asks(_("Day"))]
    quantity: Annotated[int, asks(_("Quantity"), ge=1, le=MOST)]
    reason: Annotated[Literal["EXPIRED", "DAMAGED", "RECALL"], asks(_("Reason"))]
    note: Annotated[
        str, asks(_("Note"), hint=_("What was done with the goods. No names of people."), max_length=200)
    ] = ""


class ExpiryForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`expiry`: `202706` for the end of June, or `2027-06-15`."""

    expiry: Annotated[
        str,
        asks(
            _("Expiry on the pack"),
            hint=_("Write 202706 for the end of June 2027, or 2027-06-15."),
            min_length=1,
            max_length=10,
        ),
    ]
    note: Annotated[
        str,
        asks(_("Reason"), hint=_("Where the date stands. No names of people."), min_length=1, max_length=200),
    ]


class HoldForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: Literal["DAMP", "DAMAGED", "TOO_HOT", "SUSPECT", "RECALL", "EXPIRED"]


class InspectForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    result: Literal["SOUND", "DOUBTFUL"]
    note: Annotated[str, Meta(max_length=200)] = ""


class SpotForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The point that is counted."""

    spot: UUID


class CountForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was found on each line, one after the other."""

    lines: Annotated[tuple[UUID, ...], Meta(max_length=400)]
    numbers: Annotated[tuple[Annotated[int, Meta(ge=0, le=MOST)], ...], Meta(max_length=400)] = ()


class NoteForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    note: Annotated[str, Meta(max_length=200)] = ""


class TellForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who was told, by the notices."""

    picked: Annotated[tuple[UUID, ...], Meta(max_length=400)]


class OutreachForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    point: Annotated[str, asks(_("Service point"), max_length=40)]
    day: Annotated[date, asks(_("Day"))]
    place: Annotated[
        str, asks(_("Place"), hint=_("Such as the gate of a firm, or a fair."), min_length=1, max_length=100)
    ]
    sku: Annotated[str, asks(_("Product"), max_length=40)]
    quantity: Annotated[int, asks(_("Quantity"), ge=1, le=MOST)]
    key: UUID | None = None


class RestockForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    source: UUID
    sku: Code
    quantity: Annotated[int, Meta(ge=1, le=MOST)]
    day: date
