"""What is on its way to a point: asked for or approved and not sent yet, or sent and not there yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from core.sdk import Prepared, among
from plugins.supplies.tables import Requisition, RequisitionLine, Shipment, ShipmentLine

__all__ = ["in_transit", "on_order"]

Goods = tuple[str, str]
"""Point, sku."""

_asked = Prepared(
    lambda points, states: Requisition.select(
        Requisition.id, Requisition.point_code, Requisition.state
    ).where(
        (Requisition.direction == "OUT")
        & among(Requisition.point_code, points)
        & among(Requisition.state, states)
    )
)
_lines = Prepared(
    lambda requisitions: RequisitionLine.select().where(among(RequisitionLine.requisition_id, requisitions))
)
_coming = Prepared(
    lambda points, states: Shipment.select(Shipment.id, Shipment.point_code).where(
        (Shipment.direction == "IN") & among(Shipment.point_code, points) & among(Shipment.state, states)
    )
)
_sent = Prepared(
    lambda requisitions, states: Shipment.select(Shipment.id, Shipment.requisition_id).where(
        (Shipment.direction == "IN")
        & among(Shipment.requisition_id, requisitions)
        & among(Shipment.state, states)
    )
)
_parts = Prepared(lambda shipments: ShipmentLine.select().where(among(ShipmentLine.shipment_id, shipments)))

WAITING = ("sent", "cancelling", "approved")
LEFT = ("sent", "received")


def in_transit(line: Mapping[str, Any]) -> int:
    """What of a line of a shipment is neither received, lost nor damaged."""
    return line["quantity"] - line["received"] - line["lost"] - line["damaged"]


async def on_order(points: Collection[str]) -> dict[Goods, int]:
    """By point and sku."""
    found: dict[Goods, int] = defaultdict(int)
    coming = {row["id"]: row["point_code"] for row in await _coming(points, ("sent", "accepted"))}
    if coming:
        for line in await _parts(list(coming)):
            found[coming[line["shipment_id"]], line["sku"]] += in_transit(line)
    asked = {row["id"]: row["point_code"] for row in await _asked(points, WAITING)}
    if asked:
        sent = await _sent_of(list(asked))
        for line in await _lines(list(asked)):
            wanted = line["asked"] if line["approved"] is None else line["approved"]
            left = wanted - sent[line["requisition_id"], line["sku"]]
            found[asked[line["requisition_id"]], line["sku"]] += max(0, left)
    return found


async def _sent_of(requisitions: Collection[UUID]) -> dict[tuple[UUID, str], int]:
    sent: dict[tuple[UUID, str], int] = defaultdict(int)
    shipments = {row["id"]: row["requisition_id"] for row in await _sent(requisitions, LEFT)}
    if shipments:
        for line in await _parts(list(shipments)):
            sent[shipments[line["shipment_id"]], line["sku"]] += line["quantity"]
    return sent
