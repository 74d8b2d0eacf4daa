"""Who works for a town: its own roles, and the consultants whom it can send to its tenants."""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct

from core.identity import sessions, tables
from core.identity.roles import is_town_pool
from core.kernel import audit
from core.kernel.db import Transaction
from core.kernel.errors import BadInput, NotFound
from core.kernel.i18n import gettext_noop as _
from core.kernel.ids import new_id
from core.tenancy.keeping import locked_row

__all__ = ["TownMember", "grant_town_role", "list_town_members", "revoke_town_role"]

_MEMBERS = """
SELECT t.account_id, a.login, a.name, t.role, a.is_active, a.password_hash IS NOT NULL AS has_password
FROM identity.town_role t JOIN identity.account a ON a.id = t.account_id
WHERE t.region_id = $1 ORDER BY a.login, t.role
"""


class TownMember(Struct, frozen=True, kw_only=True):
    """One role of one account in the town."""

    account_id: UUID
    login: str
    name: str
    role: str
    is_active: bool
    has_password: bool


async def list_town_members(tx: Transaction) -> list[TownMember]:
    """The staff of the scope's town, in order of login."""
    return [TownMember(**row) for row in await tx.fetch(_MEMBERS, tx.scope.region)]


async def grant_town_role(tx: Transaction, account_id: UUID, role: str) -> bool:
    """Give an account a role in the scope's town; False when it has it already.

    Its sessions end, because the new one is shorter. A `rights_consultant` of the town sees nothing by that:
    she works where the town gives her the role in a tenant (`memberships.grant_role`).
    """
    if not is_town_pool(role):
        raise BadInput(fields={"role": _("There is no such role in a town.")})
    # Held against a sign-in under way, which would give the session the longer limits.
    if await locked_row(tables.Account, {"id": account_id}) is None:
        raise NotFound
    key = _key(tx, account_id, role)
    if await locked_row(tables.TownRole, key):
        return False
    row = tables.TownRole(id=new_id(), region_id=tx.scope.region, account_id=account_id, role=role)
    await tables.TownRole.insert(row)
    await _note(tx, "identity.town-role.grant", row.id, account_id, role)
    return True


async def revoke_town_role(tx: Transaction, account_id: UUID, role: str, reason: str = "") -> bool:
    """Take a role in the scope's town away and end the account's sessions; False when it does not have it."""
    known = await locked_row(tables.TownRole, _key(tx, account_id, role))
    if known is None:
        return False
    await tables.TownRole.delete().where(tables.TownRole.id == known["id"])
    await _note(tx, "identity.town-role.revoke", known["id"], account_id, role, reason)
    return True


def _key(tx: Transaction, account_id: UUID, role: str) -> dict[str, UUID | str]:
    if tx.scope.region is None:
        raise NotFound
    return {"region_id": tx.scope.region, "account_id": account_id, "role": role}


async def _note(
    tx: Transaction, action: str, row_id: UUID, account_id: UUID, role: str, reason: str = ""
) -> None:
    ended = await sessions.end_all(tx, account_id)
    detail = {"role": role, "account": str(account_id), "ended_sessions": ended}
    audit.record(tx, action, "town_role", row_id, reason=reason, detail=detail)
