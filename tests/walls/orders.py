"""Requisitions and shipments of a place, each as far as an address needs it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from core.kernel.ids import new_id
from core.kernel.scope import Scope
from core.sdk import now
from core.testing import OPENED, TOWN
from plugins.supplies.tables import Point, Requisition, RequisitionLine, Shipment, ShipmentLine

if TYPE_CHECKING:
    from tests.walls.doors import Door
    from tests.walls.stage import Stage

__all__ = [
    "LOT",
    "REQUISITIONS",
    "SHIPMENTS",
    "STORES",
    "fill_orders",
    "make_stores",
    "order_body",
    "requisition",
    "requisition_for",
    "shipment",
    "shipment_for",
]

DAY = date(2026, 10, 5)
EXPIRY = date(2039, 12, 31)
STORES = ("T01", "T03")
"""Units that are stations of the town: one decides, the other is asked by it."""

LOT = {"sku_1": "CON-M", "lot_1": "A"}

REQUISITIONS = {
    "approve": ("IN", "sent"),
    "return": ("IN", "sent"),
    "close": ("IN", "approved"),
    "pack": ("IN", "approved"),
    "cancel": ("OUT", "sent"),
}
SHIPMENTS = {"accept": ("IN", "offered"), "decline": ("IN", "offered"), "receive": ("IN", "sent")}
"""Which half, and in which state, a step needs; the others need a draft."""


async def make_stores(stage: Stage) -> None:
    """Otherwise nobody could be asked from t01, and nothing be decided there."""
    region = stage.places[TOWN].region.id
    async with stage.platform.database.transaction(Scope.town(region)) as tx:
        await tx.execute(
            "UPDATE tenancy.tenant SET kind = 'town_station' WHERE region_id = $1 AND code = ANY($2)",
            region,
            list(STORES),
        )


async def fill_orders(stage: Stage, place: str) -> dict[str, str]:
    async with stage.counter(place, "supplies") as ctx:
        await Point.insert(Point(code="B1", name="自助箱", kind="BOX", opened_on=OPENED))
        ctx.changed(Point, OPENED, onwards=True)
    return {
        "requisition": str(await requisition(stage, place, "OUT", "draft")),
        "shipment": str(await shipment(stage, place, "OUT", "draft")),
    }


async def requisition_for(stage: Stage, door: Door, values: dict[str, str]) -> UUID:
    return await requisition(stage, "t01", *REQUISITIONS.get(_step(door), ("OUT", "draft")))


async def shipment_for(stage: Stage, door: Door, values: dict[str, str]) -> UUID:
    return await shipment(stage, "t01", *SHIPMENTS.get(_step(door), ("OUT", "draft")))


async def requisition(stage: Stage, place: str, direction: str, state: str) -> UUID:
    half = new_id()
    async with stage.counter(place, "supplies"):
        await Requisition.insert(
            Requisition(
                id=half, direction=direction, other_code="T03", other_zh="镇站", other_en="Station", state=state,
                point_code="S1", urgency="NORMAL", round=int(state != "draft"), made_at=now(), asked_on=DAY,
            )
        )  # fmt: skip
        figures: dict[str, Any] = dict.fromkeys(
            ("beginning", "received", "consumed", "adjusted", "on_hand", "unusable", "average", "on_order"), 0
        )
        await RequisitionLine.insert(
            RequisitionLine(
                requisition_id=half, sku="CON-M", used="", skipped="", calculated=0, asked=1, remark="so",
                approved=1 if state == "approved" else None, **figures,
            )
        )  # fmt: skip
    return half


async def shipment(stage: Stage, place: str, direction: str, state: str) -> UUID:
    half = new_id()
    async with stage.counter(place, "supplies"):
        await Shipment.insert(
            Shipment(
                id=half, direction=direction, kind="RETURN", other_code="T03", other_zh="镇站", other_en="Station",
                point_code="S1", state=state, made_at=now(), sent_on=DAY if state == "sent" else None,
            )
        )  # fmt: skip
        await ShipmentLine.insert(
            ShipmentLine(shipment_id=half, sku="CON-M", lot="A", expiry=EXPIRY, quantity=1)
        )
    return half


def order_body(kind: str, told: dict[str, Any]) -> dict[str, Any] | None:
    """Bodies that hold lots."""
    lot = {"sku": "CON-M", "lot": "A"}
    if kind == "Count":
        return {**told, "version": 1, "lots": [{**lot, "received": 1}]}
    if kind == "Packed":
        return {**told, "version": 1, "lots": [{**lot, "quantity": 1}]}
    return {**told, "lots": [{**lot, "quantity": 1}]} if kind == "NewTransfer" else None


def _step(door: Door) -> str:
    return door.address.path.rpartition("/")[2]
