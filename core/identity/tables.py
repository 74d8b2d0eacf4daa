"""The tables of who may come in: accounts, their sessions, tokens and roles.

Only memberships are a tenant's rows. The others are read before a tenant is known, hold nobody but staff,
and are on the isolation lint's list for that reason.
"""

from __future__ import annotations

from piccolo.columns import UUID, Array, Boolean, Bytea, Date, Integer, Text, Timestamptz

from core.kernel.tables import TenantTable, TownTable

__all__ = [
    "Account",
    "ApiToken",
    "Invitation",
    "LastUsed",
    "Membership",
    "Pepper",
    "Session",
    "SignInEvent",
    "Throttle",
    "TownRole",
]


class Account(TownTable, tablename="account", schema="identity"):
    """A user: somebody of the staff of a tenant or town. Without `password_hash` she cannot sign in."""

    region_id = UUID(default=None)
    login = Text(unique=True)
    name = Text()
    password_hash = Text(null=True, default=None)
    language = Text(default="zh")
    is_active = Boolean(default=True)
    created_at = Timestamptz(default=None)
    has_keys = Boolean(default=True)
    """Whether single keys do anything on her pages."""


class Session(TownTable, tablename="session", schema="identity"):
    """A signed-in browser; the token itself is nowhere but in its cookie."""

    token_hash = Bytea(unique=True, default=None)
    account_id = UUID(default=None)
    created_at = Timestamptz(default=None)
    seen_at = Timestamptz(default=None)
    expires_at = Timestamptz(default=None)
    idle_seconds = Integer(default=None)


class Throttle(TownTable, tablename="throttle", schema="identity"):
    """Recent tries to sign in, by a keyed hash of login, address or both."""

    key = Bytea(unique=True, default=None)
    tries = Array(base_column=Timestamptz(), default=list)
    last_at = Timestamptz(default=None)


class SignInEvent(TownTable, tablename="sign_in_event", schema="identity"):
    """A try to sign in; `account_id` is null where the login is nobody's."""

    account_id = UUID(null=True, default=None)
    at = Timestamptz(default=None)
    outcome = Text()
    address = Bytea(default=None)


class Pepper(TownTable, tablename="pepper", schema="identity"):
    """The key of this deployment's hashes of addresses; one row, made by the migration."""

    value = Bytea(default=None)


class ApiToken(TownTable, tablename="api_token", schema="identity"):
    """A key for programs, shown once when it is made."""

    account_id = UUID(default=None)
    name = Text()
    token_hash = Bytea(unique=True, default=None)
    scopes = Array(base_column=Text())
    created_at = Timestamptz(default=None)
    expires_at = Timestamptz(default=None)
    used_at = Timestamptz(null=True, default=None)
    revoked_at = Timestamptz(null=True, default=None)


class Invitation(TownTable, tablename="invitation", schema="identity"):
    """A link with which she chooses a password, once; `place_id` is the tenant or region that handed it out."""

    account_id = UUID(default=None)
    place_id = UUID(default=None)
    purpose = Text()
    token_hash = Bytea(unique=True, default=None)
    created_at = Timestamptz(default=None)
    expires_at = Timestamptz(default=None)
    used_at = Timestamptz(null=True, default=None)


class TownRole(TownTable, tablename="town_role", schema="identity"):
    """A role in a town or county."""

    region_id = UUID(default=None)
    account_id = UUID(default=None)
    role = Text()


class Membership(TenantTable, tablename="membership", schema="identity"):
    """A role in a tenant, [since, until). Names and address are copied: the way in knows no tenants yet."""

    account_id = UUID(default=None)
    tenant_slug = Text()
    tenant_name_zh = Text()
    tenant_name_en = Text()
    role = Text()
    since = Date(default=None)
    until = Date(null=True, default=None)


class LastUsed(TenantTable, tablename="last_used", schema="identity"):
    """What an account last chose in a form here, as JSON: the names of fields and their values."""

    account_id = UUID(default=None)
    form = Text()
    choices = Text()
    kept_at = Timestamptz(default=None)
