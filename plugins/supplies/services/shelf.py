"""What lies at a service point and may be handed out, lot by lot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from msgspec import Struct

from core.sdk import Prepared, TenantCtx, among
from plugins.supplies.services.allotting import Lot
from plugins.supplies.tables import Point, Recall, Stock

__all__ = ["Place", "Shelf", "lock_lots", "lock_named", "open_points", "shelf_at", "skus_of"]

Shelf = Mapping[str, Sequence[Lot]]
"""The lots of each sku that have something in them."""


class Place(Struct, frozen=True, kw_only=True):
    """A service point where somebody hands out."""

    code: str
    name: str
    kind: str


_points = Prepared(lambda: Point.select().where(Point.is_open.eq(True)).order_by(Point.code))
_stock = Prepared(lambda point: Stock.select().where((Stock.point == point) & (Stock.balance > 0)))
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
_recalls = Prepared(
    lambda region, day: Recall.select(Recall.sku, Recall.lot, Recall.withdrawn_on).where(
        (Recall.region_id == region) & (Recall.recalled_on <= day)
    )
)


async def open_points() -> list[Place]:
    return [Place(code=row["code"], name=row["name"], kind=row["kind"]) for row in await _points()]


async def shelf_at(ctx: TenantCtx, point: str, day: date) -> Shelf:
    """The lots of a point as they stand on a day, whatever may be done with them."""
    recalled = {
        (row["sku"], row["lot"])
        for row in await _recalls(ctx.tenant.region_id, day)
        if row["withdrawn_on"] is None or row["withdrawn_on"] > day
    }
    shelf: dict[str, list[Lot]] = {}
    for row in await _stock(point):
        shelf.setdefault(row["sku"], []).append(_lot(row, recalled))
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


def _lot(row: Mapping[str, Any], recalled: set[tuple[str, str]]) -> Lot:
    return Lot(
        id=row["id"],
        lot=row["lot"],
        expiry=row["expiry"],
        balance=row["balance"],
        is_recalled=(row["sku"], row["lot"]) in recalled,
        is_held=row["held_since"] is not None,
    )
