"""The drawers; the roll-up reads them, as it reads those of a real module."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from core.sdk.migrations import Door, Grant, Table, migration

ID = "cabinet_2026_11_27t00_00_00"
VERSION = "1.38.0"
DESCRIPTION = "a drawer for each compartment"

TABLES = tuple(
    Table(
        schema="cabinet",
        name=name,
        compartment=name,
        columns=(("label", "text NOT NULL"), ("day", "date NOT NULL"), ("person_id", "uuid")),
        doors=(Door("figures_read", "figures", "SELECT", "true"),),
        grants=(Grant("figures", "SELECT"),),
    )
    for name in ("benefits", "health", "membership", "registry", "reports", "rights", "supplies")
)


async def forwards() -> MigrationManager:
    return migration(ID, "cabinet", DESCRIPTION, TABLES)
