"""What a point asks the store for, and what is on its way between two units: one half in each of them."""

from __future__ import annotations

from piccolo.columns import UUID, Date, Integer, Text, Timestamptz

from core.sdk import TableUse, TenantTable

__all__ = ["TABLES", "Requisition", "RequisitionLine", "Shipment", "ShipmentLine"]


class Requisition(TenantTable, tablename="requisition", schema="supplies"):
    """One half of a requisition, under the same id in both tenants; states are those of `services.requisitions`."""

    direction = Text()
    """OUT where it is asked, IN at the town's store."""
    other_code = Text()
    other_zh = Text()
    other_en = Text()
    point_code = Text()
    """The point that asks, by the code that its own unit calls it."""
    urgency = Text()
    state = Text()
    round = Integer(default=0)
    """How often it was sent: an answer to an earlier round changes nothing."""
    version = Integer(default=1)
    """Of this half; `other_version` is the latest of the other half that was taken here."""
    other_version = Integer(default=0)
    remark = Text(default="")
    reason = Text(default="")
    """Why it was returned, cut or closed."""
    made_at = Timestamptz()
    made_by = UUID(null=True, default=None)
    asked_on = Date(null=True, default=None)
    asked_by = UUID(null=True, default=None)
    decided_on = Date(null=True, default=None)
    decided_by = UUID(null=True, default=None)


class RequisitionLine(TenantTable, tablename="requisition_line", schema="supplies"):
    """What is asked of one product, and from which figures; the letters are those of `services.replenishing`."""

    requisition_id = UUID(default=None)
    sku = Text()
    beginning = Integer()
    received = Integer()
    consumed = Integer()
    adjusted = Integer()
    on_hand = Integer()
    unusable = Integer()
    """What of it is expired, recalled or set aside."""
    average = Integer()
    used = Text()
    """The months that the average counts, and those that it leaves out: `2025-01 2025-02`."""
    skipped = Text()
    on_order = Integer()
    calculated = Integer()
    asked = Integer()
    remark = Text(default="")
    approved = Integer(null=True, default=None)


class Shipment(TenantTable, tablename="shipment", schema="supplies"):
    """One half of a shipment, under the same id in both tenants; states are those of `services.shipments`."""

    direction = Text()
    """OUT where it leaves, IN where it comes to."""
    kind = Text()
    requisition_id = UUID(null=True, default=None)
    other_code = Text()
    other_zh = Text()
    other_en = Text()
    point_code = Text(default="")
    """Of this unit; IN: empty until somebody says where it goes to."""
    other_point = Text(default="")
    state = Text()
    version = Integer(default=1)
    other_version = Integer(default=0)
    note = Text(default="")
    reason = Text(default="")
    made_at = Timestamptz()
    made_by = UUID(null=True, default=None)
    sent_on = Date(null=True, default=None)
    sent_by = UUID(null=True, default=None)
    received_on = Date(null=True, default=None)
    received_by = UUID(null=True, default=None)


class ShipmentLine(TenantTable, tablename="shipment_line", schema="supplies"):
    """So much of one lot: what is neither received, lost nor damaged is in transit."""

    shipment_id = UUID(default=None)
    sku = Text()
    lot = Text()
    expiry = Date()
    quantity = Integer()
    received = Integer(default=0)
    lost = Integer(default=0)
    damaged = Integer(default=0)
    why = Text(default="")


TABLES = (
    TableUse(table=Requisition, compartment="supplies"),
    TableUse(table=RequisitionLine, compartment="supplies"),
    TableUse(table=Shipment, compartment="supplies"),
    TableUse(table=ShipmentLine, compartment="supplies"),
)
