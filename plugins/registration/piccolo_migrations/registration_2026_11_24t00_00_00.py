"""Confirmations and help with residence permits."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from core.sdk.migrations import Door, Foreign, Grant, Index, Table, migration

ID = "registration_2026_11_24t00_00_00"
VERSION = "1.38.0"
DESCRIPTION = "confirmations, residence-permit help"

OF_PERSON = (Foreign(("tenant_id", "person_id"), "people.person"),)
FIGURES_READ = (Door("figures_read", "figures", "SELECT", "true"),)

TABLES = (
    Table(
        schema="registration",
        name="confirmation",
        compartment="registry",
        columns=(
            ("person_id", "uuid NOT NULL"),
            ("day", "date NOT NULL"),
            ("contact_verified", "boolean NOT NULL"),
        ),
        foreign=OF_PERSON,
        indexes=(Index(("tenant_id", "person_id", "day")),),
        doors=FIGURES_READ,
        grants=(Grant("figures", "SELECT"),),
    ),
    Table(
        schema="registration",
        name="permit_help",
        compartment="registry",
        columns=(
            ("person_id", "uuid NOT NULL"),
            ("day", "date NOT NULL"),
            ("kind", "text NOT NULL"),
        ),
        checks=("kind IN ('APPLY', 'ENDORSE')",),
        foreign=OF_PERSON,
        indexes=(Index(("tenant_id", "person_id", "day")), Index(("tenant_id", "day"))),
        doors=FIGURES_READ,
        grants=(Grant("figures", "SELECT"),),
    ),
)


async def forwards() -> MigrationManager:
    return migration(ID, "registration", DESCRIPTION, TABLES)
