"""Households and who is in them."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from core.sdk.migrations import Foreign, Index, Table, migration

ID = "registration_2026_11_27t00_00_01"
VERSION = "1.38.0"
DESCRIPTION = "households and their members"

TABLES = (
    Table(
        schema="registration",
        name="household",
        compartment="registry",
        columns=(("made_at", "timestamptz NOT NULL"),),
    ),
    Table(
        schema="registration",
        name="household_member",
        compartment="registry",
        columns=(
            ("household_id", "uuid NOT NULL"),
            ("person_id", "uuid NOT NULL"),
            ("relation", "text"),
        ),
        unique=(("tenant_id", "person_id"),),
        checks=("relation ~ '^[0-8]$'",),
        foreign=(
            Foreign(("tenant_id", "household_id"), "registration.household", on_delete="CASCADE"),
            Foreign(("tenant_id", "person_id"), "people.person"),
        ),
        indexes=(Index(("tenant_id", "household_id")),),
    ),
)


async def forwards() -> MigrationManager:
    return migration(ID, "registration", DESCRIPTION, TABLES)
