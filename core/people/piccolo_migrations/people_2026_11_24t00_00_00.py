"""Persons, their pseudonyms, consents, movements and residence, and who looked at them."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from core.kernel.ddl import Door, Foreign, Grant, Index, Table, migration

ID = "people_2026_11_24t00_00_00"
VERSION = "1.38.0"
DESCRIPTION = "persons, pseudonyms, consents, access log, movements, residence"

# Prefix search needs comparison by byte, whatever the server's own collation is.
TEXT = 'text COLLATE "C"'

OF_PERSON = (Foreign(("tenant_id", "person_id"), "people.person"),)
FIGURES_READ = (Door("figures", "figures", "SELECT", "true"),)
ELSEWHERE = Door(
    "elsewhere", "app", "SELECT", "pseudonym = NULLIF(current_setting('app.pseudonym', true), '')"
)

KINDS = (
    "'OPENING', 'ARRIVE', 'CHANGE_EMPLOYER_IN', 'TEMP_LEAVE', 'RETURN', 'MOVE_WITHIN_TOWN', 'DEPART', "
    "'CHANGE_EMPLOYER_OUT', 'OPT_OUT', 'CLOSING', 'DECEASED', 'CANCEL_DUPLICATE'"
)

TABLES = (
    Table(
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
        ),
        unique=(("tenant_id", "document_index"),),
        checks=(
            "sex IN ('0', '1', '2', '9')",
            "origin ~ '^([0-9]{2}|FOR|NS)$'",
            "source IN ('SELF', 'STATION', 'ENTERPRISE', 'IMPORT')",
            "state IN ('active', 'opted_out', 'erased')",
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
        ),
        doors=FIGURES_READ,
        grants=(
            Grant("figures", "SELECT", ("tenant_id", "id", "sex", "birth_date", "origin", "is_floating")),
        ),
    ),
    Table(
        schema="people",
        name="pseudonym",
        compartment="registry",
        columns=(
            ("person_id", "uuid NOT NULL"),
            ("pseudonym", "text NOT NULL"),
            ("is_current", "boolean NOT NULL DEFAULT false"),
        ),
        unique=(("tenant_id", "person_id"),),
        foreign=OF_PERSON,
        indexes=(Index(("pseudonym",)),),
        doors=(*FIGURES_READ, ELSEWHERE),
        grants=(Grant("figures", "SELECT", ("tenant_id", "person_id", "pseudonym")),),
    ),
    Table(
        schema="people",
        name="consent",
        compartment="registry",
        columns=(
            ("person_id", "uuid NOT NULL"),
            ("purpose", "text NOT NULL"),
            ("wording", "int NOT NULL"),
            ("given_at", "timestamptz NOT NULL"),
            ("given_by", "uuid"),
            ("way", "text NOT NULL"),
            ("withdrawn_at", "timestamptz"),
            ("withdrawn_by", "uuid"),
        ),
        foreign=OF_PERSON,
        indexes=(Index(("tenant_id", "person_id", "purpose")),),
    ),
    Table(
        schema="people",
        name="access_log",
        compartment="registry",
        append_only=True,
        columns=(
            ("person_id", "uuid NOT NULL"),
            ("at", "timestamptz NOT NULL"),
            ("actor", "uuid"),
            ("purpose", "text NOT NULL"),
            ("fields", "text[] NOT NULL"),
        ),
        foreign=OF_PERSON,
        indexes=(Index(("tenant_id", "person_id", "at")),),
    ),
    Table(
        schema="people",
        name="movement",
        compartment="registry",
        columns=(
            ("person_id", "uuid NOT NULL"),
            ("kind", "text NOT NULL"),
            ("day", "date NOT NULL"),
            ("sequence", "int NOT NULL"),
            ("reason", "text NOT NULL DEFAULT ''"),
            ("ref", "text"),
            ("transfer_id", "uuid"),
            ("recorded_at", "timestamptz NOT NULL"),
            ("recorded_by", "uuid"),
        ),
        unique=(
            ("tenant_id", "person_id", "sequence"),
            ("tenant_id", "ref"),
            ("tenant_id", "transfer_id"),
        ),
        checks=(f"kind IN ({KINDS})",),
        foreign=OF_PERSON,
        indexes=(
            Index(("tenant_id", "person_id", "day", "sequence")),
            Index(("tenant_id", "day", "kind"), include=("person_id",)),
        ),
        doors=FIGURES_READ,
        grants=(Grant("figures", "SELECT", ("tenant_id", "id", "person_id", "kind", "day")),),
    ),
    Table(
        schema="people",
        name="residence",
        compartment="registry",
        columns=(
            ("person_id", "uuid NOT NULL"),
            ("started_on", "date NOT NULL"),
            ("ended_on", "date"),
        ),
        checks=("ended_on > started_on",),
        foreign=OF_PERSON,
        indexes=(
            Index(("tenant_id", "person_id", "started_on")),
            Index(("tenant_id", "started_on"), include=("person_id", "ended_on")),
        ),
        doors=FIGURES_READ,
        grants=(Grant("figures", "SELECT", ("tenant_id", "id", "person_id", "started_on", "ended_on")),),
    ),
)


async def forwards() -> MigrationManager:
    return migration(ID, "people", DESCRIPTION, TABLES)
