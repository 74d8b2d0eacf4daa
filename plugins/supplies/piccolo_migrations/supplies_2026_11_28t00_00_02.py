"""Requisitions and shipments: two linked halves each, one in either unit."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from core.sdk.migrations import Foreign, Index, Table, migration

ID = "supplies_2026_11_28t00_00_02"
VERSION = "1.38.0"
DESCRIPTION = "requisitions and shipments, and their lines"

OF_REQUISITION = Foreign(("tenant_id", "requisition_id"), "supplies.requisition", on_delete="CASCADE")
OF_SHIPMENT = Foreign(("tenant_id", "shipment_id"), "supplies.shipment", on_delete="CASCADE")

TABLES = (
    Table(
        schema="supplies",
        name="requisition",
        compartment="supplies",
        columns=(
            ("direction", "text NOT NULL"),
            ("other_code", "text NOT NULL"),
            ("other_zh", "text NOT NULL"),
            ("other_en", "text NOT NULL"),
            ("point_code", "text NOT NULL"),
            ("urgency", "text NOT NULL"),
            ("state", "text NOT NULL"),
            ("round", "int NOT NULL"),
            ("version", "int NOT NULL"),
            ("other_version", "int NOT NULL"),
            ("remark", "text NOT NULL"),
            ("reason", "text NOT NULL"),
            ("made_at", "timestamptz NOT NULL"),
            ("made_by", "uuid"),
            ("asked_on", "date"),
            ("asked_by", "uuid"),
            ("decided_on", "date"),
            ("decided_by", "uuid"),
        ),
        checks=(
            "direction IN ('OUT', 'IN')",
            "urgency IN ('NORMAL', 'EMERGENCY')",
            "state IN ('draft', 'sent', 'returned', 'approved', 'cancelling', 'cancelled', 'closed')",
            "direction = 'OUT' OR state NOT IN ('draft', 'cancelling')",
            "round >= 0 AND version > 0 AND other_version >= 0",
        ),
        indexes=(
            Index(("tenant_id", "made_at")),
            Index(("tenant_id", "direction", "state")),
            Index(("tenant_id", "other_code", "point_code")),
        ),
    ),
    Table(
        schema="supplies",
        name="requisition_line",
        compartment="supplies",
        columns=(
            ("requisition_id", "uuid NOT NULL"),
            ("sku", "text NOT NULL"),
            ("beginning", "int NOT NULL"),
            ("received", "int NOT NULL"),
            ("consumed", "int NOT NULL"),
            ("adjusted", "int NOT NULL"),
            ("on_hand", "int NOT NULL"),
            ("unusable", "int NOT NULL"),
            ("average", "int NOT NULL"),
            ("used", "text NOT NULL"),
            ("skipped", "text NOT NULL"),
            ("on_order", "int NOT NULL"),
            ("calculated", "int NOT NULL"),
            ("asked", "int NOT NULL"),
            ("remark", "text NOT NULL"),
            ("approved", "int"),
        ),
        unique=(("tenant_id", "requisition_id", "sku"),),
        checks=(
            "beginning + received - consumed + adjusted = on_hand",
            "unusable BETWEEN 0 AND on_hand",
            "average >= 0 AND on_order >= 0 AND calculated >= 0 AND asked >= 0 AND approved >= 0",
        ),
        foreign=(OF_REQUISITION,),
    ),
    Table(
        schema="supplies",
        name="shipment",
        compartment="supplies",
        columns=(
            ("direction", "text NOT NULL"),
            ("kind", "text NOT NULL"),
            ("requisition_id", "uuid"),
            ("other_code", "text NOT NULL"),
            ("other_zh", "text NOT NULL"),
            ("other_en", "text NOT NULL"),
            ("point_code", "text NOT NULL"),
            ("other_point", "text NOT NULL"),
            ("state", "text NOT NULL"),
            ("version", "int NOT NULL"),
            ("other_version", "int NOT NULL"),
            ("note", "text NOT NULL"),
            ("reason", "text NOT NULL"),
            ("made_at", "timestamptz NOT NULL"),
            ("made_by", "uuid"),
            ("sent_on", "date"),
            ("sent_by", "uuid"),
            ("received_on", "date"),
            ("received_by", "uuid"),
        ),
        checks=(
            "direction IN ('OUT', 'IN')",
            "kind IN ('SUPPLY', 'RETURN', 'REDISTRIBUTION')",
            "state IN ('draft', 'offered', 'accepted', 'declined', 'cancelled', 'sent', 'received')",
            "direction = 'OUT' OR state <> 'draft'",
            "state NOT IN ('sent', 'received') OR sent_on IS NOT NULL",
            "version > 0 AND other_version >= 0",
        ),
        indexes=(
            Index(("tenant_id", "made_at")),
            Index(("tenant_id", "direction", "state")),
            Index(("tenant_id", "requisition_id")),
        ),
    ),
    Table(
        schema="supplies",
        name="shipment_line",
        compartment="supplies",
        columns=(
            ("shipment_id", "uuid NOT NULL"),
            ("sku", "text NOT NULL"),
            ("lot", "text NOT NULL"),
            ("expiry", "date NOT NULL"),
            ("quantity", "int NOT NULL"),
            ("received", "int NOT NULL"),
            ("lost", "int NOT NULL"),
            ("damaged", "int NOT NULL"),
            ("why", "text NOT NULL"),
        ),
        unique=(("tenant_id", "shipment_id", "sku", "lot"),),
        checks=(
            "quantity > 0 AND received >= 0 AND lost >= 0 AND damaged >= 0",
            "received + lost + damaged <= quantity",
            "lost + damaged = 0 OR why <> ''",
        ),
        foreign=(OF_SHIPMENT,),
    ),
)


async def forwards() -> MigrationManager:
    return migration(ID, "supplies", DESCRIPTION, TABLES)
