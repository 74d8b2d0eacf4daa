"""The books of a unit: the last one is written in, and says up to which day stock-outs are counted."""

from __future__ import annotations

from datetime import date, timedelta

from msgspec import Struct

from core.sdk import Prepared, TenantCtx
from plugins.supplies.tables import Book

__all__ = ["OpenBook", "keep_up", "last_book", "lock_book", "open_book"]


class OpenBook(Struct, frozen=True):
    """The book that acts of the portal are entered in."""

    starts_on: date
    kept_to: date


_last = Prepared(lambda: Book.select().order_by(Book.starts_on, ascending=False).limit(1))


_locked = Prepared(
    lambda: Book.select(Book.id).order_by(Book.starts_on, ascending=False).limit(1).lock_rows("NO KEY UPDATE")
)


async def last_book(ctx: TenantCtx) -> OpenBook | None:
    """None where nothing was entered yet."""
    row = await _last.first()
    return OpenBook(row["starts_on"], row["kept_to"]) if row else None


async def open_book(ctx: TenantCtx) -> OpenBook:
    """The last book; the first act of a unit begins one."""
    book = await last_book(ctx)
    if book is not None:
        return book
    starts_on = min(ctx.tenant.books_from, ctx.today)
    book = OpenBook(starts_on, max(starts_on, ctx.today - timedelta(days=1)))
    row = Book(starts_on=book.starts_on, kept_to=book.kept_to)
    await Book.insert(row).on_conflict(target=(Book.tenant_id, Book.starts_on), action="DO NOTHING")
    ctx.changed(Book, starts_on, onwards=True)
    return book


async def lock_book(ctx: TenantCtx) -> None:
    """Whoever begins a lot waits for whoever begins another; who writes of known lots waits for neither."""
    await open_book(ctx)
    await _locked()


async def keep_up(ctx: TenantCtx) -> None:
    """Days that are over are counted: up to yesterday."""
    row = await _last.first()
    yesterday = ctx.today - timedelta(days=1)
    if row is None or row["kept_to"] >= yesterday:
        return
    await Book.update({"kept_to": yesterday}).where(Book.starts_on == row["starts_on"])
    ctx.changed(Book, row["kept_to"] + timedelta(days=1), onwards=True)
