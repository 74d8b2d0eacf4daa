"""THE gate: enabled, member, compartment, permission. No page, route, widget or export goes past another way.

Outsiders are answered as if there were nothing (404), insiders without the permission are told so (403).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from litestar import Request
from msgspec import Struct

from core.identity import sessions, tokens, workplaces
from core.identity.roles import ROLES
from core.kernel.db import Database, Row, Transaction
from core.kernel.errors import Forbidden, NotFound, NotSignedIn
from core.kernel.log import get_logger
from core.kernel.scope import Scope
from core.sdk.contributions import Permission
from core.sdk.ctx import Actor, TenantPlace, TownPlace
from core.web.acting import acting
from core.web.language import speak

__all__ = [
    "TENANT",
    "Admission",
    "Caller",
    "Gate",
    "TownAdmission",
    "bearer",
    "enabled_plugins",
    "identify",
    "offered_plugins",
    "require",
    "session_cookie",
    "session_of",
    "tenant_at",
    "tenant_of",
]

log = get_logger(__name__)

LONGEST_CODE = 40


def session_cookie(is_secure: bool) -> str:
    """The one cookie that a session is read from. Under TLS a browser lets no sibling of this site plant it;
    on loopback without TLS it would not take one of that name."""
    return "__Host-session" if is_secure else "session"


class Caller(Struct, frozen=True, kw_only=True):
    """A signed-in account; `csrf` is empty for an API token, which no browser sends by itself.

    `scopes`: what of the account's permissions the token opens; None for a session.
    """

    actor: Actor
    account_id: UUID
    csrf: str = ""
    scopes: frozenset[str] | None = None


class Admission(Struct, frozen=True, kw_only=True):
    """A member of a tenant, and what her roles there allow."""

    caller: Caller
    tenant_id: UUID
    slug: str
    roles: tuple[str, ...]
    permissions: frozenset[str]

    def scope(self, permission: Permission) -> Scope:
        """The tenant with the compartments of this permission alone."""
        return Scope.of_tenant(self.tenant_id, permission.compartments, self.caller.account_id)


class TownAdmission(Struct, frozen=True, kw_only=True):
    caller: Caller
    town: TownPlace
    roles: tuple[str, ...]
    permissions: frozenset[str]

    def scope(self) -> Scope:
        return Scope.town(self.town.id, self.caller.account_id)


class Gate:
    """Asks the database at every request: a role that is taken away is gone at the next click."""

    def __init__(self, database: Database, permissions: Mapping[str, Permission]) -> None:
        self._database = database
        self._permissions = permissions
        self._known: dict[tuple[tuple[str, ...], frozenset[str] | None], frozenset[str]] = {}

    @property
    def codes(self) -> Collection[str]:
        """The permissions that there are."""
        return self._permissions.keys()

    def permission(self, code: str) -> Permission:
        return self._permissions[code]

    async def member(self, caller: Caller, slug: str) -> Admission:
        """The caller's roles in the tenant at this address; raises `NotFound` for everybody else."""
        async with self._database.transaction(
            Scope.person_of(caller.account_id), is_read_only=True
        ) as transaction:
            places = await workplaces.roles_at(transaction, caller.account_id, slug)
        if not places:
            raise _outsider(caller, slug)
        return self.admission(caller, places[0].tenant_id, slug, tuple(place.role for place in places))

    def admission(self, caller: Caller, tenant_id: UUID, slug: str, roles: tuple[str, ...]) -> Admission:
        """What these roles, just read, allow this caller there."""
        allowed = self._allowed(roles, caller.scopes)
        return Admission(caller=caller, tenant_id=tenant_id, slug=slug, roles=roles, permissions=allowed)

    async def town_member(self, caller: Caller, code: str) -> TownAdmission:
        """The caller's roles in the town of this code; raises `NotFound` for everybody else."""
        async with self._database.transaction(
            Scope.person_of(caller.account_id), is_read_only=True
        ) as transaction:
            found = await workplaces.town_at(transaction, caller.account_id, code)
        if found is None:
            raise _outsider(caller, code)
        region, roles = found
        town = TownPlace(
            id=region.id,
            code=region.code,
            name_zh=region.name_zh,
            name_en=region.name_en,
            time_zone=region.time_zone,
        )
        return TownAdmission(
            caller=caller, town=town, roles=roles, permissions=self._allowed(roles, caller.scopes)
        )

    def _allowed(self, roles: tuple[str, ...], scopes: frozenset[str] | None) -> frozenset[str]:
        """What a role allows is fixed when the process starts; which roles she has is asked every time."""
        if (roles, scopes) not in self._known:
            self._known[roles, scopes] = frozenset(
                code
                for code, permission in self._permissions.items()
                if any(_holds(role, permission) for role in roles) and tokens.opens(scopes, code)
            )
        return self._known[roles, scopes]


def _outsider(caller: Caller, place: str) -> NotFound:
    """She is answered as if there were nothing; the log knows that she asked."""
    log.warning("outsider_refused", account=str(caller.account_id), place=place[:LONGEST_CODE])
    return NotFound()


def _holds(role: str, permission: Permission) -> bool:
    if role not in permission.roles:
        return False
    return set(permission.compartments) <= ROLES[role].compartments


def require(permissions: frozenset[str], permission: Permission) -> None:
    """Raise `Forbidden` unless the roles of the request allow it."""
    if permission.code not in permissions:
        raise Forbidden


async def identify(
    database: Database, request: Request[Any, Any, Any], *, by_token: bool = False
) -> Caller | None:
    """Who sends this request: by session cookie for pages, by bearer token for the API, never one for the other."""
    kind = tokens if by_token else sessions
    token = bearer(request) if by_token else session_of(request)
    if not token:
        return None
    async with database.transaction(Scope.nobody(), is_read_only=True) as transaction:
        known = await kind.recognise(transaction, token)
    if known is None:
        return None
    account = known.account
    if known.is_to_be_seen:
        async with database.transaction(Scope.nobody()) as transaction:
            account = await kind.account_of(transaction, token)
    csrf = "" if by_token else sessions.csrf_token(token)
    if account is None:
        return None
    speak(request, account.language)
    acting(request, account.id)
    actor = Actor(
        id=account.id,
        login=account.login,
        name=account.name,
        language=account.language,
        has_keys=account.has_keys,
    )
    return Caller(actor=actor, account_id=account.id, csrf=csrf, scopes=known.scopes)


def bearer(request: Request[Any, Any, Any]) -> str:
    """The token of a program; empty where there is none."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" else ""


def session_of(request: Request[Any, Any, Any]) -> str:
    """The token that the browser came with, or nothing."""
    return request.cookies.get(request.app.state.session_cookie, "")


async def signed_in(database: Database, request: Request[Any, Any, Any], *, by_token: bool = False) -> Caller:
    caller = await identify(database, request, by_token=by_token)
    if caller is None:
        raise NotSignedIn
    return caller


TENANT = """
SELECT t.id, t.slug, t.code, t.kind, t.name_zh, t.name_en, t.opened_on, t.closed_on, t.books_from,
       t.region_id, r.code AS region_code, r.time_zone,
       ARRAY(SELECT a.plugin FROM tenancy.activation a WHERE a.tenant_id = t.id AND a.is_on) AS switched_on,
       ARRAY(SELECT o.plugin FROM host.plugin_offer o WHERE o.region_id = t.region_id) AS offered,
       ARRAY(SELECT o.plugin FROM host.plugin_offer o WHERE o.region_id = t.region_id
             AND o.mode = 'required') AS required
FROM tenancy.tenant t JOIN tenancy.region r ON r.id = t.region_id WHERE t.id = $1
"""


async def tenant_at(transaction: Transaction, tenant_id: UUID) -> tuple[TenantPlace, frozenset[str]]:
    """The tenant of the open transaction and the plug-ins that are enabled there."""
    row = await transaction.fetchrow(TENANT, tenant_id)
    if row is None:
        raise NotFound
    return tenant_of(row)


def tenant_of(row: Row) -> tuple[TenantPlace, frozenset[str]]:
    """A row of `TENANT`."""
    place = TenantPlace(**{name: row[name] for name in TenantPlace.__struct_fields__})
    return place, enabled_plugins(row["switched_on"], row["offered"], row["required"])


async def offered_plugins(transaction: Transaction, region_id: UUID) -> frozenset[str]:
    """What the town of the open transaction offers or requires."""
    rows = await transaction.fetch("SELECT plugin FROM host.plugin_offer WHERE region_id = $1", region_id)
    return frozenset(row["plugin"] for row in rows)


def enabled_plugins(switched_on: list[str], offered: list[str], required: list[str]) -> frozenset[str]:
    """Two levels: the town offers or requires; the tenant switches on what is offered."""
    return frozenset(set(switched_on) & set(offered) | set(required))
