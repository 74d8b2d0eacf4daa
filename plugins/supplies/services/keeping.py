"""Keeping stock: what came, what is spoilt, what is set aside, what was looked at."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal
from uuid import UUID

from core.sdk import BadInput, Conflict, TenantCtx, among, new_id, now
from core.sdk import gettext_noop as _
from plugins.supplies.services.ledger import post
from plugins.supplies.services.stocking import LotAtPoint, lot_at_point
from plugins.supplies.services.vouchers import Act, Line, Posted
from plugins.supplies.tables import Inspection, Stock

__all__ = [
    "CHECKS",
    "HOLD_REASONS",
    "INSPECTION_RESULTS",
    "Check",
    "hold",
    "inspect",
    "lose",
    "receive",
    "release",
]

Check = Literal["unit", "date", "product", "price", "specification", "lot", "expiry", "quantity", "package"]
CHECKS: dict[Check, str] = {
    "unit": _("The note is for this unit"),
    "date": _("The day on the note is right"),
    "product": _("Product"),
    "price": _("Price, or free of charge"),
    "specification": _("Size or dose"),
    "lot": _("Lot"),
    "expiry": _("Expiry"),
    "quantity": _("Quantity"),
    "package": _("Packing is whole and dry"),
}
"""Two checks of the note (unit, day) and seven comparisons of the goods with it."""

HOLD_REASONS = {
    "DAMP": _("damp"),
    "DAMAGED": _("damaged"),
    "TOO_HOT": _("lay too hot"),
    "SUSPECT": _("something is wrong with it"),
    "RECALL": _("recalled"),
    "EXPIRED": _("expired"),
}
INSPECTION_RESULTS = {"SOUND": _("sound"), "DOUBTFUL": _("doubtful, set aside")}


async def receive(
    ctx: TenantCtx,
    point: str,
    day: date,
    reference: str,
    lines: Sequence[Line],
    checked: Sequence[str],
    key: str | None = None,
) -> Posted:
    """Goods of a delivery note. They were looked at when they came, so they count as inspected on the day."""
    if set(checked) != set(CHECKS):
        raise BadInput(fields={"checked": _("Check the note and the goods, and tick each of the nine.")})
    if not reference:
        raise BadInput(fields={"reference": _("Write the number of the delivery note.")})
    soon = [line for line in lines if line.expiry is not None and line.expiry < min(day, ctx.today)]
    if soon:
        raise BadInput(fields={"expiry": _("Expired goods are not taken in. Send them back.")})
    posted = await post(ctx, Act(kind="RECEIPT", day=day, point=point, reference=reference, key=key), lines)
    if posted.is_new:
        here = (Stock.point == point) & among(Stock.lot, [line.lot for line in lines])
        await Stock.update({"inspected_on": day}).where(here)
    return posted


async def lose(
    ctx: TenantCtx,
    row: UUID,
    day: date,
    quantity: int,
    reason: Literal["EXPIRED", "DAMAGED", "RECALL"],
    note: str = "",
) -> Posted:
    """Goods that are taken out and done away with."""
    lot = await lot_at_point(ctx, row)
    if reason == "EXPIRED" and lot.expiry >= day:
        raise BadInput(fields={"reason": _("This lot has not expired on that day.")})
    if reason == "RECALL" and not lot.is_recalled:
        raise BadInput(fields={"reason": _("This lot is not called back.")})
    line = Line(sku=lot.sku, lot=lot.lot, quantity=quantity, reason=reason)
    return await post(ctx, Act(kind="LOSS", day=day, point=lot.point, note=note), [line])


async def hold(ctx: TenantCtx, row: UUID, reason: str) -> None:
    """Set a lot aside at its point: nobody hands it out or sends it until it is released."""
    lot = await _locked(ctx, row)
    if lot.is_held:
        raise Conflict(_("This lot is set aside already."), _("Reload the page."))
    await Stock.update({"held_since": ctx.today, "held_reason": reason}).where(Stock.id == row)
    ctx.audit("supplies.lot.hold", "lot", row, detail=_where(lot) | {"reason": reason})


async def release(ctx: TenantCtx, row: UUID) -> None:
    lot = await _locked(ctx, row)
    if not lot.is_held:
        raise Conflict(_("This lot is not set aside."), _("Reload the page."))
    await Stock.update({"held_since": None, "held_reason": ""}).where(Stock.id == row)
    ctx.audit("supplies.lot.release", "lot", row, detail=_where(lot) | {"reason": lot.held_reason})


async def inspect(ctx: TenantCtx, row: UUID, result: Literal["SOUND", "DOUBTFUL"], note: str = "") -> None:
    """Somebody looked at the lot; a doubtful one is set aside at once."""
    lot = await _locked(ctx, row)
    inspection = Inspection(
        id=new_id(),
        day=ctx.today,
        point=lot.point,
        sku=lot.sku,
        lot=lot.lot,
        result=result,
        note=note,
        made_at=now(),
        made_by=ctx.actor.id,
    )
    await Inspection.insert(inspection)
    await Stock.update({"inspected_on": ctx.today}).where(Stock.id == row)
    ctx.audit("supplies.lot.inspect", "lot", row, detail=_where(lot) | {"result": result})
    if result == "DOUBTFUL" and not lot.is_held:
        await hold(ctx, row, "SUSPECT")


async def _locked(ctx: TenantCtx, row: UUID) -> LotAtPoint:
    """Nobody takes from it meanwhile."""
    await Stock.select(Stock.id).where(Stock.id == row).lock_rows("UPDATE")
    return await lot_at_point(ctx, row)


def _where(lot: LotAtPoint) -> dict[str, str | int]:
    return {"point": lot.point, "sku": lot.sku, "lot": lot.lot}
