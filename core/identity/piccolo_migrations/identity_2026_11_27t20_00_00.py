"""What makes hands fast: the choices that a form begins with, and whether single keys do anything for an account."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from core.kernel import ddl
from core.kernel.db import current

ID = "2026-11-27T20:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Last-used choices; single-key shortcuts of an account."

LAST_USED = ddl.Table(
    schema="identity",
    name="last_used",
    columns=(
        ("account_id", "uuid NOT NULL"),
        ("form", "text NOT NULL"),
        ("choices", "text NOT NULL"),
        ("kept_at", "timestamptz NOT NULL"),
    ),
    unique=(("tenant_id", "account_id", "form"),),
    foreign=(ddl.Foreign(("account_id",), "identity.account", ("id",)),),
)

# The table as it is from now on.
ACCOUNT = ddl.Table(
    schema="identity",
    name="account",
    wall="town",
    columns=(
        ("region_id", "uuid NOT NULL"),
        ("login", "text NOT NULL"),
        ("name", "text NOT NULL"),
        ("password_hash", "text"),
        ("language", "text NOT NULL"),
        ("is_active", "boolean NOT NULL"),
        ("created_at", "timestamptz NOT NULL"),
        ("has_keys", "boolean NOT NULL"),
    ),
    unique=(("login",),),
    foreign=(ddl.Foreign(("region_id",), "tenancy.region", ("id",)),),
    checks=("login = lower(login)", "language IN ('zh', 'en')"),
)

TABLES = (ACCOUNT, LAST_USED)

STEPS = (
    "ALTER TABLE identity.account ADD COLUMN has_keys boolean NOT NULL DEFAULT true",
    "ALTER TABLE identity.account ALTER COLUMN has_keys DROP DEFAULT",
)


async def forwards() -> MigrationManager:
    return ddl.migration(ID, "identity", DESCRIPTION, (LAST_USED,), _alter)


async def _alter() -> None:
    for step in STEPS:
        await current().execute(step)
