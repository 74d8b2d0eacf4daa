"""The one door to the ledger: an act is entered whole or not at all, and nothing that was entered is changed.

The rows of the stock that an act touches are locked in one order, so that acts at the same time wait for each other
and never for one another in a ring; the database itself refuses a balance below 0. What is entered for an earlier day
must not take a balance below 0 on any day since.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from msgspec import Struct, structs
from piccolo.query.functions.aggregate import Sum

from core.sdk import BadInput, Conflict, NotFound, Prepared, TenantCtx, among, new_id, now
from core.sdk import gettext_noop as _
from plugins.supplies.services.books import lock_book, open_book
from plugins.supplies.services.catalogue import Product, catalogue_on
from plugins.supplies.services.vouchers import Act, Line, Posted, change_of
from plugins.supplies.settings import Settings
from plugins.supplies.tables import Entry, Point, Recipient, Stock, Voucher

__all__ = ["counted_as", "post", "post_pair", "reverse"]

ENTRY = (
    "id", "voucher_id", "book", "day", "point", "sku", "lot", "expiry", "kind", "quantity", "change", "reason",
    "method", "figure", "is_tracer", "cyp_num", "cyp_den", "reverses_id",
)  # fmt: skip
STOCK = ("point", "sku", "lot", "expiry", "received_on", "balance")
GOODS = ("point", "sku", "lot")
VOUCHER = (
    "id", "kind", "day", "point", "reference", "note", "override", "is_clinician", "eligibility", "transfer_id",
    "other", "key", "is_anonymous", "reverses_id", "made_at", "made_by",
)  # fmt: skip
RECIPIENT = ("voucher_id", "person_id", "day")
BRINGS_LOTS = frozenset({"RECEIPT", "TRANSFER_IN", "ADJUST"})
TAKES_GOODS_OUT = frozenset({"ISSUE", "TRANSFER_OUT"})

Row = Mapping[str, Any]
Goods = tuple[str, str, str]
"""Point, sku, lot."""


class _Entry(Struct, frozen=True, kw_only=True):
    """A line before it is written: what it does, and what it is counted as."""

    goods: Goods
    expiry: date
    quantity: int
    reason: str
    counts_as: tuple[Any, ...]
    """method, figure, is_tracer, cyp_num, cyp_den."""
    reverses_id: UUID | None = None


async def post(ctx: TenantCtx, act: Act, lines: Sequence[Line]) -> Posted:
    """Enter an act. Raises `BadInput` for what cannot be right, `Conflict` where the stock is not there (any more)."""
    try:
        return await _posted(ctx, act, lines)
    except (BadInput, Conflict):
        # What was entered under the same key stays entered, whatever has become of the lots since.
        if act.key is None or (known := await _known(act.key)) is None:
            raise
        return Posted(voucher=known, is_new=False)


async def _posted(ctx: TenantCtx, act: Act, lines: Sequence[Line]) -> Posted:
    await _check_day(ctx, act.day)
    await _check_point(act.point)
    entries = await _entries(ctx, act, lines)
    if act.kind in BRINGS_LOTS:
        await _begin_lots(ctx, act, entries)
    stock = await _locked(act, entries)
    # Once the lots are locked, the first of two equal acts is either entered or not there.
    if act.key is not None and (known := await _known(act.key)):
        return Posted(voucher=known, is_new=False)
    return await _write(ctx, act, entries, stock)


async def post_pair(ctx: TenantCtx, out: Act, into: Act, lines: Sequence[Line]) -> tuple[Posted, Posted]:
    """Goods go from a point of the unit to another one: both halves at once, under one transfer.

    What names the transfer, and what makes the act the same once only, is told by `out` alone.
    """
    if out.point == into.point:
        raise BadInput(fields={"to": _("Choose another point than the one that the goods come from.")})
    out = structs.replace(out, transfer_id=out.transfer_id or new_id())
    key = into.key or (f"{out.key}:in" if out.key else None)
    into = structs.replace(into, key=key, transfer_id=out.transfer_id)
    for act in (out, into):
        await _check_point(act.point)
    expiries = await _expiries(lines)
    arriving = [structs.replace(line, expiry=expiries.get((line.sku, line.lot))) for line in lines]
    # Begun and locked before either half is entered, in the order of the points whichever way the goods go.
    if all(line.expiry for line in arriving):
        await _begin_lots(ctx, into, await _entries(ctx, into, arriving))
    for point in sorted((out.point, into.point)):
        await _lots(point, *_skus_and_lots((line.sku, line.lot) for line in lines))
    sent = await post(ctx, out, lines)
    return sent, await post(ctx, into, arriving)


async def reverse(ctx: TenantCtx, voucher: UUID, reason: str) -> Posted:
    """Take an act back by another one that is linked to it; `reason` is a code or words about goods.

    It is dated as the act itself, so that the act counts nowhere; in a month whose report is with the town, or in a
    book that is closed, it is dated today. Raises `Conflict` where it is taken back already, or the goods are gone.
    What is part of a transfer is not: the other part would stay, and goods would be made or lost.
    """
    row = await Voucher.select().where(Voucher.id == voucher).first()
    if row is None:
        raise NotFound
    if row["reverses_id"] is not None:
        raise Conflict(_("This takes another act back itself."), _("Enter the act anew instead."))
    if row["transfer_id"] is not None:
        raise Conflict(
            _("This is part of a transfer."), _("Send the goods back by another transfer instead.")
        )
    written = await Entry.select().where(Entry.voucher_id == voucher).order_by(Entry.id)
    day = await _day_of_reversal(ctx, row["day"])
    recipient = await Recipient.select().where(Recipient.voucher_id == voucher).first()
    names = ("kind", "point", "reference", "other")
    act = Act(
        **{name: row[name] for name in names},
        day=day,
        person=recipient["person_id"] if recipient else None,
        note="" if row["kind"] in ("ISSUE", "RETURN") else reason,
        override=reason if row["kind"] in ("ISSUE", "RETURN") else "",
    )
    entries = [_reversed(one) for one in written]
    stock = await _locked(act, entries)
    # Once the lots are locked, another who takes it back is either done or waits.
    if await Voucher.exists().where(Voucher.reverses_id == voucher):
        raise Conflict(_("This is taken back already."), _("Reload the page."))
    return await _write(ctx, act, entries, stock, reverses=row)


def _reversed(row: Mapping[str, Any]) -> _Entry:
    return _Entry(
        goods=(row["point"], row["sku"], row["lot"]),
        # The date may have been corrected since: that of the stock counts.
        expiry=date.max,
        quantity=-row["quantity"],
        reason=row["reason"],
        counts_as=tuple(row[name] for name in ("method", "figure", "is_tracer", "cyp_num", "cyp_den")),
        reverses_id=row["id"],
    )


async def _day_of_reversal(ctx: TenantCtx, day: date) -> date:
    book = await open_book(ctx)
    is_closed = day < book.starts_on or await ctx.reports.is_closed(day)
    return ctx.today if is_closed else day


_known_key = Prepared(lambda key: Voucher.select(Voucher.id).where(Voucher.key == key))
# Locked against its closing, which waits and then finds the goods; whoever else enters something shares it.
_point = Prepared(lambda code: Point.select(Point.is_open).where(Point.code == code).lock_rows("SHARE"))
_lots = Prepared(
    lambda point, skus, lots: (
        Stock.select()
        .where((Stock.point == point) & among(Stock.sku, skus) & among(Stock.lot, lots))
        .order_by(Stock.point, Stock.sku, Stock.lot)
        .lock_rows("UPDATE")
    )
)
_lots_of_unit = Prepared(
    lambda skus, lots: Stock.select(Stock.point, Stock.sku, Stock.lot, Stock.expiry).where(
        among(Stock.sku, skus) & among(Stock.lot, lots)
    )
)
_changes_since = Prepared(
    lambda book, point, sku, lot, day: (
        Entry.select(Entry.day, Sum(Entry.change, alias="change"))
        .where(
            (Entry.book == book)
            & (Entry.point == point)
            & (Entry.sku == sku)
            & (Entry.lot == lot)
            & (Entry.day > day)
        )
        .group_by(Entry.day)
        .order_by(Entry.day, ascending=False)
    )
)


async def _known(key: str) -> UUID | None:
    row = await _known_key.first(key)
    return row["id"] if row else None


async def _expiries(lines: Sequence[Line]) -> dict[tuple[str, str], date]:
    """By sku and lot, as far as the unit knows them."""
    rows = await _lots_of_unit(*_skus_and_lots((line.sku, line.lot) for line in lines))
    return {(row["sku"], row["lot"]): row["expiry"] for row in rows}


def _skus_and_lots(goods: Iterable[tuple[str, str]]) -> tuple[list[str], list[str]]:
    named = set(goods)
    return sorted({sku for sku, _lot in named}), sorted({lot for _sku, lot in named})


async def _check_day(ctx: TenantCtx, day: date) -> None:
    if day > ctx.today:
        raise BadInput(fields={"day": _("This day has not come yet.")})
    if day == ctx.today:
        return
    settings = await ctx.settings(Settings)
    if day < max((await open_book(ctx)).starts_on, ctx.today - timedelta(days=settings.backdate_days)):
        raise BadInput(
            fields={"day": _("This day is too long ago. Enter it with the day on which you found it.")}
        )
    if await ctx.reports.is_closed(day):
        raise BadInput(
            fields={"day": _("The report of this month is with the town. Enter it with a later day.")}
        )


async def _check_point(code: str) -> None:
    row = await _point.first(code)
    if row is None:
        raise BadInput(fields={"point": _("There is no such service point. Choose one of the list.")})
    if not row["is_open"]:
        raise BadInput(fields={"point": _("This service point is closed. Choose another one.")})


async def _entries(ctx: TenantCtx, act: Act, lines: Sequence[Line]) -> list[_Entry]:
    catalogue = await catalogue_on(ctx, act.day)
    if not lines:
        raise BadInput(fields={"lines": _("Enter at least one product.")})
    entries: list[_Entry] = []
    for line in lines:
        product = catalogue.get(line.sku)
        if product is None:
            raise BadInput(fields={"sku": _("This product is not in the town's catalogue.")})
        if line.quantity == 0 or (line.quantity < 0 and act.kind != "ADJUST"):
            raise BadInput(fields={"quantity": _("Enter a whole number above 0.")})
        entries.append(
            _Entry(
                goods=(act.point, line.sku, line.lot),
                expiry=line.expiry or date.max,
                quantity=line.quantity,
                reason=line.reason,
                counts_as=counted_as(product),
            )
        )
    return entries


def counted_as(product: Product) -> tuple[Any, ...]:
    """method, figure, is_tracer, cyp_num, cyp_den: what the product counts as, kept with its lines."""
    factor = product.factor
    parts = (factor.numerator, factor.denominator) if factor is not None else (None, None)
    return (product.method, product.figure, product.is_tracer, *parts)


async def _begin_lots(ctx: TenantCtx, act: Act, entries: Sequence[_Entry]) -> None:
    """A lot that comes for the first time has a row before any is locked. It has one expiry wherever it lies."""
    if not await _missing(entries):
        return
    await lock_book(ctx)
    missing = await _missing(entries)
    first = {entry.goods: entry for entry in missing}
    rows = [(*goods, first[goods].expiry, act.day, 0) for goods in sorted(first)]
    await Stock.insert_many(STOCK, rows)


async def _missing(entries: Sequence[_Entry]) -> list[_Entry]:
    """Those whose lot is new at the point. Raises `BadInput` where it is known elsewhere with another expiry."""
    rows = await _lots_of_unit(*_skus_and_lots(entry.goods[1:] for entry in entries))
    there = {_goods(row) for row in rows}
    expiries = {(row["sku"], row["lot"]): row["expiry"] for row in rows}
    missing = [entry for entry in entries if entry.goods not in there]
    if any(entry.expiry == date.max for entry in missing):
        raise BadInput(fields={"expiry": _("This lot is new here. Tell when it expires.")})
    if any(expiries.setdefault(entry.goods[1:], entry.expiry) != entry.expiry for entry in missing):
        raise _other_expiry()
    return missing


async def _locked(act: Act, entries: Sequence[_Entry]) -> dict[Goods, Row]:
    """The stock of these goods, locked."""
    rows = await _lots(act.point, *_skus_and_lots(entry.goods[1:] for entry in entries))
    found = {_goods(row): row for row in rows}
    if any(entry.goods not in found for entry in entries):
        raise BadInput(
            fields={"lot": _("This lot never came to this service point. Choose one that is there.")}
        )
    if any(entry.expiry not in (date.max, found[entry.goods]["expiry"]) for entry in entries):
        raise _other_expiry()
    return found


def _other_expiry() -> BadInput:
    return BadInput(
        fields={
            "expiry": _(
                "This lot is known with another expiry. If the pack says so too, correct the lot first."
            )
        }
    )


def _goods(row: Any) -> Goods:
    return (row["point"], row["sku"], row["lot"])


async def _write(
    ctx: TenantCtx,
    act: Act,
    entries: Sequence[_Entry],
    stock: Mapping[Goods, Row],
    reverses: Row | None = None,
) -> Posted:
    book = await open_book(ctx)
    balances = await _balances(ctx, act, entries, stock, book.starts_on)
    rows = [
        (*goods, stock[goods]["expiry"], stock[goods]["received_on"], balances[goods]) for goods in balances
    ]
    await Stock.insert_many(STOCK, rows, key=GOODS)
    voucher = new_id()
    await Voucher.insert_many(VOUCHER, [(voucher, *_told(ctx, act, reverses))])
    if act.person is not None:
        await Recipient.insert_many(RECIPIENT, [(voucher, act.person, act.day)])
        ctx.changed(Recipient, act.day)
    await Entry.insert_many(
        ENTRY,
        [
            (
                new_id(), voucher, book.starts_on, act.day, *entry.goods, stock[entry.goods]["expiry"], act.kind,
                entry.quantity, change_of(act.kind, entry.quantity), entry.reason, *entry.counts_as,
                entry.reverses_id,
            )
            for entry in entries
        ],
    )  # fmt: skip
    ctx.changed(Voucher, act.day)
    ctx.changed(Entry, act.day, onwards=True)
    verb = "post" if reverses is None else "reverse"
    detail = {"kind": act.kind, "point": act.point, "lines": len(entries)}
    ctx.audit(f"supplies.voucher.{verb}", "voucher", voucher, detail=detail)
    return Posted(voucher=voucher)


def _told(ctx: TenantCtx, act: Act, reverses: Row | None) -> tuple[Any, ...]:
    """What the voucher says, in the order of its columns."""
    is_anonymous = reverses["is_anonymous"] if reverses else act.kind == "ISSUE" and act.person is None
    of_act = [getattr(act, name) for name in VOUCHER if name in act.__struct_fields__]
    return (*of_act, is_anonymous, reverses["id"] if reverses else None, now(), ctx.actor.id)


async def _balances(
    ctx: TenantCtx,
    act: Act,
    entries: Sequence[_Entry],
    stock: Mapping[Goods, Row],
    book: date,
) -> dict[Goods, int]:
    """What is left of each lot; raises `Conflict` where it would be below 0, now or on a day since."""
    changes: dict[Goods, int] = defaultdict(int)
    for entry in entries:
        changes[entry.goods] += change_of(act.kind, entry.quantity)
    for goods, change in changes.items():
        row = stock[goods]
        if row["held_since"] is not None and act.kind in TAKES_GOODS_OUT and change < 0:
            raise Conflict(
                _("The lot %(lot)s is set aside."), _("Take another lot, or release it first."), lot=goods[2]
            )
        left = row["balance"] + change
        if change < 0 and (
            left < 0 or await _lowest_since(ctx, act.day, goods, book, row["balance"]) + change < 0
        ):
            raise Conflict(
                _("Of the lot %(lot)s only %(balance)s are there."),
                _("Take fewer, or another lot."),
                lot=goods[2],
                balance=row["balance"],
            )
    return {goods: stock[goods]["balance"] + change for goods, change in changes.items()}


async def _lowest_since(ctx: TenantCtx, day: date, goods: Goods, book: date, balance: int) -> int:
    """The lowest balance at the end of any day from `day` on; today there is no later one."""
    lowest = balance
    if day < ctx.today:
        for row in await _changes_since(book, *goods, day):
            balance -= row["change"]
            lowest = min(lowest, balance)
    return lowest
