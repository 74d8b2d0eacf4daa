"""What is filled in by hand."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from core.sdk.migrations import Table, migration

ID = "reporting_2026_11_27t00_00_00"
VERSION = "1.38.0"
DESCRIPTION = "cells filled in by hand"

TABLES = (
    Table(
        schema="reporting",
        name="entry",
        compartment="reports",
        columns=(
            ("period", "text NOT NULL"),
            ("indicator", "text NOT NULL"),
            ("cut", "text NOT NULL"),
            ("number", "int"),
            ("remark", "text NOT NULL DEFAULT ''"),
            ("changed_at", "timestamptz NOT NULL"),
            ("changed_by", "uuid"),
        ),
        unique=(("tenant_id", "period", "indicator", "cut"),),
        checks=("number >= 0",),
    ),
)


async def forwards() -> MigrationManager:
    return migration(ID, "reporting", DESCRIPTION, TABLES)
