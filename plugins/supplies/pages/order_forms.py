"""What the pages of requisitions and shipments take; a page has as many lines as a form has places: `sku_1`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from core.sdk import Code, Form, Line, Version
from plugins.supplies.services.asking import Wish
from plugins.supplies.services.receiving import Counted
from plugins.supplies.services.sending import MOST_LINES, Taken

__all__ = [
    "AddForm",
    "ApproveForm",
    "DraftForm",
    "Lot",
    "OfferedForm",
    "PackForm",
    "PointForm",
    "PointQuery",
    "Quantity",
    "ReasonForm",
    "ReasonedForm",
    "ReceivedForm",
    "RepackForm",
    "ReturnedForm",
    "TransferForm",
    "Urgency",
    "WishesForm",
    "approved_in",
    "counted_in",
    "taken_in",
    "typed_lines",
    "wishes_in",
]

LARGEST = 1_000_000

Quantity = Annotated[int, Meta(ge=0, le=LARGEST)]
Lot = Annotated[str, Meta(max_length=80)]
Urgency = Literal["NORMAL", "EMERGENCY"]

_SKU: dict[str, tuple[Any, Any]] = {"sku": (Code, "")}
_LOT: dict[str, tuple[Any, Any]] = {**_SKU, "lot": (Lot, "")}
_COUNT: Any = Quantity
_NUMBER: tuple[Any, Any] = (_COUNT | None, None)


def _with_places(name: str, head: list[Any], places: Mapping[str, tuple[Any, Any]]) -> Any:
    """A Struct with the fields of `head` and, for each line of a page, one of each of `places`."""
    fields = [
        (f"{field}_{place}", kind, default)
        for place in range(1, MOST_LINES + 1)
        for field, (kind, default) in places.items()
    ]
    return msgspec.defstruct(
        name, [*head, *fields], frozen=True, kw_only=True, forbid_unknown_fields=True, module=__name__
    )


WishesForm = _with_places(
    "WishesForm",
    [("version", Version), ("act", Literal["save", "send"], "save"), ("remark", Line, "")],
    {**_SKU, "asked": _NUMBER, "why": (Line, "")},
)
"""What is wished of each product, and whether it is sent with it."""

ApproveForm = _with_places(
    "ApproveForm", [("version", Version), ("reason", Line, "")], {**_SKU, "approved": _NUMBER}
)
RepackForm = _with_places(
    "RepackForm",
    [("version", Version), ("act", Literal["save", "send", "offer"], "save")],
    {**_LOT, "quantity": _NUMBER},
)
ReceivedForm = _with_places(
    "ReceivedForm",
    [("version", Version), ("point", Code), ("day", date | None, None)],
    {**_LOT, "received": _NUMBER, "lost": _NUMBER, "damaged": _NUMBER, "why": (Line, "")},
)
TransferForm = _with_places(
    "TransferForm",
    [("key", UUID), ("point", Code), ("to", Code), ("note", Line, "")],
    {**_LOT, "quantity": _NUMBER},
)
"""Between two points of the unit; the same `key` again moves nothing again."""


class PointQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    point: Code = ""


class DraftForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    point: Code
    urgency: Urgency = "NORMAL"


class AddForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    sku: Code


class ReasonedForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    version: Version
    reason: Line


class ReasonForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: Line


class PointForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    point: Code


class PackForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From which point of the store."""

    point: Code


class ReturnedForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    point: Code
    note: Line = ""


class OfferedForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`unit`: code or full name of the unit that it is offered to."""

    unit: Line
    point: Code
    note: Line = ""


def wishes_in(told: Any) -> list[Wish]:
    return [
        Wish(sku=each["sku"], asked=each["asked"], remark=each["why"])
        for each in _places(told, "sku", "asked", "why")
        if each["asked"] is not None
    ]


def approved_in(told: Any) -> dict[str, int]:
    return {
        each["sku"]: each["approved"]
        for each in _places(told, "sku", "approved")
        if each["approved"] is not None
    }


def taken_in(told: Any) -> list[Taken]:
    return [
        Taken(sku=each["sku"], lot=each["lot"], quantity=each["quantity"])
        for each in _places(told, "sku", "lot", "quantity")
        if each["quantity"]
    ]


def counted_in(told: Any) -> list[Counted]:
    return [
        Counted(
            sku=each["sku"],
            lot=each["lot"],
            received=each["received"] or 0,
            lost=each["lost"] or 0,
            damaged=each["damaged"] or 0,
            why=each["why"],
        )
        for each in _places(told, "sku", "lot", "received", "lost", "damaged", "why")
    ]


def typed_lines(form: Form[Any] | None, *names: str) -> dict[tuple[str, str], dict[str, str]]:
    """What was typed in each line, by sku and lot, so that it stands there again when something was wrong."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    typed = form.typed if form is not None else {}
    for place in range(1, MOST_LINES + 1):
        if sku := typed.get(f"sku_{place}"):
            line = {name: typed.get(f"{name}_{place}", "") for name in names}
            found[sku, typed.get(f"lot_{place}", "")] = line
    return found


def _places(told: Any, *names: str) -> Iterator[dict[str, Any]]:
    """The lines that name a product."""
    for place in range(1, MOST_LINES + 1):
        values = {name: getattr(told, f"{name}_{place}") for name in names}
        if values["sku"]:
            yield values
