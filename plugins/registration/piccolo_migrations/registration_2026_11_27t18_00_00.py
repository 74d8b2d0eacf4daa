"""Rosters that can be corrected row by row and undone: the cells of a row with a warning, what an import wrote."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from core.sdk.migrations import Foreign, Index, Table, altering, migration

ID = "registration_2026_11_27t18_00_00"
VERSION = "1.38.0"
DESCRIPTION = "cells of rows with warnings, and what an import wrote, so that it can be undone"

OF_IMPORT = Foreign(("tenant_id", "import_id"), "registration.roster_import", on_delete="CASCADE")

ALTERED = (
    Table(
        schema="registration",
        name="roster_import",
        compartment="registry",
        columns=(
            ("file_name", "text NOT NULL"),
            ("content_sealed", "bytea"),
            ("state", "text NOT NULL"),
            ("sheets", "text NOT NULL"),
            ("fault", "text NOT NULL"),
            ("total", "int NOT NULL"),
            ("judged", "int NOT NULL"),
            ("added", "int NOT NULL"),
            ("corrected", "int NOT NULL"),
            ("unchanged", "int NOT NULL"),
            ("rejected", "int NOT NULL"),
            ("warned", "int NOT NULL"),
            ("applied", "int NOT NULL"),
            ("created_at", "timestamptz NOT NULL"),
            ("created_by", "uuid"),
            ("finished_at", "timestamptz"),
            ("undone", "int NOT NULL"),
            ("left_alone", "int NOT NULL"),
        ),
        indexes=(Index(("tenant_id", "created_at")),),
    ),
    Table(
        schema="registration",
        name="roster_row",
        compartment="registry",
        columns=(
            ("import_id", "uuid NOT NULL"),
            ("place", "int NOT NULL"),
            ("sheet", "text NOT NULL"),
            ("row", "int NOT NULL"),
            ("verdict", "text NOT NULL"),
            ("findings", "text NOT NULL"),
            ("name", "text NOT NULL"),
            ("row_sealed", "bytea NOT NULL"),
            ("number_index", "bytea"),
            ("cells_sealed", "bytea"),
        ),
        checks=("verdict IN ('added', 'corrected', 'unchanged', 'rejected')",),
        foreign=(OF_IMPORT,),
        indexes=(Index(("tenant_id", "import_id", "verdict", "place")),),
    ),
)

NEW = (
    Table(
        schema="registration",
        name="roster_trace",
        compartment="registry",
        columns=(
            ("import_id", "uuid NOT NULL"),
            ("person_id", "uuid NOT NULL"),
            ("place", "int NOT NULL"),
            ("is_new", "boolean NOT NULL"),
            ("version", "int NOT NULL"),
            ("record_version", "int NOT NULL"),
            ("before_sealed", "bytea"),
            ("standing", "text NOT NULL"),
        ),
        unique=(("tenant_id", "import_id", "person_id"),),
        checks=("standing IN ('', 'edited', 'recorded', 'gone')",),
        foreign=(OF_IMPORT, Foreign(("tenant_id", "person_id"), "people.person")),
        indexes=(
            Index(("tenant_id", "import_id", "standing", "place")),
            Index(("tenant_id", "person_id")),
        ),
    ),
)

TABLES = (*ALTERED, *NEW)
"""As they are from now on."""

STEPS = (
    "ALTER TABLE registration.roster_import ADD COLUMN undone int NOT NULL DEFAULT 0",
    "ALTER TABLE registration.roster_import ALTER COLUMN undone DROP DEFAULT",
    "ALTER TABLE registration.roster_import ADD COLUMN left_alone int NOT NULL DEFAULT 0",
    "ALTER TABLE registration.roster_import ALTER COLUMN left_alone DROP DEFAULT",
    "ALTER TABLE registration.roster_row ADD COLUMN cells_sealed bytea",
)


async def forwards() -> MigrationManager:
    return migration(ID, "registration", DESCRIPTION, NEW, altering(*STEPS))
