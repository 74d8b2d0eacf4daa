"""Where goods come to: an offer is answered, and what arrives is counted lot by lot.

What is lost or damaged on the way is a loss in the books of the unit that counts it: it enters all that it accounts
for and, in the same transaction, the loss. So a transfer takes out of one unit's books what it brings into
another's, and the loss stands in exactly one place, with the reason of who saw it, whatever happens to the message
that tells the sender. Nobody stands with goods in hand because two units typed two dates: see `pack_dates`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from msgspec import Struct

from core.sdk import BadInput, TenantCtx
from core.sdk import gettext_noop as _
from plugins.supplies import tables
from plugins.supplies.services import ledger, shipments
from plugins.supplies.services.pack_dates import agree
from plugins.supplies.services.points import open_point_named
from plugins.supplies.services.requisitions import changed_since
from plugins.supplies.services.shipments import ANSWER, Shipment, ShipmentLine, lines_of, locked, turn
from plugins.supplies.services.vouchers import Act, Line
from plugins.supplies.services.wholly import wholly

__all__ = ["Counted", "accept", "decline", "receive"]


class Counted(Struct, frozen=True, kw_only=True):
    """Of a lot, what was found now; the rest of what was sent stays in transit."""

    sku: str
    lot: str
    received: int = 0
    lost: int = 0
    damaged: int = 0
    why: str = ""

    @property
    def accounted(self) -> int:
        return self.received + self.lost + self.damaged


async def accept(ctx: TenantCtx, shipment: UUID, point: str) -> None:
    """The offer is wanted, at this point. Raises `BadInput`, `Conflict` once it is answered or withdrawn."""
    half = await _offered(shipment)
    await open_point_named(point)
    await turn(half, "accepted", point_code=point)
    await shipments.hand_over(ctx, ANSWER, half)
    shipments.note(ctx, "accept", half)


async def decline(ctx: TenantCtx, shipment: UUID, reason: str) -> None:
    """The offer is not wanted. Raises `BadInput`, `Conflict`."""
    half = await _offered(shipment)
    if not reason:
        raise BadInput(fields={"reason": _("Say why, so that the other unit knows.")})
    await turn(half, "declined", reason=reason)
    await shipments.hand_over(ctx, ANSWER, half)
    shipments.note(ctx, "decline", half)


@wholly
async def receive(
    ctx: TenantCtx,
    shipment: UUID,
    version: int,
    point: str,
    counted: Sequence[Counted],
    day: date | None = None,
) -> None:
    """Enter what has come, and what was lost or damaged on the way. Raises `BadInput`, `Conflict`."""
    half = await locked(shipment, "IN", version)
    if half.state != "sent":
        raise changed_since()
    day = day or ctx.today
    if half.sent_on is not None and day < half.sent_on:
        raise BadInput(fields={"day": _("This is before the day on which it was sent.")})
    await open_point_named(point)
    lines = {(line.sku, line.lot): line for line in await lines_of(shipment)}
    now_counted = _checked(lines, counted)
    await _enter(ctx, half, point, day, [(lines[each.sku, each.lot], each) for each in now_counted])
    for each in now_counted:
        await _keep(shipment, lines[each.sku, each.lot], each)
    is_all = sum(line.in_transit for line in lines.values()) == sum(each.accounted for each in now_counted)
    values: dict[str, Any] = {"point_code": point, "received_on": day, "received_by": ctx.actor.id}
    await turn(half, "received" if is_all else "sent", **values)
    await shipments.hand_over(ctx, ANSWER, half)
    shipments.note(ctx, "receive", half)


def _checked(lines: dict[tuple[str, str], ShipmentLine], counted: Sequence[Counted]) -> list[Counted]:
    found = [each for each in counted if each.accounted]
    if not found:
        raise BadInput(fields={"received": _("Count at least one lot.")})
    if len({(each.sku, each.lot) for each in found}) < len(found):
        raise BadInput(fields={"received": _("Each lot is counted once.")})
    for each in found:
        line = lines.get((each.sku, each.lot))
        if line is None:
            raise BadInput(fields={"received": _("This lot is not on the shipment. Enter it as a receipt.")})
        if each.accounted > line.in_transit:
            raise BadInput(
                fields={
                    "received": _("More is counted than was sent. What came besides is a receipt of its own.")
                }
            )
        if each.lost + each.damaged and not each.why:
            raise BadInput(fields={"why": _("Say what happened to what is lost or damaged.")})
    return found


async def _enter(
    ctx: TenantCtx, half: Shipment, point: str, day: date, found: Sequence[tuple[ShipmentLine, Counted]]
) -> None:
    key = f"shipment:{half.id}:{half.version}"
    common: dict[str, Any] = {
        "day": day,
        "point": point,
        "reference": half.number,
        "transfer_id": half.id,
        "other": half.other_code,
    }
    came = [
        Line(sku=line.sku, lot=line.lot, expiry=line.expiry, quantity=each.accounted) for line, each in found
    ]
    came = await agree(ctx, came, half.number)
    await ledger.post(ctx, Act(kind="TRANSFER_IN", key=f"{key}:in", **common), came)
    gone = [
        Line(sku=line.sku, lot=line.lot, quantity=quantity, reason=reason)
        for line, each in found
        for reason, quantity in (("DAMAGED", each.damaged), ("LOST", each.lost))
        if quantity
    ]
    if gone:
        await ledger.post(ctx, Act(kind="LOSS", key=f"{key}:loss", **common), gone)


async def _keep(shipment: UUID, line: ShipmentLine, each: Counted) -> None:
    await tables.ShipmentLine.update(
        {
            "received": line.received + each.received,
            "lost": line.lost + each.lost,
            "damaged": line.damaged + each.damaged,
            "why": "; ".join(filter(None, (line.why, each.why))),
        }
    ).where(
        (tables.ShipmentLine.shipment_id == shipment)
        & (tables.ShipmentLine.sku == line.sku)
        & (tables.ShipmentLine.lot == line.lot)
    )


async def _offered(shipment: UUID) -> Shipment:
    half = await locked(shipment, "IN")
    if half.state != "offered":
        raise changed_since()
    return half
