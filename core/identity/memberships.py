"""Who works in a tenant, and as what. Read at every request: what is taken away is gone at the next one."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from msgspec import Struct

from core.identity import sessions, tables
from core.identity.accounts import account_by_id
from core.identity.roles import ROLES
from core.kernel import audit, clock
from core.kernel.db import Transaction
from core.kernel.errors import BadInput
from core.kernel.i18n import gettext_noop as _
from core.kernel.ids import new_id
from core.tenancy.keeping import locked_row
from core.tenancy.tenants import own_tenant

__all__ = ["Member", "copy_tenant_names", "grant_role", "list_members", "revoke_role", "was_granted"]

_MEMBERS = """
SELECT m.account_id, a.login, a.name, m.role, m.since, a.is_active,
       a.password_hash IS NOT NULL AS has_password
FROM identity.membership m JOIN identity.account a ON a.id = m.account_id
WHERE m.tenant_id = $1 AND m.since <= $2 AND (m.until IS NULL OR m.until > $2)
ORDER BY a.login, m.role
"""


class Member(Struct, frozen=True, kw_only=True):
    """One role of one account in the tenant."""

    account_id: UUID
    login: str
    name: str
    role: str
    since: date
    is_active: bool
    has_password: bool


async def list_members(tx: Transaction) -> list[Member]:
    """The staff of the scope's tenant today, in order of login."""
    return [Member(**row) for row in await tx.fetch(_MEMBERS, tx.scope.tenant, clock.today())]


async def grant_role(tx: Transaction, account_id: UUID, role: str, since: date | None = None) -> bool:
    """Give an account a role in the scope's tenant from `since` (today); False when it has it already.

    Its sessions end, so that no token outlives a change of what it opens: she signs in once more.
    Whether who asks may appoint this role (`Role.appointed_by`) is the gate's question, not this one's.
    """
    if role not in ROLES or ROLES[role].belongs_to != "tenant":
        raise BadInput(fields={"role": _("There is no such role in an association unit.")})
    await account_by_id(tx, account_id)
    table = tables.Membership
    known = await locked_row(table, {"account_id": account_id, "role": role})
    since = since or clock.today()
    if known and known["until"] is None and known["since"] <= since:
        return False
    if known:
        await table.update({"since": since, "until": None}).where(table.id == known["id"])
        row_id = known["id"]
    else:
        row_id = await _inserted(tx, account_id, role, since)
    detail = {
        "role": role,
        "account": str(account_id),
        "ended_sessions": await sessions.end_all(tx, account_id),
    }
    audit.record(tx, "identity.role.grant", "membership", row_id, detail=detail)
    return True


async def was_granted(account_id: UUID, role: str) -> bool:
    """Whether the account has or ever had the role in the scope's tenant."""
    table = tables.Membership
    return await table.exists().where((table.account_id == account_id) & (table.role == role))


async def revoke_role(tx: Transaction, account_id: UUID, role: str, reason: str = "") -> bool:
    """Take a role away from now on and end the account's sessions; False when the account does not have it."""
    table = tables.Membership
    known = await locked_row(table, {"account_id": account_id, "role": role})
    today = clock.today()
    if known is None or (known["until"] is not None and known["until"] <= today):
        return False
    until = max(today, known["since"])
    await table.update({"until": until}).where(table.id == known["id"])
    detail = {
        "role": role,
        "account": str(account_id),
        "ended_sessions": await sessions.end_all(tx, account_id),
    }
    audit.record(tx, "identity.role.revoke", "membership", known["id"], reason=reason, detail=detail)
    return True


async def copy_tenant_names(tx: Transaction) -> int:
    """Bring the names of the scope's tenant in its memberships up to date; after a tenant was renamed."""
    tenant = await own_tenant(tx)
    return await tx.execute(
        """UPDATE identity.membership SET tenant_name_zh = $2, tenant_name_en = $3
           WHERE tenant_id = $1 AND (tenant_name_zh, tenant_name_en) <> ($2, $3)""",
        tenant.id,
        tenant.name_zh,
        tenant.name_en,
    )


async def _inserted(tx: Transaction, account_id: UUID, role: str, since: date) -> UUID:
    tenant = await own_tenant(tx)
    row = tables.Membership(
        id=new_id(),
        account_id=account_id,
        tenant_slug=tenant.slug,
        tenant_name_zh=tenant.name_zh,
        tenant_name_en=tenant.name_en,
        role=role,
        since=since,
    )
    await tables.Membership.insert(row)
    return row.id
