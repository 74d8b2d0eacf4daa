"""What each point has, uses and needs, from the ledger: by product, with the months that the average counts."""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from msgspec import Struct
from piccolo.query.functions.aggregate import Sum

from core.sdk import Prepared, TenantCtx, among
from plugins.supplies.services.books import last_book
from plugins.supplies.services.on_order import on_order
from plugins.supplies.services.points import ServicePoint
from plugins.supplies.services.recalls import recalled_on
from plugins.supplies.services.replenishing import Levels, Need, Use, add_months, latest, need_of
from plugins.supplies.settings import Settings
from plugins.supplies.tables import Entry, Stock

__all__ = ["Kept", "is_store", "levels_of", "needs_of"]

STORE = "town_station"
LOOK_BACK = 2
"""So many times the months that an average wants are looked at, to find as many with stock."""

USED = frozenset({"ISSUE", "RETURN"})
ARRIVED = frozenset({"RECEIPT", "TRANSFER_IN"})

Goods = tuple[str, str]
"""Point, sku."""


class Kept(Struct, frozen=True, kw_only=True):
    """One product at one point: A, B, C, D and E since the beginning of the last review, and what is needed.

    `unusable` is what of E is expired, recalled or set aside.
    """

    point: str
    sku: str
    beginning: int
    received: int
    consumed: int
    adjusted: int
    on_hand: int
    unusable: int
    need: Need


class _Day(Struct):
    """What the entries of a day did to a product at a point."""

    received: int = 0
    consumed: int = 0
    change: int = 0


_stock = Prepared(lambda points: Stock.select().where(among(Stock.point, points)))
_entries = Prepared(
    lambda points, book, start: (
        Entry.select(Entry.point, Entry.sku, Entry.day, Entry.kind, Sum(Entry.change, alias="total"))
        .where(among(Entry.point, points) & (Entry.book == book) & (Entry.day >= start))
        .group_by(Entry.point, Entry.sku, Entry.day, Entry.kind)
    )
)


def is_store(ctx: TenantCtx) -> bool:
    """Whether this unit is the one that the town's supplies come from."""
    return ctx.tenant.kind == STORE


def levels_of(point: ServicePoint) -> Levels:
    return Levels(
        minimum=Fraction(point.min_months),
        maximum=Fraction(point.max_months),
        emergency=Fraction(point.emergency_tenths, 10),
    )


async def needs_of(ctx: TenantCtx, points: Sequence[ServicePoint]) -> list[Kept]:
    """Of every product that ever lay at one of these points, by point and sku."""
    codes = [point.code for point in points]
    settings = await ctx.settings(Settings)
    kept = await last_book(ctx)
    if kept is None:
        return []
    book = kept.starts_on
    first = add_months(ctx.today, -settings.consumption_months * LOOK_BACK)
    days = _by_day(await _entries(codes, book, max(first, book)), is_store(ctx))
    on_hand, unusable = await _stock_of(ctx, codes)
    coming = await on_order(codes)
    since = max(add_months(ctx.today, -settings.review_months), book)
    levels = {point.code: levels_of(point) for point in points}
    found: list[Kept] = []
    for goods in sorted(on_hand):
        changes = days[goods]
        uses = _uses(changes, on_hand[goods], (max(first, book), ctx.today))
        need = need_of(
            latest(uses, settings.consumption_months),
            on_hand[goods] - unusable[goods],
            coming.get(goods, 0),
            levels[goods[0]],
        )
        found.append(_kept(goods, changes, since, (on_hand[goods], unusable[goods]), need))
    return found


def _kept(
    goods: Goods, changes: Mapping[date, _Day], since: date, stock: tuple[int, int], need: Need
) -> Kept:
    recent = [day for on, day in changes.items() if on >= since]
    received, consumed = sum(day.received for day in recent), sum(day.consumed for day in recent)
    change = sum(day.change for day in recent)
    return Kept(
        point=goods[0],
        sku=goods[1],
        beginning=stock[0] - change,
        received=received,
        consumed=consumed,
        adjusted=change - received + consumed,
        on_hand=stock[0],
        unusable=stock[1],
        need=need,
    )


def _by_day(rows: Sequence[Mapping[str, Any]], supplies_others: bool) -> dict[Goods, dict[date, _Day]]:
    """At the town's store what it sends is what it uses."""
    used = USED | {"TRANSFER_OUT"} if supplies_others else USED
    found: dict[Goods, dict[date, _Day]] = defaultdict(lambda: defaultdict(_Day))
    for row in rows:
        day = found[row["point"], row["sku"]][row["day"]]
        day.change += row["total"]
        if row["kind"] in used:
            day.consumed -= row["total"]
        elif row["kind"] in ARRIVED:
            day.received += row["total"]
    return found


async def _stock_of(ctx: TenantCtx, points: Collection[str]) -> tuple[dict[Goods, int], dict[Goods, int]]:
    """What the books say, and what of it nobody may be given."""
    recalled = await recalled_on(ctx, ctx.today)
    on_hand: dict[Goods, int] = defaultdict(int)
    unusable: dict[Goods, int] = defaultdict(int)
    for row in await _stock(points):
        goods = (row["point"], row["sku"])
        on_hand[goods] += row["balance"]
        is_sound = row["expiry"] >= ctx.today and row["held_since"] is None
        if not is_sound or (row["sku"], row["lot"]) in recalled:
            unusable[goods] += row["balance"]
    return on_hand, unusable


def _uses(changes: Mapping[date, _Day], balance: int, span: tuple[date, date]) -> list[Use]:
    """The complete months of the span, in their order: walked back from what is there today."""
    start, today = span
    uses: list[Use] = []
    month = today.replace(day=1)
    balance -= sum(day.change for on, day in changes.items() if on >= month)
    while month > start.replace(day=1):
        month = add_months(month, -1)
        length = monthrange(month.year, month.month)[1]
        with_stock = consumed = 0
        for day in range(length, 0, -1):
            on = month.replace(day=day)
            entry = changes.get(on)
            with_stock += on >= start and (balance > 0 or (entry is not None and entry.consumed > 0))
            if entry is not None:
                consumed += entry.consumed
                balance -= entry.change
        uses.append(
            Use(month=f"{month:%Y-%m}", consumed=consumed, stockout_days=length - with_stock, days=length)
        )
    return uses[::-1]
