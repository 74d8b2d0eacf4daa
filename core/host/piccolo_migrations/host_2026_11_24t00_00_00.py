"""The plug-ins that a town offers."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from core.kernel import ddl

__all__ = ["DESCRIPTION", "ID", "TABLES", "VERSION", "forwards"]

ID = "host_2026_11_24t00_00_00"
VERSION = "1.38.0"
DESCRIPTION = "The plug-ins that a town offers."

TABLES = (
    ddl.Table(
        schema="host",
        name="plugin_offer",
        wall="reference",
        columns=(
            ("id", "uuid NOT NULL"),
            ("region_id", "uuid NOT NULL"),
            ("plugin", "text NOT NULL"),
            ("mode", "text NOT NULL"),
            ("changed_at", "timestamptz NOT NULL"),
        ),
        unique=(("region_id", "plugin"),),
        foreign=(ddl.Foreign(("region_id",), "tenancy.region", ("id",)),),
        checks=("mode IN ('offered', 'required')",),
        grants=(ddl.Grant("figures", "SELECT"),),
    ),
)


async def forwards() -> MigrationManager:
    return ddl.migration(ID, "host", DESCRIPTION, TABLES)
