"""What was corrected in a person's books: her movements, and the fields that figures depend on."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from core.kernel.ddl import Foreign, Index, Table, migration

ID = "people_2026_11_27t00_00_01"
VERSION = "1.38.0"
DESCRIPTION = "corrections of movements and of figured fields"

OF_PERSON = (Foreign(("tenant_id", "person_id"), "people.person"),)

TABLES = (
    Table(
        schema="people",
        name="movement_correction",
        compartment="registry",
        never_deleted=True,
        columns=(
            ("person_id", "uuid NOT NULL"),
            # No key: a movement that was cancelled is not there any more.
            ("movement_id", "uuid NOT NULL"),
            ("ref", "text"),
            ("old_kind", "text NOT NULL"),
            ("old_day", "date NOT NULL"),
            ("old_reason", "text NOT NULL"),
            ("new_kind", "text"),
            ("new_day", "date"),
            ("new_reason", "text"),
            ("why", "text NOT NULL"),
            ("corrected_at", "timestamptz NOT NULL"),
            ("corrected_by", "uuid"),
        ),
        checks=("num_nulls(new_kind, new_day, new_reason) IN (0, 3)",),
        foreign=OF_PERSON,
        indexes=(
            Index(("tenant_id", "person_id", "corrected_at")),
            Index(("tenant_id", "movement_id")),
            Index(("tenant_id", "ref"), where="ref IS NOT NULL AND new_kind IS NULL"),
        ),
    ),
    Table(
        schema="people",
        name="field_correction",
        compartment="registry",
        never_deleted=True,
        columns=(
            ("person_id", "uuid NOT NULL"),
            ("field", "text NOT NULL"),
            ("old_value", "text"),
            ("new_value", "text"),
            ("why", "text NOT NULL"),
            ("corrected_at", "timestamptz NOT NULL"),
            ("corrected_by", "uuid"),
        ),
        checks=("field IN ('sex', 'birth_date', 'origin', 'is_floating')",),
        foreign=OF_PERSON,
        indexes=(Index(("tenant_id", "person_id", "corrected_at")),),
    ),
)


async def forwards() -> MigrationManager:
    return migration(ID, "people", DESCRIPTION, TABLES)
