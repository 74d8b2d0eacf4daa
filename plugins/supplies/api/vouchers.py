"""The book of a point, a voucher, and what is done with one."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from msgspec import Struct, convert

from core.sdk import Route, TenantCtx
from plugins.supplies.api.shapes import VoucherId
from plugins.supplies.forms import BackForm, BookQuery, ReverseForm
from plugins.supplies.permissions import ISSUE, READ
from plugins.supplies.services.book import BookLine, Told, book_of, mark_of, place_of, voucher_of
from plugins.supplies.services.returning import give_back
from plugins.supplies.services.reversing import take_back

__all__ = ["ROUTES"]


class LineTold(Struct, frozen=True, kw_only=True):
    """A line of the ledger; a reversal has a quantity below 0."""

    id: UUID
    voucher: UUID
    day: date
    sku: str
    lot: str
    expiry: date
    kind: str
    quantity: int
    change: int
    reason: str
    override: str


class BookTold(Struct, frozen=True, kw_only=True):
    """The newest first; `after` leads to the next page."""

    lines: list[LineTold]
    after: str


class VoucherTold(Struct, frozen=True, kw_only=True):
    """`reversed_by`: the voucher that takes this one back."""

    id: UUID
    kind: str
    day: date
    point: str
    is_anonymous: bool
    override: str
    is_clinician: bool
    eligibility: int | None
    reverses_id: UUID | None
    reversed_by: UUID | None
    person: UUID | None
    lines: list[LineTold]


class BroughtBack(BackForm, frozen=True, kw_only=True):
    """`entry` is a line of the issue."""


class TakenBack(ReverseForm, frozen=True, kw_only=True):
    """Nothing is deleted: another voucher takes it back."""


async def read_book(ctx: TenantCtx, query: BookQuery) -> BookTold:
    page = await book_of(query.point, query.sku, place_of(ctx, query.after))
    return BookTold(lines=[_line(line) for line in page.lines], after=mark_of(ctx, page))


async def read_voucher(ctx: TenantCtx, voucher: UUID) -> VoucherTold:
    return _told(await voucher_of(voucher))


async def bring_back(ctx: TenantCtx, voucher: UUID, body: BroughtBack) -> VoucherId:
    key = str(body.key) if body.key else None
    posted = await give_back(ctx, voucher, body.entry, body.quantity, key)
    return VoucherId(id=posted.voucher, is_new=posted.is_new)


async def reverse(ctx: TenantCtx, voucher: UUID, body: TakenBack) -> VoucherId:
    posted = await take_back(ctx, voucher, body.reason)
    return VoucherId(id=posted.voucher, is_new=posted.is_new)


def _line(line: BookLine) -> LineTold:
    return convert(line, LineTold, from_attributes=True)


def _told(told: Told) -> VoucherTold:
    return convert(told, VoucherTold, from_attributes=True)


ROUTES = (
    Route(path="book", handler=read_book, permission=READ, summary="Read the book of a service point"),
    Route(path="vouchers/{voucher}", handler=read_voucher, permission=ISSUE, summary="Read a voucher"),
    Route(
        path="vouchers/{voucher}/return",
        handler=bring_back,
        permission=ISSUE,
        method="POST",
        status=201,
        summary="Enter unopened goods that come back of an issue",
    ),
    Route(
        path="vouchers/{voucher}/reverse",
        handler=reverse,
        permission=ISSUE,
        method="POST",
        status=201,
        summary="Take a voucher back by another one that is linked to it",
    ),
)
