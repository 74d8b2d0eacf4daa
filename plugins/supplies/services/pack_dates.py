"""The expiry of a lot where two people have typed two: the earlier one counts, until somebody reads it off the pack.

A lot has one expiry wherever it lies in the unit. What was entered keeps the date of its day: a correction takes
the lot out with the old date and in with the new one, at each point where it lies, so that balances and what was
counted before stay, and the book says who changed the date, when and why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from msgspec import structs

from core.sdk import BadInput, Prepared, TenantCtx, among
from core.sdk import gettext_noop as _
from plugins.supplies.services.books import lock_book
from plugins.supplies.services.ledger import post
from plugins.supplies.services.stocking import lot_at_point
from plugins.supplies.services.vouchers import EXPIRY, Act, Line
from plugins.supplies.services.wholly import wholly
from plugins.supplies.tables import Shipment, ShipmentLine, Stock

__all__ = ["agree", "correct_expiry", "known_dates"]

NOT_SENT_YET = ("draft", "offered", "accepted")

_known = Prepared(
    lambda skus, lots: Stock.select(Stock.sku, Stock.lot, Stock.expiry).where(
        among(Stock.sku, skus) & among(Stock.lot, lots)
    )
)
_rows = Prepared(
    lambda sku, lot: (
        Stock.select(Stock.id, Stock.point, Stock.balance)
        .where((Stock.sku == sku) & (Stock.lot == lot))
        .order_by(Stock.point)
        .lock_rows("UPDATE")
    )
)


async def known_dates(goods: Sequence[tuple[str, str]]) -> dict[tuple[str, str], date]:
    """By sku and lot, as far as the unit knows them."""
    rows = await _known(sorted({sku for sku, _lot in goods}), sorted({lot for _sku, lot in goods}))
    return {(row["sku"], row["lot"]): row["expiry"] for row in rows}


async def agree(ctx: TenantCtx, lines: Sequence[Line], note: str) -> list[Line]:
    """Lines that another unit has dated, each with the expiry that counts here from now on."""
    goods = [(line.sku, line.lot) for line in lines]
    known = await known_dates(goods)
    if all(known.get(each, line.expiry) == line.expiry for each, line in zip(goods, lines, strict=True)):
        return list(lines)
    # Nobody else changes a date, or begins one of these lots, until this is entered.
    await lock_book(ctx)
    known = await known_dates(goods)
    agreed: list[Line] = []
    for each, line in zip(goods, lines, strict=True):
        here = known.get(each)
        if here is not None and line.expiry is not None and line.expiry < here:
            await _correct(ctx, *each, line.expiry, note)
        dates = [one for one in (here, line.expiry) if one is not None]
        agreed.append(structs.replace(line, expiry=min(dates, default=None)))
    return agreed


@wholly
async def correct_expiry(ctx: TenantCtx, row: UUID, expiry: date, note: str) -> None:
    """What stands on the pack, for the lot at all points of the unit. Raises `BadInput`, `NotFound`."""
    lot = await lot_at_point(ctx, row)
    await lock_book(ctx)
    if (await known_dates([(lot.sku, lot.lot)]))[lot.sku, lot.lot] == expiry:
        raise BadInput(fields={"expiry": _("This is the expiry that is known. Nothing has to be changed.")})
    if not note:
        raise BadInput(fields={"note": _("Say where this date stands, such as on the pack or on a paper.")})
    await _correct(ctx, lot.sku, lot.lot, expiry, note)


async def _correct(ctx: TenantCtx, sku: str, lot: str, expiry: date, note: str) -> None:
    rows = await _rows(sku, lot)
    await _turn(ctx, rows, sku, lot, -1, note)
    await Stock.update({"expiry": expiry}).where((Stock.sku == sku) & (Stock.lot == lot))
    packed = await Shipment.select(Shipment.id).where(
        (Shipment.direction == "OUT") & among(Shipment.state, NOT_SENT_YET)
    )
    await ShipmentLine.update({"expiry": expiry}).where(
        among(ShipmentLine.shipment_id, [each["id"] for each in packed])
        & (ShipmentLine.sku == sku)
        & (ShipmentLine.lot == lot)
    )
    for row in rows:
        ctx.audit(
            "supplies.lot.redate",
            "lot",
            row["id"],
            detail={"point": row["point"], "sku": sku, "lot": lot, "expiry": expiry.isoformat()},
        )
    await _turn(ctx, rows, sku, lot, 1, note)


async def _turn(
    ctx: TenantCtx, rows: Sequence[Mapping[str, Any]], sku: str, lot: str, sign: int, note: str
) -> None:
    for row in rows:
        if row["balance"]:
            act = Act(kind="ADJUST", day=ctx.today, point=row["point"], note=note)
            await post(ctx, act, [Line(sku=sku, lot=lot, quantity=sign * row["balance"], reason=EXPIRY)])
