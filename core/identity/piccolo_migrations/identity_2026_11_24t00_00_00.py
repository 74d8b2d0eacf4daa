"""The first tables of identity."""

from __future__ import annotations

import secrets

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from core.kernel import ddl
from core.kernel.db import current
from core.kernel.ids import new_id

ID = "2026-11-24T00:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Accounts, sessions, throttles, sign-in events, API tokens, roles and memberships."

OF_ACCOUNT = ddl.Foreign(("account_id",), "identity.account", ("id",))
OF_REGION = ddl.Foreign(("region_id",), "tenancy.region", ("id",))

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
    ),
    unique=(("login",),),
    foreign=(OF_REGION,),
    checks=("login = lower(login)", "language IN ('zh', 'en')"),
)

SESSION = ddl.Table(
    schema="identity",
    name="session",
    wall="town",
    columns=(
        ("token_hash", "bytea NOT NULL"),
        ("account_id", "uuid NOT NULL"),
        ("created_at", "timestamptz NOT NULL"),
        ("seen_at", "timestamptz NOT NULL"),
        ("expires_at", "timestamptz NOT NULL"),
        ("idle_seconds", "integer NOT NULL"),
    ),
    unique=(("token_hash",),),
    foreign=(OF_ACCOUNT,),
    indexes=(ddl.Index(("account_id",)),),
)

THROTTLE = ddl.Table(
    schema="identity",
    name="throttle",
    wall="town",
    columns=(
        ("key", "bytea NOT NULL"),
        ("tries", "timestamptz[] NOT NULL"),
        ("last_at", "timestamptz NOT NULL"),
    ),
    unique=(("key",),),
    indexes=(ddl.Index(("last_at",)),),
)

SIGN_IN_EVENT = ddl.Table(
    schema="identity",
    name="sign_in_event",
    wall="town",
    columns=(
        ("account_id", "uuid"),
        ("at", "timestamptz NOT NULL"),
        ("outcome", "text NOT NULL"),
        ("address", "bytea NOT NULL"),
    ),
    foreign=(OF_ACCOUNT,),
    checks=("outcome IN ('success', 'failure')",),
    indexes=(ddl.Index(("account_id", "at")), ddl.Index(("at",))),
)

PEPPER = ddl.Table(
    schema="identity",
    name="pepper",
    wall="town",
    columns=(("value", "bytea NOT NULL"),),
    append_only=True,
)

API_TOKEN = ddl.Table(
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
    ),
    unique=(("token_hash",),),
    foreign=(OF_ACCOUNT,),
    indexes=(ddl.Index(("account_id",)),),
)

TOWN_ROLE = ddl.Table(
    schema="identity",
    name="town_role",
    wall="town",
    columns=(("region_id", "uuid NOT NULL"), ("account_id", "uuid NOT NULL"), ("role", "text NOT NULL")),
    unique=(("account_id", "region_id", "role"),),
    foreign=(OF_REGION, OF_ACCOUNT),
)

MEMBERSHIP = ddl.Table(
    schema="identity",
    name="membership",
    columns=(
        ("account_id", "uuid NOT NULL"),
        ("tenant_slug", "text NOT NULL"),
        ("tenant_name_zh", "text NOT NULL"),
        ("tenant_name_en", "text NOT NULL"),
        ("role", "text NOT NULL"),
        ("since", "date NOT NULL"),
        ("until", "date"),
    ),
    unique=(("tenant_id", "account_id", "role"),),
    foreign=(OF_ACCOUNT,),
    checks=("until >= since",),
    indexes=(ddl.Index(("account_id",)),),
    doors=(
        ddl.Door(
            "actor", "app", "SELECT", "account_id = NULLIF(current_setting('app.actor', true), '')::uuid"
        ),
    ),
)

TABLES = (ACCOUNT, SESSION, THROTTLE, SIGN_IN_EVENT, PEPPER, API_TOKEN, TOWN_ROLE, MEMBERSHIP)


async def make_pepper() -> None:
    await current().execute(
        "INSERT INTO identity.pepper (id, value) VALUES ($1, $2)", new_id(), secrets.token_bytes(32)
    )


async def forwards() -> MigrationManager:
    return ddl.migration(ID, "identity", DESCRIPTION, TABLES, make_pepper)
