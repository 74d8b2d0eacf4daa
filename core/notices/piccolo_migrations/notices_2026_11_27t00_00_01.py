"""Notices of the town to its units, and who has read them."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from core.kernel import ddl

__all__ = ["DESCRIPTION", "ID", "TABLES", "VERSION", "forwards"]

ID = "notices_2026_11_27t00_00_01"
VERSION = "1.38.0"
DESCRIPTION = "Notices of the town to its units, and who has read them."

OF_MY_REGION = "region_id = NULLIF(current_setting('app.region', true), '')::uuid"
OF_REGION = ddl.Foreign(("region_id",), "tenancy.region", ("id",))

NOTICE = ddl.Table(
    schema="notices",
    name="notice",
    never_deleted=True,
    columns=(
        ("region_id", "uuid NOT NULL"),
        ("notice_id", "uuid NOT NULL"),
        ("version", "integer NOT NULL"),
        ("title", "text NOT NULL"),
        ("body", "text NOT NULL"),
        ("due_on", "date"),
        ("needs_answer", "boolean NOT NULL"),
        ("posted_at", "timestamptz NOT NULL"),
        ("posted_by", "uuid NOT NULL"),
        ("replaced_at", "timestamptz"),
        ("withdrawn_at", "timestamptz"),
        ("withdrawn_why", "text NOT NULL"),
        ("done_at", "timestamptz"),
        ("done_by", "uuid"),
    ),
    unique=(("tenant_id", "notice_id", "version"),),
    foreign=(
        OF_REGION,
        ddl.Foreign(("posted_by",), "identity.account", ("id",)),
        ddl.Foreign(("done_by",), "identity.account", ("id",)),
    ),
    checks=(
        "version > 0",
        "(withdrawn_at IS NULL) = (withdrawn_why = '')",
        "(done_at IS NULL) = (done_by IS NULL)",
    ),
    indexes=(ddl.Index(("region_id", "notice_id")),),
    doors=(
        ddl.Door("region_reads", "app", "SELECT", OF_MY_REGION),
        ddl.Door("region_posts", "app", "INSERT", OF_MY_REGION),
        ddl.Door("region_corrects", "app", "UPDATE", OF_MY_REGION),
    ),
)

READING = ddl.Table(
    schema="notices",
    name="reading",
    append_only=True,
    columns=(
        ("region_id", "uuid NOT NULL"),
        ("row_id", "uuid NOT NULL"),
        ("account_id", "uuid NOT NULL"),
        ("read_at", "timestamptz NOT NULL"),
    ),
    unique=(("tenant_id", "row_id", "account_id"),),
    foreign=(
        OF_REGION,
        ddl.Foreign(("tenant_id", "row_id"), "notices.notice"),
        ddl.Foreign(("account_id",), "identity.account", ("id",)),
    ),
    doors=(ddl.Door("region_reads", "app", "SELECT", OF_MY_REGION),),
)

TABLES = (NOTICE, READING)


async def forwards() -> MigrationManager:
    return ddl.migration(ID, "notices", DESCRIPTION, TABLES)
