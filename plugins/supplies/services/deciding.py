"""The town's store: a requisition is approved, cut, returned or closed, each with a reason where somebody gets less."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from core.sdk import BadInput, NotFound, Prepared, TenantCtx, among
from core.sdk import gettext_noop as _
from plugins.supplies import tables
from plugins.supplies.services import requisitions
from plugins.supplies.services.needs import is_store
from plugins.supplies.services.recalls import recalled_on
from plugins.supplies.services.requisitions import DECIDE, Requisition, lines_of, locked, turn

__all__ = ["approve", "close", "close_if_done", "left_to_send", "own_stock", "packed_of", "send_back"]

_shipments = Prepared(
    lambda requisition, states: tables.Shipment.select(tables.Shipment.id).where(
        (tables.Shipment.direction == "OUT")
        & (tables.Shipment.requisition_id == requisition)
        & among(tables.Shipment.state, states)
    )
)
_parts = Prepared(
    lambda shipments: tables.ShipmentLine.select(tables.ShipmentLine.sku, tables.ShipmentLine.quantity).where(
        among(tables.ShipmentLine.shipment_id, shipments)
    )
)
_stock = Prepared(
    lambda skus: tables.Stock.select().where(among(tables.Stock.sku, skus) & (tables.Stock.balance > 0))
)

LEFT = ("sent", "received")


async def approve(
    ctx: TenantCtx, requisition: UUID, version: int, approved: Mapping[str, int], reason: str = ""
) -> None:
    """So much of each product; what is not told is approved as asked. Raises `BadInput`, `Conflict`."""
    half = await _to_decide(ctx, requisition, version)
    lines = await lines_of(requisition)
    given = {line.sku: approved.get(line.sku, line.asked) for line in lines}
    if approved.keys() - given.keys():
        raise BadInput(fields={"sku": _("This product was not asked for.")})
    if any(given[line.sku] > line.asked for line in lines):
        raise BadInput(fields={"approved": _("No more can be approved than was asked for.")})
    is_cut = any(given[line.sku] < line.asked for line in lines)
    if is_cut and not reason:
        raise BadInput(fields={"reason": _("Say why less is approved than was asked for.")})
    for sku, quantity in given.items():
        await tables.RequisitionLine.update({"approved": quantity}).where(
            (tables.RequisitionLine.requisition_id == requisition) & (tables.RequisitionLine.sku == sku)
        )
    await _decide(ctx, half, "approved" if any(given.values()) else "closed", reason)
    requisitions.note(ctx, "approve", requisition, unit=half.other_code, cut=int(is_cut))


async def send_back(ctx: TenantCtx, requisition: UUID, version: int, reason: str) -> None:
    """To be written anew, for a reason. Raises `BadInput`, `Conflict`."""
    half = await _to_decide(ctx, requisition, version)
    if not reason:
        raise BadInput(fields={"reason": _("Say what is to be changed, so that it can be sent again.")})
    await _decide(ctx, half, "returned", reason)
    requisitions.note(ctx, "return", requisition, unit=half.other_code)


async def close(ctx: TenantCtx, requisition: UUID, version: int, reason: str) -> None:
    """No more is sent of what was approved. Raises `BadInput`, `Conflict`."""
    half = await _half(ctx, requisition, version)
    if half.state != "approved":
        raise requisitions.changed_since()
    if not reason:
        raise BadInput(fields={"reason": _("Say why the rest is not sent.")})
    await _decide(ctx, half, "closed", reason)
    requisitions.note(ctx, "close", requisition, unit=half.other_code)


async def close_if_done(ctx: TenantCtx, half: Requisition) -> None:
    """Once all that was approved is sent."""
    if half.state == "approved" and not any((await left_to_send(half.id)).values()):
        await _decide(ctx, half, "closed", half.reason)
        requisitions.note(ctx, "close", half.id, unit=half.other_code)


async def left_to_send(requisition: UUID, *, with_packed: bool = False) -> dict[str, int]:
    """By product, what was approved and has not been sent; `with_packed`: nor is being packed."""
    sent = await packed_of(requisition, (*LEFT, "draft") if with_packed else LEFT)
    return {line.sku: max(0, (line.approved or 0) - sent[line.sku]) for line in await lines_of(requisition)}


async def packed_of(requisition: UUID, states: Sequence[str] = LEFT) -> Mapping[str, int]:
    """By product, what is in shipments for it that are in one of these states."""
    found: dict[str, int] = defaultdict(int)
    shipments = [row["id"] for row in await _shipments(requisition, states)]
    for row in await _parts(shipments) if shipments else ():
        found[row["sku"]] += row["quantity"]
    return found


async def own_stock(ctx: TenantCtx, skus: Sequence[str]) -> dict[str, int]:
    """What the store has of these at all its points that may go out."""
    recalled = await recalled_on(ctx, ctx.today)
    found: dict[str, int] = dict.fromkeys(skus, 0)
    for row in await _stock(skus):
        is_sound = row["held_since"] is None and row["expiry"] >= ctx.today
        if is_sound and (row["sku"], row["lot"]) not in recalled:
            found[row["sku"]] += row["balance"]
    return found


async def _decide(ctx: TenantCtx, half: Requisition, state: str, reason: str) -> None:
    await turn(half, state, reason=reason, decided_on=ctx.today, decided_by=ctx.actor.id)
    await requisitions.hand_over(ctx, DECIDE, half.id, half.other_code)


async def _to_decide(ctx: TenantCtx, requisition: UUID, version: int) -> Requisition:
    half = await _half(ctx, requisition, version)
    if half.state != "sent":
        raise requisitions.changed_since()
    return half


async def _half(ctx: TenantCtx, requisition: UUID, version: int) -> Requisition:
    """Only the town's store decides: elsewhere there is nothing of the kind."""
    if not is_store(ctx):
        raise NotFound
    return await locked(requisition, "IN", version)
