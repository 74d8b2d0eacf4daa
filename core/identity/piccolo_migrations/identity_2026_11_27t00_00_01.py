"""One-time links: an invitation to choose the first password, or a new one."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from core.kernel import ddl

ID = "2026-11-27T00:00:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "One-time links for passwords."

INVITATION = ddl.Table(
    schema="identity",
    name="invitation",
    wall="town",
    columns=(
        ("account_id", "uuid NOT NULL"),
        ("place_id", "uuid NOT NULL"),
        ("purpose", "text NOT NULL"),
        ("token_hash", "bytea NOT NULL"),
        ("created_at", "timestamptz NOT NULL"),
        ("expires_at", "timestamptz NOT NULL"),
        ("used_at", "timestamptz"),
    ),
    unique=(("token_hash",),),
    foreign=(ddl.Foreign(("account_id",), "identity.account", ("id",)),),
    checks=("purpose IN ('first', 'forgotten')",),
    indexes=(ddl.Index(("account_id",)), ddl.Index(("expires_at",))),
)

TABLES = (INVITATION,)


async def forwards() -> MigrationManager:
    return ddl.migration(ID, "identity", DESCRIPTION, TABLES)
