"""The book of a service point, and what one voucher holds: as they were entered, and what came of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from core.sdk import NotFound, Prepared, TenantCtx, among
from plugins.supplies.tables import Entry, Recipient, Voucher

__all__ = ["BookLine", "BookPage", "Told", "book_of", "mark_of", "place_of", "voucher_of"]

PAGE = 50


class BookLine(Struct, frozen=True, kw_only=True):
    """A line of the book."""

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
    override: str = ""
    reference: str = ""
    """A delivery note or another document; of a return the id of its issue."""


class BookPage(Struct, frozen=True, kw_only=True):
    """`after`: where the next page begins."""

    lines: Sequence[BookLine]
    after: tuple[date, UUID] | None


class Told(Struct, frozen=True, kw_only=True):
    """A voucher: its own columns, its lines, and whom it names (the id alone)."""

    id: UUID
    kind: str
    day: date
    point: str
    reference: str
    is_anonymous: bool
    override: str
    is_clinician: bool
    eligibility: int | None
    reverses_id: UUID | None
    reversed_by: UUID | None
    made_at: datetime
    made_by: UUID | None
    person: UUID | None
    lines: Sequence[BookLine]


_voucher = Prepared(lambda voucher: Voucher.select().where(Voucher.id == voucher))
_reversal = Prepared(lambda voucher: Voucher.select(Voucher.id).where(Voucher.reverses_id == voucher))
_recipient = Prepared(
    lambda voucher: Recipient.select(Recipient.person_id).where(Recipient.voucher_id == voucher)
)
_lines = Prepared(lambda voucher: Entry.select().where(Entry.voucher_id == voucher).order_by(Entry.id))
_heads = Prepared(
    lambda vouchers: Voucher.select(Voucher.id, Voucher.override, Voucher.reference).where(
        among(Voucher.id, vouchers)
    )
)


async def voucher_of(voucher: UUID) -> Told:
    """Raises `NotFound`."""
    row = await _voucher.first(voucher)
    if row is None:
        raise NotFound
    recipient, reversal = await _recipient.first(voucher), await _reversal.first(voucher)
    own = {name: row[name] for name in Told.__struct_fields__ if name in row}
    return Told(
        **own,
        reversed_by=reversal["id"] if reversal else None,
        person=recipient["person_id"] if recipient else None,
        lines=[_line(line, row) for line in await _lines(voucher)],
    )


async def book_of(
    point: str, sku: str = "", after: tuple[date, UUID] | None = None, limit: int = PAGE
) -> BookPage:
    """The newest first."""
    query = Entry.select().where(Entry.point == point)
    if sku:
        query = query.where(Entry.sku == sku)
    if after is not None:
        day, entry = after
        query = query.where((Entry.day < day) | ((Entry.day == day) & (Entry.id < entry)))
    rows = await query.order_by(Entry.day, Entry.id, ascending=False).limit(limit + 1)
    shown = rows[:limit]
    heads = {row["id"]: row for row in await _heads([row["voucher_id"] for row in shown])}
    return BookPage(
        lines=[_line(row, heads[row["voucher_id"]]) for row in shown],
        after=(shown[-1]["day"], shown[-1]["id"]) if len(rows) > limit else None,
    )


def mark_of(ctx: TenantCtx, page: BookPage) -> str:
    """Where a page ended, as one word of an address; '' at the end."""
    return ctx.cursor("book", page.after[0].isoformat(), page.after[1]) if page.after else ""


def place_of(ctx: TenantCtx, mark: str) -> tuple[date, UUID] | None:
    """The opposite; raises `BadInput` for what is no such word."""
    values = ctx.at("book", mark)
    return (date.fromisoformat(values[0]), UUID(values[1])) if values else None


def _line(row: Mapping[str, Any], head: Mapping[str, Any]) -> BookLine:
    """`head`: the row of its voucher."""
    own = {name: row[name] for name in BookLine.__struct_fields__ if name in row}
    return BookLine(**own, voucher=row["voucher_id"], override=head["override"], reference=head["reference"])
