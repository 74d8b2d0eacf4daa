"""Inspections, counts, who is to be told of a recall, files of vending machines."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from core.sdk.migrations import Foreign, Index, Table, migration

ID = "supplies_2026_11_28t00_00_03"
VERSION = "1.38.0"
DESCRIPTION = "inspections, counts, recall notices, files of machines"

AT_POINT = Foreign(("tenant_id", "point"), "supplies.point", ("tenant_id", "code"))

TABLES = (
    Table(
        schema="supplies",
        name="inspection",
        compartment="supplies",
        append_only=True,
        columns=(
            ("day", "date NOT NULL"),
            ("point", "text NOT NULL"),
            ("sku", "text NOT NULL"),
            ("lot", "text NOT NULL"),
            ("result", "text NOT NULL"),
            ("note", "text NOT NULL DEFAULT ''"),
            ("made_at", "timestamptz NOT NULL"),
            ("made_by", "uuid"),
        ),
        checks=("result IN ('SOUND', 'DOUBTFUL')",),
        foreign=(AT_POINT,),
        indexes=(Index(("tenant_id", "point", "sku", "lot", "day")),),
    ),
    Table(
        schema="supplies",
        name="stocktake",
        compartment="supplies",
        columns=(
            ("point", "text NOT NULL"),
            ("day", "date NOT NULL"),
            ("state", "text NOT NULL"),
            ("started_at", "timestamptz NOT NULL"),
            ("started_by", "uuid"),
            ("counted_by", "uuid"),
            ("applied_by", "uuid"),
        ),
        checks=("state IN ('open', 'counted', 'applied', 'cancelled')",),
        foreign=(AT_POINT,),
        indexes=(Index(("tenant_id", "started_at")),),
    ),
    Table(
        schema="supplies",
        name="stocktake_line",
        compartment="supplies",
        columns=(
            ("stocktake_id", "uuid NOT NULL"),
            ("sku", "text NOT NULL"),
            ("lot", "text NOT NULL"),
            ("expiry", "date NOT NULL"),
            ("counted", "int"),
            ("book", "int"),
        ),
        unique=(("tenant_id", "stocktake_id", "sku", "lot"),),
        checks=("counted >= 0", "book >= 0", "(counted IS NULL) = (book IS NULL)"),
        foreign=(Foreign(("tenant_id", "stocktake_id"), "supplies.stocktake"),),
    ),
    Table(
        schema="supplies",
        name="recall_notice",
        compartment="supplies",
        columns=(
            ("recall_id", "uuid NOT NULL"),
            ("person_id", "uuid NOT NULL"),
            ("told_at", "timestamptz"),
            ("told_by", "uuid"),
        ),
        indexes=(Index(("tenant_id", "recall_id")),),
        foreign=(Foreign(("tenant_id", "person_id"), "people.person"),),
    ),
    Table(
        schema="supplies",
        name="machine_file",
        compartment="supplies",
        columns=(
            ("point", "text NOT NULL"),
            ("file_name", "text NOT NULL"),
            ("state", "text NOT NULL"),
            ("rows", "text NOT NULL"),
            ("accepted", "int NOT NULL DEFAULT 0"),
            ("rejected", "int NOT NULL DEFAULT 0"),
            ("known", "int NOT NULL DEFAULT 0"),
            ("sent_at", "timestamptz NOT NULL"),
            ("sent_by", "uuid"),
        ),
        checks=("state IN ('planned', 'applied', 'cancelled')",),
        foreign=(AT_POINT,),
        indexes=(Index(("tenant_id", "sent_at")),),
    ),
)


async def forwards() -> MigrationManager:
    return migration(ID, "supplies", DESCRIPTION, TABLES)
