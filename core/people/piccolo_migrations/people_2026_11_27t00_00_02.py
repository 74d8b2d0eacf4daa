"""Erasures and merges: who asked for one, what was set aside, and which numbers files pass over."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from core.kernel.ddl import Door, Foreign, Grant, Index, Table, altering, migration

ID = "people_2026_11_27t00_00_02"
VERSION = "1.38.0"
DESCRIPTION = "erasures, merges, what a merge set aside, refusals"

TEXT = 'text COLLATE "C"'

OF_PERSON = (Foreign(("tenant_id", "person_id"), "people.person"),)
OF_MERGE = Foreign(("tenant_id", "merge_id"), "people.merge")
FIGURES_READ = (Door("figures", "figures", "SELECT", "true"),)

PERSON = Table(
    schema="people",
    name="person",
    compartment="registry",
    columns=(
        ("name", TEXT),
        ("alias", TEXT),
        ("name_former", TEXT),
        ("name_latin", TEXT),
        ("latin", TEXT),
        ("pinyin", f"{TEXT} NOT NULL"),
        ("initials", f"{TEXT} NOT NULL"),
        ("sex", "text NOT NULL"),
        ("birth_date", "date"),
        ("origin", "text NOT NULL"),
        ("origin_division", "text"),
        ("is_floating", "boolean NOT NULL"),
        ("is_employee", "boolean NOT NULL"),
        ("id_type", "text"),
        ("document_sealed", "bytea"),
        ("document_index", "bytea"),
        ("document_tail_index", "bytea"),
        ("document_mask", "text"),
        ("phone_sealed", "bytea"),
        ("phone_index", "bytea"),
        ("phone_tail_index", "bytea"),
        ("phone_mask", "text"),
        ("contact_sealed", "bytea"),
        ("source", "text NOT NULL"),
        ("registered_on", "date NOT NULL"),
        ("registered_by", "uuid"),
        ("version", "int NOT NULL DEFAULT 1"),
        ("state", "text NOT NULL DEFAULT 'active'"),
        ("merged_into", "uuid"),
    ),
    unique=(("tenant_id", "document_index"),),
    checks=(
        "sex IN ('0', '1', '2', '9')",
        "origin ~ '^([0-9]{2}|FOR|NS)$'",
        "source IN ('SELF', 'STATION', 'ENTERPRISE', 'IMPORT')",
        "state IN ('active', 'opted_out', 'erased', 'merged')",
        "(state = 'merged') = (merged_into IS NOT NULL)",
        "state = 'erased' OR name IS NOT NULL OR alias IS NOT NULL",
        "(document_sealed IS NULL) = (document_mask IS NULL)",
        "(phone_sealed IS NULL) = (phone_index IS NULL)",
    ),
    indexes=(
        Index(("tenant_id", "pinyin", "id")),
        Index(("tenant_id", "initials")),
        Index(("tenant_id", "name")),
        Index(("tenant_id", "alias"), where="alias IS NOT NULL"),
        Index(("tenant_id", "name_former"), where="name_former IS NOT NULL"),
        Index(("tenant_id", "latin"), where="latin IS NOT NULL"),
        Index(("tenant_id", "document_tail_index"), where="document_tail_index IS NOT NULL"),
        Index(("tenant_id", "phone_index"), where="phone_index IS NOT NULL"),
        Index(("tenant_id", "phone_tail_index"), where="phone_tail_index IS NOT NULL"),
        Index(("tenant_id", "merged_into"), where="merged_into IS NOT NULL"),
    ),
    foreign=(Foreign(("tenant_id", "merged_into"), "people.person"),),
    doors=FIGURES_READ,
    grants=(Grant("figures", "SELECT", ("tenant_id", "id", "sex", "birth_date", "origin", "is_floating")),),
)

NEW = (
    Table(
        schema="people",
        name="erasure",
        compartment="registry",
        columns=(
            ("person_id", "uuid NOT NULL"),
            ("reason", "text NOT NULL"),
            ("asked_at", "timestamptz NOT NULL"),
            ("asked_by", "uuid"),
            ("done_at", "timestamptz"),
        ),
        unique=(("tenant_id", "person_id"),),
        foreign=OF_PERSON,
    ),
    Table(
        schema="people",
        name="refusal",
        compartment="registry",
        columns=(("number_index", "bytea NOT NULL"), ("at", "timestamptz NOT NULL")),
        unique=(("tenant_id", "number_index"),),
    ),
    Table(
        schema="people",
        name="merge",
        compartment="registry",
        columns=(
            ("kept_id", "uuid NOT NULL"),
            ("gone_id", "uuid NOT NULL"),
            ("reason", "text NOT NULL"),
            ("state", "text NOT NULL"),
            ("filled", "text[] NOT NULL"),
            ("asked_at", "timestamptz NOT NULL"),
            ("asked_by", "uuid"),
            ("ended_at", "timestamptz"),
        ),
        checks=("state IN ('asked', 'merged', 'undoing', 'undone', 'void')", "kept_id <> gone_id"),
        foreign=(
            Foreign(("tenant_id", "kept_id"), "people.person"),
            Foreign(("tenant_id", "gone_id"), "people.person"),
        ),
        indexes=(Index(("tenant_id", "kept_id")), Index(("tenant_id", "gone_id"))),
    ),
    Table(
        schema="people",
        name="merge_row",
        compartment="registry",
        columns=(
            ("merge_id", "uuid NOT NULL"),
            ("table_name", "text NOT NULL"),
            ("row_id", "uuid NOT NULL"),
        ),
        unique=(("tenant_id", "merge_id", "table_name", "row_id"),),
        foreign=(OF_MERGE,),
    ),
    Table(
        schema="people",
        name="set_aside",
        compartment="registry",
        columns=(
            ("merge_id", "uuid NOT NULL"),
            ("person_id", "uuid NOT NULL"),
            ("kind", "text NOT NULL"),
            ("day", "date NOT NULL"),
            ("sequence", "int NOT NULL"),
            ("reason", "text NOT NULL"),
            ("ref", "text"),
            ("transfer_id", "uuid"),
            ("recorded_at", "timestamptz NOT NULL"),
            ("recorded_by", "uuid"),
        ),
        foreign=(OF_MERGE, *OF_PERSON),
        indexes=(Index(("tenant_id", "merge_id")), Index(("tenant_id", "person_id"))),
    ),
)

TABLES = (PERSON, *NEW)

STEPS = (
    "ALTER TABLE people.person ADD COLUMN merged_into uuid",
    "ALTER TABLE people.person DROP CONSTRAINT person_state_check",
    "ALTER TABLE people.person ADD CHECK (state IN ('active', 'opted_out', 'erased', 'merged'))",
    "ALTER TABLE people.person ADD CHECK ((state = 'merged') = (merged_into IS NOT NULL))",
    "ALTER TABLE people.person ADD FOREIGN KEY (tenant_id, merged_into) REFERENCES people.person (tenant_id, id)",
    "CREATE INDEX ON people.person (tenant_id, merged_into) WHERE merged_into IS NOT NULL",
)


async def forwards() -> MigrationManager:
    return migration(ID, "people", DESCRIPTION, NEW, altering(*STEPS))
