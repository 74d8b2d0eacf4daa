"""What lies at a service point and may be handed out, lot by lot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from core.sdk import Prepared, TenantCtx, among
from plugins.supplies.services.allotting import Lot
from plugins.supplies.services.stocking import lots
from plugins.supplies.tables import Stock

__all__ = ["Shelf", "lock_lots", "lock_named", "shelf_at", "skus_of"]

Shelf = Mapping[str, Sequence[Lot]]
"""The lots of each sku that have something in them."""


_named = Prepared(
    lambda ids: Stock.select(Stock.id, Stock.point, Stock.sku, Stock.lot).where(among(Stock.id, ids))
)
_lots = Prepared(
    lambda point, lots: (
        Stock.select(Stock.id)
        .where((Stock.point == point) & among(Stock.lot, lots))
        .order_by(Stock.point, Stock.sku, Stock.lot)
        .lock_rows("UPDATE")
    )
)


async def shelf_at(ctx: TenantCtx, point: str, day: date) -> Shelf:
    """The lots of a point as they stand on a day, whatever may be done with them."""
    shelf: dict[str, list[Lot]] = {}
    for lot in await lots(ctx, point, day):
        shelf.setdefault(lot.sku, []).append(lot)
    return shelf


async def lock_lots(point: str, ids: Sequence[UUID]) -> None:
    """Whoever takes from the same lots waits; in the order in which the ledger locks them too."""
    await lock_named(point, [row["lot"] for row in await _named(list(ids)) if row["point"] == point])


async def lock_named(point: str, lots: Iterable[str]) -> None:
    """The same by the numbers of the lots."""
    await _lots(point, sorted(set(lots)))


async def skus_of(ids: Sequence[UUID]) -> dict[UUID, str]:
    """Which products these rows of the stock are of, with something in them or not."""
    return {row["id"]: row["sku"] for row in await _named(list(ids))} if ids else {}
