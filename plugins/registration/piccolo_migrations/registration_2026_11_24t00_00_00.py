"""Records, confirmations, help with residence permits, offers to move, rosters on their way in."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from core.sdk.migrations import Door, Foreign, Grant, Index, Table, migration

ID = "registration_2026_11_24t00_00_00"
VERSION = "1.38.0"
DESCRIPTION = "records, confirmations, residence-permit help, transfers, roster imports"

OF_PERSON = (Foreign(("tenant_id", "person_id"), "people.person"),)
FIGURES_READ = (Door("figures_read", "figures", "SELECT", "true"),)

TABLES = (
    Table(
        schema="registration",
        name="record",
        compartment="registry",
        columns=(
            ("person_id", "uuid NOT NULL"),
            ("village", "text"),
            ("address_detail", "text"),
            ("dwelling", "text"),
            ("purpose", "text"),
            ("firm_id", "uuid"),
            ("firm_name", "text"),
            ("workshop", "text"),
            ("job_title", "text"),
            ("hired_on", "date"),
            ("expected_departure", "date"),
            ("version", "int NOT NULL DEFAULT 1"),
            ("roster_year", "int"),
            ("roster_digest", "bytea"),
        ),
        unique=(("tenant_id", "person_id"),),
        foreign=(*OF_PERSON, Foreign(("tenant_id", "firm_id"), "tenancy.firm")),
        indexes=(Index(("tenant_id", "firm_id"), include=("person_id",)),),
    ),
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
    Table(
        schema="registration",
        name="transfer",
        compartment="registry",
        columns=(
            ("direction", "text NOT NULL"),
            ("person_id", "uuid"),
            ("other_code", "text NOT NULL"),
            ("other_zh", "text NOT NULL"),
            ("other_en", "text NOT NULL"),
            ("moves_on", "date NOT NULL"),
            ("state", "text NOT NULL"),
            ("carried_sealed", "bytea"),
            ("document_match", "bytea"),
            ("offered_at", "timestamptz NOT NULL"),
            ("offered_by", "uuid"),
            ("decided_on", "date"),
            ("decided_at", "timestamptz"),
            ("decided_by", "uuid"),
        ),
        checks=("direction IN ('OUT', 'IN')",),
        foreign=OF_PERSON,
        indexes=(
            Index(("tenant_id", "state", "offered_at")),
            Index(("tenant_id", "person_id"), where="person_id IS NOT NULL"),
        ),
    ),
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
        ),
        checks=("verdict IN ('added', 'corrected', 'unchanged', 'rejected')",),
        foreign=(Foreign(("tenant_id", "import_id"), "registration.roster_import", on_delete="CASCADE"),),
        indexes=(Index(("tenant_id", "import_id", "verdict", "place")),),
    ),
)


async def forwards() -> MigrationManager:
    return migration(ID, "registration", DESCRIPTION, TABLES)
