"""What is taken from which lot: the earliest expiry first; a lot that is expired, recalled or set aside never."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from msgspec import Struct

from core.sdk import Conflict, Prepared, TenantCtx
from core.sdk import gettext_noop as _
from plugins.supplies.tables import Recall, Stock

__all__ = ["Lot", "Picked", "check_sound", "propose", "recalled_on", "sound_lots"]


class Lot(Struct, frozen=True, kw_only=True):
    """What lies of a lot at a point and may go out."""

    sku: str
    lot: str
    expiry: date
    balance: int


class Picked(Struct, frozen=True, kw_only=True):
    """So much of a lot."""

    sku: str
    lot: str
    expiry: date
    quantity: int


_lying = Prepared(
    lambda point: (
        Stock.select()
        .where((Stock.point == point) & (Stock.balance > 0))
        .order_by(Stock.sku, Stock.expiry, Stock.lot)
    )
)
_recalls = Prepared(
    lambda region, day: Recall.select(Recall.sku, Recall.lot).where(
        (Recall.region_id == region)
        & (Recall.recalled_on <= day)
        & (Recall.withdrawn_on.is_null() | (Recall.withdrawn_on > day))
    )
)


async def recalled_on(ctx: TenantCtx, day: date) -> set[tuple[str, str]]:
    """The lots that the town recalled, as sku and lot."""
    return {(row["sku"], row["lot"]) for row in await _recalls(ctx.tenant.region_id, day)}


async def sound_lots(ctx: TenantCtx, point: str) -> list[Lot]:
    """By product, the earliest expiry first."""
    recalled = await recalled_on(ctx, ctx.today)
    return [
        Lot(sku=row["sku"], lot=row["lot"], expiry=row["expiry"], balance=row["balance"])
        for row in await _lying(point)
        if row["held_since"] is None
        and row["expiry"] >= ctx.today
        and (row["sku"], row["lot"]) not in recalled
    ]


def propose(lots: Sequence[Lot], sku: str, quantity: int) -> list[Picked]:
    """Less than `quantity` where there is less."""
    picked: list[Picked] = []
    for lot in lots:
        taken = min(lot.balance, quantity) if lot.sku == sku else 0
        if taken > 0:
            picked.append(Picked(sku=sku, lot=lot.lot, expiry=lot.expiry, quantity=taken))
            quantity -= taken
    return picked


async def check_sound(ctx: TenantCtx, point: str, lines: Sequence[Any]) -> None:
    """Raises `Conflict` for the first lot that may not go out (any more); the ledger checks how much there is."""
    sound = {(lot.sku, lot.lot) for lot in await sound_lots(ctx, point)}
    lying = {(row["sku"], row["lot"]) for row in await _lying(point)}
    for line in lines:
        if (line.sku, line.lot) in lying - sound:
            raise Conflict(
                _("The lot %(lot)s is expired, recalled or set aside."),
                _("Take another lot; what is no good any more is entered as a loss where it lies."),
                lot=line.lot,
            )
