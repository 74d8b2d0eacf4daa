"""`townbridge export stock`: what lay of every lot at the end of the last covered month (exchange format, 10)."""

from __future__ import annotations

from collections.abc import AsyncIterator

from piccolo.query.functions.aggregate import Sum

from core.sdk import Covered, TenantCtx
from plugins.supplies.tables import Book, Entry

__all__ = ["COLUMNS", "balances_of"]

COLUMNS = ("tenant", "point", "sku", "lot", "balance")


async def balances_of(ctx: TenantCtx, covered: Covered) -> AsyncIterator[tuple[object, ...]]:
    """Every lot of the book that was open on that day, those of which nothing is left included."""
    book = await (
        Book.select(Book.starts_on)
        .where(Book.starts_on <= covered.last_day)
        .order_by(Book.starts_on, ascending=False)
        .first()
    )
    if book is None:
        return
    rows = await (
        Entry.select(Entry.point, Entry.sku, Entry.lot, Sum(Entry.change, alias="balance"))
        .where((Entry.book == book["starts_on"]) & (Entry.day <= covered.last_day))
        .group_by(Entry.point, Entry.sku, Entry.lot)
    )
    for row in sorted(rows, key=lambda row: (row["point"], row["sku"], row["lot"])):
        yield (ctx.tenant.code, row["point"], row["sku"], row["lot"], row["balance"])
