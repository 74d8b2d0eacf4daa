"""What the pages take, as people type it; what an operation takes alike inherits it."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from core.sdk import Code, Line, ListQuery

__all__ = [
    "BackForm",
    "BookQuery",
    "CounterQuery",
    "FindForm",
    "HandOutForm",
    "IssueQuery",
    "LookForm",
    "ReverseForm",
    "WishForm",
]

Quantity = Annotated[int, Meta(ge=1, le=9999)]


class CounterQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Nothing: the point that the account handed out at last."""

    point: Code = ""


class IssueQuery(CounterQuery, frozen=True, kw_only=True):
    sku: Code = ""
    """What is chosen already."""


class FindForm(CounterQuery, frozen=True, kw_only=True):
    """Nothing looked for: without a name."""

    q: Line = ""


class _Basket(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Rows of the stock, and how many of each, one after the other."""

    point: Code
    person: UUID | None = None
    lots: Annotated[tuple[UUID, ...], Meta(max_length=40)] = ()
    quantities: Annotated[tuple[Quantity, ...], Meta(max_length=40)] = ()


class LookForm(_Basket, frozen=True, kw_only=True):
    """What is wanted otherwise; all of it empty shows the basket as it is."""

    sku: Code = ""
    quantity: Quantity | None = None
    instead: UUID | None = None
    without: Code = ""


class HandOutForm(_Basket, frozen=True, kw_only=True):
    """`key`: made with the page, so that the same page hands out once only."""

    override: Literal["", "EARLIER_NOT_FOUND", "EARLIER_DAMAGED", "KEPT_FOR_ANOTHER", "ASKED_FOR_MORE"] = ""
    is_advised: bool = False
    eligibility: Literal["", "1", "2", "3", "4"] = ""
    key: UUID | None = None


class WishForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether she wants to be told of recalls."""

    to: Literal["tell", "not"]


class BackForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    entry: UUID
    quantity: Quantity
    key: UUID | None = None


class ReverseForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: Literal["WRONG_GOODS", "WRONG_PERSON", "NOT_TAKEN"]


class BookQuery(ListQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    point: Code = ""
    sku: Code = ""
