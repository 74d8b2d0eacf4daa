"""What lies in the points of a unit, lot by lot, and what is to be looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from core.sdk import NotFound, Prepared, TenantCtx
from plugins.supplies.services.allotting import Lot
from plugins.supplies.services.expiry import Bucket, bucket_of
from plugins.supplies.services.recalls import recalled_on
from plugins.supplies.settings import Settings
from plugins.supplies.tables import Stock, Voucher

__all__ = [
    "LotAtPoint",
    "due_for_inspection",
    "lot_at_point",
    "lots",
    "near_expiry",
    "overrides_of_month",
]

_overrides = Prepared(
    lambda day: Voucher.select(Voucher.id).where(
        (Voucher.day >= day)
        & (Voucher.kind == "ISSUE")
        & (Voucher.override != "")
        & Voucher.reverses_id.is_null()
    )
)


class LotAtPoint(Lot, frozen=True, kw_only=True):
    """A row of the stock as a page shows it."""

    point: str
    sku: str
    received_on: date
    inspected_on: date | None
    held_since: date | None
    held_reason: str
    bucket: Bucket = ""

    def less(self, quantity: int) -> LotAtPoint:
        """Once so many are taken from it."""
        return replace(self, balance=self.balance - quantity)


_full = Prepared(
    lambda: Stock.select().where(Stock.balance > 0).order_by(Stock.point, Stock.sku, Stock.expiry, Stock.lot)
)
_at_point = Prepared(
    lambda point: (
        Stock.select()
        .where((Stock.point == point) & (Stock.balance > 0))
        .order_by(Stock.sku, Stock.expiry, Stock.lot)
    )
)
_one = Prepared(lambda row: Stock.select().where(Stock.id == row))


async def lots(ctx: TenantCtx, point: str = "", day: date | None = None) -> list[LotAtPoint]:
    """By point, product and expiry, those that have something in them; of one point, or of all."""
    rows = await (_at_point(point) if point else _full())
    recalled = await recalled_on(ctx, day or ctx.today)
    return [_lot(ctx, row, recalled) for row in rows]


async def lot_at_point(ctx: TenantCtx, row: UUID) -> LotAtPoint:
    """Raises `NotFound`."""
    found = await _one.first(row)
    if found is None:
        raise NotFound
    return _lot(ctx, found, await recalled_on(ctx, ctx.today))


def near_expiry(found: Iterable[LotAtPoint]) -> dict[Bucket, list[LotAtPoint]]:
    """Lots with something in them, by how near their expiry is; the expired first."""
    buckets: dict[Bucket, list[LotAtPoint]] = {"expired": [], "30": [], "90": [], "180": []}
    for lot in found:
        if lot.bucket and lot.balance > 0:
            buckets[lot.bucket].append(lot)
    return buckets


async def overrides_of_month(ctx: TenantCtx) -> int:
    """How often this month a limit or an earlier lot was passed over with a reason."""
    return len(await _overrides(ctx.today.replace(day=1)))


async def due_for_inspection(ctx: TenantCtx, found: Iterable[LotAtPoint]) -> list[LotAtPoint]:
    """What lies here for long and was not looked at lately, the longest first."""
    settings = await ctx.settings(Settings)
    in_since = ctx.today - timedelta(days=settings.inspect_after_days)
    seen_since = ctx.today - timedelta(days=settings.inspect_every_days)
    due = [
        lot
        for lot in found
        if lot.balance > 0 and lot.received_on < in_since and (lot.inspected_on or date.min) < seen_since
    ]
    return sorted(due, key=lambda lot: (lot.inspected_on or lot.received_on, lot.point, lot.sku, lot.lot))


def _lot(ctx: TenantCtx, row: Mapping[str, Any], recalled: set[tuple[str, str]]) -> LotAtPoint:
    told = {name: row[name] for name in LotAtPoint.__struct_fields__ if name in row}
    return LotAtPoint(
        **told,
        bucket=bucket_of(row["expiry"], ctx.today),
        is_recalled=(row["sku"], row["lot"]) in recalled,
        is_held=row["held_since"] is not None,
    )
