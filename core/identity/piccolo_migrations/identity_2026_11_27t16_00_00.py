"""What of its account a token opens; the tokens that there are keep everything."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from core.kernel import ddl

ID = "2026-11-27T16:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Scopes of tokens."

# The table as it is from now on.
TABLES = (
    ddl.Table(
        schema="identity",
        name="api_token",
        wall="town",
        columns=(
            ("account_id", "uuid NOT NULL"),
            ("name", "text NOT NULL"),
            ("token_hash", "bytea NOT NULL"),
            ("created_at", "timestamptz NOT NULL"),
            ("expires_at", "timestamptz NOT NULL"),
            ("used_at", "timestamptz"),
            ("revoked_at", "timestamptz"),
            ("scopes", "text[] NOT NULL"),
        ),
        unique=(("token_hash",),),
        foreign=(ddl.Foreign(("account_id",), "identity.account", ("id",)),),
        indexes=(ddl.Index(("account_id",)),),
    ),
)

STEPS = (
    "ALTER TABLE identity.api_token ADD COLUMN scopes text[] NOT NULL DEFAULT '{*}'",
    "ALTER TABLE identity.api_token ALTER COLUMN scopes DROP DEFAULT",
)


async def forwards() -> MigrationManager:
    return ddl.migration(ID, "identity", DESCRIPTION, (), ddl.altering(*STEPS))
