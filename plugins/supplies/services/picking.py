"""What goes out to another point or unit, from which lots: the earliest expiry first, and only sound ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from msgspec import Struct

from core.sdk import Conflict, TenantCtx
from core.sdk import gettext_noop as _
from plugins.supplies.services.allotting import allot, fault_of
from plugins.supplies.services.stocking import LotAtPoint, lots

__all__ = ["Picked", "check_sound", "propose", "sound_lots"]


class Picked(Struct, frozen=True, kw_only=True):
    """So much of a lot."""

    sku: str
    lot: str
    expiry: date
    quantity: int


async def sound_lots(ctx: TenantCtx, point: str) -> list[LotAtPoint]:
    """By product, the earliest expiry first."""
    return [lot for lot in await lots(ctx, point) if fault_of(lot, ctx.today, ctx.today) is None]


def propose(sound: Sequence[LotAtPoint], sku: str, quantity: int, day: date) -> list[Picked]:
    """Less than `quantity` where there is less."""
    parts = allot([lot for lot in sound if lot.sku == sku], quantity, day, day).parts
    return [
        Picked(sku=sku, lot=part.lot.lot, expiry=part.lot.expiry, quantity=part.quantity) for part in parts
    ]


async def check_sound(ctx: TenantCtx, point: str, lines: Sequence[Any]) -> None:
    """Raises `Conflict` for the first lot that may not go out (any more); the ledger checks how much there is."""
    faulty = {(lot.sku, lot.lot) for lot in await lots(ctx, point) if fault_of(lot, ctx.today, ctx.today)}
    for line in lines:
        if (line.sku, line.lot) in faulty:
            raise Conflict(
                _("The lot %(lot)s is expired, recalled or set aside."),
                _("Take another lot; what is no good any more is entered as a loss where it lies."),
                lot=line.lot,
            )
