"""Where an account works, before any tenant is known: through the door of its own memberships.

Open the transaction with `Scope.person_of(account)`; in any other scope the tenants' rows stay unseen.
"""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct

from core.identity.roles import ROLES, TOWN_ROLES
from core.kernel import clock
from core.kernel.db import Transaction
from core.tenancy.regions import Region

__all__ = ["Workplace", "places_of", "roles_at", "town_at", "works_at"]

_TOWN_ROLES = [role.name for role in TOWN_ROLES]
_OF_TOWN = [role.name for role in ROLES.values() if role.appointed_by == "town"]

_PLACES = """
SELECT 'tenant' AS place, tenant_id AS id, tenant_slug AS slug, role,
       tenant_name_zh AS name_zh, tenant_name_en AS name_en
FROM identity.membership
WHERE account_id = $1 AND since <= $2 AND (until IS NULL OR until > $2)
UNION ALL
SELECT 'town', r.id, r.code, t.role, r.name_zh, r.name_en
FROM identity.town_role t JOIN tenancy.region r ON r.id = t.region_id
WHERE t.account_id = $1 AND t.role = ANY($3::text[])
ORDER BY place DESC, slug, role
"""

_TENANT = """
SELECT 'tenant' AS place, tenant_id AS id, tenant_slug AS slug, role,
       tenant_name_zh AS name_zh, tenant_name_en AS name_en
FROM identity.membership
WHERE account_id = $1 AND tenant_slug = $3 AND since <= $2 AND (until IS NULL OR until > $2)
ORDER BY role
"""

_TOWN = """
SELECT r.id, r.code, r.level, r.name_zh, r.name_en, r.parent_id, r.time_zone, t.role
FROM identity.town_role t JOIN tenancy.region r ON r.id = t.region_id
WHERE t.account_id = $1 AND r.code = $2 AND t.role = ANY($3::text[]) ORDER BY t.role
"""


# Who is held ready by a town counts as working there; so does whom it sent to a tenant, and who begins tomorrow.
_WORKS_AT = """
SELECT tenant_id AS place FROM identity.membership WHERE account_id = $1 AND (until IS NULL OR until > $2)
UNION SELECT region_id FROM identity.town_role WHERE account_id = $1
UNION SELECT a.region_id FROM identity.membership m JOIN identity.account a ON a.id = m.account_id
WHERE m.account_id = $1 AND (m.until IS NULL OR m.until > $2) AND m.role = ANY($3::text[])
"""


class Workplace(Struct, frozen=True, kw_only=True):
    """One role in one place."""

    place: str
    """`tenant` or `town`."""
    id: UUID
    slug: str
    """The tenant's place in the address, or the town's code."""
    role: str
    name_zh: str
    name_en: str

    @property
    def tenant_id(self) -> UUID:
        return self.id

    @property
    def address(self) -> str:
        return f"/t/{self.slug}" if self.place == "tenant" else f"/town/{self.slug}"

    def title(self, language: str) -> str:
        return self.name_zh if language == "zh" else self.name_en


async def places_of(tx: Transaction, account_id: UUID) -> list[Workplace]:
    """Every role of the account: towns first, then tenants in order of address."""
    return [Workplace(**row) for row in await tx.fetch(_PLACES, account_id, clock.today(), _TOWN_ROLES)]


async def roles_at(tx: Transaction, account_id: UUID, slug: str) -> list[Workplace]:
    """The account's roles in the tenant of this address; empty for everybody who has nothing to do there."""
    rows = await tx.fetch(_TENANT, account_id, clock.today(), slug)
    return [Workplace(**row) for row in rows]


async def town_at(tx: Transaction, account_id: UUID, code: str) -> tuple[Region, tuple[str, ...]] | None:
    """The town of this code with the account's roles in it; None for everybody who has none."""
    rows = await tx.fetch(_TOWN, account_id, code, _TOWN_ROLES)
    if not rows:
        return None
    region = Region(**{name: rows[0][name] for name in Region.__struct_fields__})
    return region, tuple(row["role"] for row in rows)


async def works_at(tx: Transaction, account_id: UUID) -> frozenset[UUID]:
    """The ids of every tenant and town where the account has anything to do, now or from a later day.

    Somebody whom the town appointed works for the town as well, wherever it sent her.
    """
    rows = await tx.fetch(_WORKS_AT, account_id, clock.today(), _OF_TOWN)
    return frozenset(row["place"] for row in rows)
