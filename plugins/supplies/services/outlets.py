"""Outlets where nobody asks for a name: outreach, and goods on consignment at a firm."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from core.sdk import BadInput, Conflict, NotFound, Prepared, TenantCtx
from core.sdk import gettext_noop as _
from plugins.supplies.services.allotting import allot
from plugins.supplies.services.catalogue import catalogue_on
from plugins.supplies.services.ledger import post
from plugins.supplies.services.moving import move
from plugins.supplies.services.points import ServicePoint, find_point
from plugins.supplies.services.sending import Taken
from plugins.supplies.services.stocking import LotAtPoint, lots
from plugins.supplies.services.vouchers import Act, Line, Posted
from plugins.supplies.services.wholly import wholly
from plugins.supplies.tables import Stock, Voucher

__all__ = ["consumed", "earliest", "hand_out_many", "lock_points", "restock", "settle_consignment"]


_entered = Prepared(lambda key: Voucher.select(Voucher.id).where(Voucher.key == key))


def earliest(found: Iterable[LotAtPoint], sku: str, quantity: int, day: date) -> list[Line]:
    """What expires first, of what may be handed out on a day. Raises `Conflict` where there is not so much."""
    allotted = allot([lot for lot in found if lot.sku == sku], quantity, day, day)
    if allotted.missing:
        raise Conflict(
            _("Only %(count)s of %(sku)s that may be handed out are at this point."),
            _("Bring more to this point first, or enter fewer."),
            count=quantity - allotted.missing,
            sku=sku,
        )
    return [Line(sku=sku, lot=part.lot.lot, quantity=part.quantity) for part in allotted.parts]


async def hand_out_many(
    ctx: TenantCtx, point: str, day: date, place: str, sku: str, quantity: int, key: str | None = None
) -> Posted:
    """Many pieces at one place and day, to whoever came by; nobody is asked for a name."""
    product = (await catalogue_on(ctx, day)).get(sku)
    if product is None or not product.is_anonymous_allowed:
        raise BadInput(fields={"sku": _("This product is not handed out without a name.")})
    await lock_points(point)
    # Once the point is locked, the first of two equal forms is either entered or not there.
    if key is not None and (known := await _entered.first(key)):
        return Posted(voucher=known["id"], is_new=False)
    lines = earliest(await lots(ctx, point), sku, quantity, day)
    return await post(ctx, Act(kind="ISSUE", day=day, point=point, reference=place, key=key), lines)


async def restock(ctx: TenantCtx, to: UUID, source: UUID, sku: str, quantity: int, day: date) -> None:
    """Goods go from a point of the unit to another one; the earliest lots first."""
    into, out = await find_point(to), await find_point(source)
    await lock_points(*sorted({into.code, out.code}))
    lines = earliest(await lots(ctx, out.code), sku, quantity, day)
    taken = [Taken(sku=line.sku, lot=line.lot, quantity=line.quantity) for line in lines]
    await move(ctx, out.code, into.code, taken, day=day)


def consumed(found: Sequence[LotAtPoint], numbers: Mapping[UUID, int]) -> tuple[list[Line], list[Line]]:
    """From what is left: what was taken, and, where more is there than in the books, what is added to them."""
    taken: list[Line] = []
    more: list[Line] = []
    for lot in found:
        difference = lot.balance - numbers[lot.id]
        if difference > 0:
            taken.append(Line(sku=lot.sku, lot=lot.lot, quantity=difference))
        elif difference < 0:
            more.append(Line(sku=lot.sku, lot=lot.lot, quantity=-difference, reason="COUNT_DIFF"))
    return taken, more


@wholly
async def settle_consignment(ctx: TenantCtx, point: UUID, day: date, numbers: Mapping[UUID, int]) -> int:
    """What lies at the firm was counted: what is missing since the last count was taken, by nobody knows whom."""
    place = await _consignment(point)
    await lock_points(place.code)
    found = await lots(ctx, place.code)
    if numbers.keys() != {lot.id for lot in found}:
        raise BadInput(fields={"lines": _("Write a number on every line; 0 where nothing is left.")})
    taken, more = consumed(found, numbers)
    products = (await catalogue_on(ctx, day)).products
    named = [
        line.sku for line in taken if line.sku in products and not products[line.sku].is_anonymous_allowed
    ]
    if named:
        raise BadInput(
            fields={
                "lines": _(
                    "Something is missing that is not handed out without a name. Count the point instead."
                )
            }
        )
    if taken:
        await post(ctx, Act(kind="ISSUE", day=day, point=place.code, reference=place.name), taken)
    if more:
        await post(ctx, Act(kind="ADJUST", day=day, point=place.code), more)
    return sum(line.quantity for line in taken)


async def _consignment(point: UUID) -> ServicePoint:
    place = await find_point(point)
    if place.kind != "CONSIGNMENT":
        raise NotFound
    return place


async def lock_points(*points: str) -> None:
    """Nobody takes from these points while the lots are chosen; in the order of the ledger."""
    for point in points:
        await (
            Stock.select(Stock.id)
            .where(Stock.point == point)
            .order_by(Stock.point, Stock.sku, Stock.lot)
            .lock_rows("UPDATE")
        )
