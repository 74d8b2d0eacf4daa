"""The files that a town was given."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from core.kernel import ddl

__all__ = ["DESCRIPTION", "ID", "TABLES", "VERSION", "forwards"]

ID = "town_2026_11_24t00_00_00"
VERSION = "1.38.0"
DESCRIPTION = "The files that a town was given."

OWN_TOWN = "region_id = NULLIF(current_setting('app.region', true), '')::uuid"

TABLES = (
    ddl.Table(
        schema="town",
        name="exchange_file",
        wall="town",
        columns=(
            ("id", "uuid NOT NULL"),
            ("region_id", "uuid NOT NULL"),
            ("year", "integer NOT NULL"),
            ("file", "text NOT NULL"),
            ("sheet", "text NOT NULL"),
            ("rows", "integer NOT NULL"),
            ("accepted", "integer NOT NULL"),
            ("rejected", "integer NOT NULL"),
            ("warnings", "integer NOT NULL"),
            ("loaded_at", "timestamptz NOT NULL"),
        ),
        unique=(("region_id", "year", "file", "sheet"),),
        foreign=(ddl.Foreign(("region_id",), "tenancy.region", ("id",)),),
        policies=(ddl.Door("town_wall", "app", "ALL", OWN_TOWN),),
    ),
)


async def forwards() -> MigrationManager:
    return ddl.migration(ID, "town", DESCRIPTION, TABLES)
