"""The ledger of a year as files tell it, entered at once: thousands of lines in a few statements.

A year of files begins a book of its own, in which every balance is 0 before its first line. A line is known by its
year and reference, so that entering the year again writes nothing. As in `ledger`, the stock is locked while it is
reckoned, and no balance may be below 0 at the end of any day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any, TypeVar
from uuid import UUID

from msgspec import Struct
from piccolo.query.functions.aggregate import Sum

from core.sdk import Conflict, TenantCtx, among, new_id, now
from core.sdk import gettext_noop as _
from plugins.supplies.services.catalogue import Product
from plugins.supplies.services.ledger import counted_as
from plugins.supplies.services.vouchers import Kind, change_of
from plugins.supplies.tables import Book, Entry, Recipient, Stock, Voucher

__all__ = ["YearLine", "YearOfFiles", "enter_year", "unknown_lines"]

AT_ONCE = 5_000
VOUCHER = ("id", "kind", "day", "point", "reference", "is_anonymous", "transfer_id", "other", "made_at")
ENTRY = (
    "voucher_id", "book", "day", "point", "sku", "lot", "expiry", "kind", "quantity", "change", "reason", "method",
    "figure", "is_tracer", "cyp_num", "cyp_den", "row_ref",
)  # fmt: skip
RECIPIENT = ("voucher_id", "person_id", "day")
STOCK = ("point", "sku", "lot", "expiry", "received_on", "balance")

Goods = tuple[str, str, str]
"""Point, sku, lot."""
Item = TypeVar("Item")


class YearOfFiles(Struct, frozen=True, kw_only=True):
    """`covered_to` is the last day that the files tell of."""

    number: int
    covered_to: date

    @property
    def first_day(self) -> date:
        return date(self.number, 1, 1)

    @property
    def last_day(self) -> date:
        return date(self.number, 12, 31)


class YearLine(Struct, frozen=True, kw_only=True):
    """A line that was found right; `row_ref` is unique in the unit. An issue is anonymous where it says so."""

    row_ref: str
    day: date
    point: str
    product: Product
    lot: str
    expiry: date
    kind: Kind
    quantity: int
    reason: str = ""
    reference: str = ""
    is_anonymous: bool = False
    person: UUID | None = None
    transfer_id: UUID | None = None
    other: str = ""

    @property
    def goods(self) -> Goods:
        return (self.point, self.product.sku, self.lot)


async def unknown_lines(refs: Sequence[str]) -> set[str]:
    """Those of the references under which nothing is entered yet."""
    known: set[str] = set()
    for piece in _pieces(refs):
        rows = await Entry.select(Entry.row_ref).where(among(Entry.row_ref, piece))
        known |= {row["row_ref"] for row in rows}
    return set(refs) - known


async def enter_year(ctx: TenantCtx, year: YearOfFiles, lines: Sequence[YearLine]) -> None:
    """Enter lines that are unknown so far, and open the book of the year. Raises `Conflict`."""
    is_last = await _open_book(ctx, year)
    if not lines:
        return
    await _begin_stock(lines) if is_last else None
    for piece in _pieces(sorted(lines, key=lambda line: line.day)):
        await _write(ctx, year, piece)
    await _keep_stock(year, lines, is_last=is_last)
    first = min(line.day for line in lines)
    ctx.changed(Entry, first, onwards=True)
    for day in {line.day.replace(day=1) for line in lines}:
        ctx.changed(Voucher, day)
        ctx.changed(Recipient, day)
    ctx.audit("supplies.year.enter", "voucher", None, detail={"year": year.number, "lines": len(lines)})


async def _open_book(ctx: TenantCtx, year: YearOfFiles) -> bool:
    """The book of the year, opened or kept up to its last covered day; whether it is the last one."""
    books = {row["starts_on"]: row for row in await Book.select().order_by(Book.starts_on)}
    later = [starts_on for starts_on in books if starts_on > year.first_day]
    known = books.get(year.first_day)
    if known is None:
        await _close_books_before(year, [row for row in books.values() if row["starts_on"] < year.first_day])
        ends_on = later[0] - timedelta(days=1) if later else None
        await Book.insert(Book(starts_on=year.first_day, ends_on=ends_on, kept_to=year.covered_to))
        if not later:
            # What lies there now is what the lines of the new book bring.
            await Stock.update({"balance": 0}, force=True)
        ctx.changed(Book, year.first_day, onwards=True)
    elif known["kept_to"] < year.covered_to:
        await Book.update({"kept_to": year.covered_to}).where(Book.starts_on == year.first_day)
        ctx.changed(Book, known["kept_to"], onwards=True)
    return not later


async def _close_books_before(year: YearOfFiles, earlier: Sequence[dict[str, Any]]) -> None:
    if not earlier or earlier[-1]["ends_on"] is not None:
        return
    last = earlier[-1]["starts_on"]
    if await Entry.exists().where((Entry.book == last) & (Entry.day >= year.first_day)):
        raise Conflict(
            _(
                "Its stock book goes on into %(year)s already, and a new one cannot begin before its last line."
            ),
            _("Load the years in their order, before the portal is used, or keep the year in the portal."),
            year=year.number,
        )
    ended = {"ends_on": year.first_day - timedelta(days=1)}
    await Book.update(ended).where(Book.starts_on == last)


async def _begin_stock(lines: Sequence[YearLine]) -> None:
    """Every lot has its row, and all of them are locked: what the portal enters now waits, or was before."""
    first = {line.goods: line for line in reversed(lines)}
    rows = [
        Stock(point=point, sku=sku, lot=lot, expiry=line.expiry, received_on=line.day, balance=0)
        for (point, sku, lot), line in sorted(first.items())
    ]
    for piece in _pieces(rows, 1_000):
        target = (Stock.tenant_id, Stock.point, Stock.sku, Stock.lot)
        await Stock.insert(*piece).on_conflict(target=target, action="DO NOTHING")
    await Stock.select(Stock.id).order_by(Stock.point, Stock.sku, Stock.lot).lock_rows("UPDATE")


async def _write(ctx: TenantCtx, year: YearOfFiles, lines: Sequence[YearLine]) -> None:
    made_at, ids = now(), [new_id() for _line in lines]
    await Voucher.insert_many(
        VOUCHER,
        [
            (voucher, line.kind, line.day, line.point, line.reference, line.is_anonymous, line.transfer_id,
             line.other, made_at)
            for voucher, line in zip(ids, lines, strict=True)
        ],
    )  # fmt: skip
    await Entry.insert_many(
        ENTRY,
        [
            (voucher, year.first_day, line.day, *line.goods, line.expiry, line.kind, line.quantity,
             change_of(line.kind, line.quantity), line.reason, *counted_as(line.product), line.row_ref)
            for voucher, line in zip(ids, lines, strict=True)
        ],
    )  # fmt: skip
    await Recipient.insert_many(
        RECIPIENT,
        [
            (voucher, line.person, line.day)
            for voucher, line in zip(ids, lines, strict=True)
            if line.person is not None
        ],
    )


async def _keep_stock(year: YearOfFiles, lines: Sequence[YearLine], *, is_last: bool) -> None:
    """What lies there is what all lines of the book add up to. Raises `Conflict` where that was ever below 0."""
    balances: dict[Goods, int] = defaultdict(int)
    for row in await _changes_by_day(year):
        goods = (row["point"], row["sku"], row["lot"])
        balances[goods] += row["change"]
        if balances[goods] < 0:
            raise Conflict(
                _("Of %(sku)s, lot %(lot)s, there would be less than nothing at %(point)s on %(day)s."),
                _("Other lines of this year were entered before. Load the folder that they came with."),
                point=goods[0],
                sku=goods[1],
                lot=goods[2],
                day=str(row["day"]),
            )
    if is_last:
        known = {
            (row["point"], row["sku"], row["lot"]): row
            for row in await Stock.select(Stock.point, Stock.sku, Stock.lot, Stock.expiry, Stock.received_on)
        }
        rows = [
            (*goods, known[goods]["expiry"], known[goods]["received_on"], balance)
            for goods, balance in balances.items()
        ]
        await Stock.insert_many(STOCK, rows, key=("point", "sku", "lot"))


async def _changes_by_day(year: YearOfFiles) -> list[dict[str, Any]]:
    return (
        await Entry.select(Entry.point, Entry.sku, Entry.lot, Entry.day, Sum(Entry.change, alias="change"))
        .where(Entry.book == year.first_day)
        .group_by(Entry.point, Entry.sku, Entry.lot, Entry.day)
        .order_by(Entry.day)
    )


def _pieces(items: Sequence[Item], size: int = AT_ONCE) -> Iterator[Sequence[Item]]:
    return (items[start : start + size] for start in range(0, len(items), size))
