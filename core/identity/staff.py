"""Taking somebody on in a tenant or town, and her leaving: all that goes with it, in one transaction."""

from __future__ import annotations

from uuid import UUID

from core.identity import invitations, sessions, tables, tokens
from core.identity.accounts import Account, account_in_town, add_account
from core.identity.last_used import forget_all
from core.identity.memberships import Member, grant_role, list_members, revoke_role
from core.identity.roles import MANAGER_ROLE, ROLES
from core.identity.town_roles import list_town_members, revoke_town_role
from core.kernel import audit
from core.kernel.db import Transaction
from core.kernel.errors import BadInput, Conflict
from core.kernel.i18n import gettext_noop as _
from core.kernel.text import clean

__all__ = [
    "TOWN_MANAGER",
    "account_for",
    "dismiss",
    "dismiss_from_town",
    "keep_managed",
    "take_on",
    "take_role",
    "take_town_role",
]

TOWN_MANAGER = "town_admin"


async def account_for(tx: Transaction, login: str, name: str) -> Account:
    """The account of somebody new, or the one that she has already: user name and name must both be hers.

    A user name alone would let whoever types it act on another's account.
    """
    if not clean(name):
        raise BadInput(fields={"name": _("Fill this in.")})
    known = await account_in_town(tx, login)
    if known is None:
        return await add_account(tx, login, name)
    if known.name != clean(name):
        raise BadInput(
            fields={
                "login": _(
                    "This user name is taken. Choose another; if it is hers, write her name as it stands there."
                )
            }
        )
    if not known.is_active:
        raise Conflict(_("This account is closed."), _("Ask the town association to open it again."))
    return known


async def take_on(tx: Transaction, login: str, name: str, role: str) -> Account:
    """Give somebody a role in the scope's tenant; whether she needs a link is the caller's next question."""
    account = await account_for(tx, login, name)
    await grant_role(tx, account.id, role)
    return account


async def take_role(tx: Transaction, account_id: UUID, role: str, reason: str = "") -> bool:
    """Take one of several roles away; raises `Conflict` where the unit would be left without a manager."""
    if role == MANAGER_ROLE:
        await keep_managed(tx, account_id)
    return await revoke_role(tx, account_id, role, reason)


async def dismiss(tx: Transaction, account_id: UUID, reason: str, works_elsewhere: bool) -> list[str]:
    """End her roles in the scope's tenant today, and her sessions and links now; the roles that ended.

    A role that the town gave her stays the town's to take. Her keys for programs end as well, unless she
    works elsewhere. The account stays: what she did is hers, and she may come back.
    """
    mine = [member.role for member in await list_members(tx) if member.account_id == account_id]
    held = [role for role in mine if ROLES[role].appointed_by == "tenant"]
    if not held:
        raise Conflict(_("The town association appointed her."), _("Ask the town association."))
    if MANAGER_ROLE in held:
        await keep_managed(tx, account_id)
    ended = await sessions.end_all(tx, account_id)
    for role in held:
        await revoke_role(tx, account_id, role, reason)
    await forget_all(tx, account_id)
    await _shut_out(tx, account_id, reason, ended, works_elsewhere)
    return held


async def _shut_out(
    tx: Transaction, account_id: UUID, reason: str, ended: int, works_elsewhere: bool
) -> None:
    await invitations.withdraw(tx, account_id)
    keys = 0 if works_elsewhere else await tokens.revoke_all(tx, account_id)
    detail = {"ended_sessions": ended, "ended_tokens": keys}
    audit.record(tx, "identity.staff.leave", "account", account_id, reason=reason, detail=detail)


async def keep_managed(tx: Transaction, leaving: UUID) -> None:
    """Raise `Conflict` unless another manager stays; the managers are held, so that two cannot go at once."""
    table = tables.Membership
    await table.select(table.id).where(table.role == MANAGER_ROLE).lock_rows("UPDATE")
    if not any(_stays(member, leaving) for member in await list_members(tx)):
        raise Conflict(
            _("She is the only manager of this unit."),
            _("Give somebody else the role first, or ask the town association."),
        )


def _stays(member: Member, leaving: UUID) -> bool:
    return member.role == MANAGER_ROLE and member.account_id != leaving and member.is_active


async def take_town_role(tx: Transaction, account_id: UUID, role: str, reason: str = "") -> bool:
    """Take a role in the town away; raises `Conflict` where the town would be left without an administrator."""
    if role == TOWN_MANAGER:
        await _keep_town_managed(tx, account_id)
    return await revoke_town_role(tx, account_id, role, reason)


async def dismiss_from_town(tx: Transaction, account_id: UUID, reason: str, works_elsewhere: bool) -> None:
    """End all her roles in the scope's town, and her sessions and links, now; otherwise as `dismiss`."""
    held = [member.role for member in await list_town_members(tx) if member.account_id == account_id]
    ended = await sessions.end_all(tx, account_id)
    for role in held:
        await take_town_role(tx, account_id, role, reason)
    await _shut_out(tx, account_id, reason, ended, works_elsewhere)


async def _keep_town_managed(tx: Transaction, leaving: UUID) -> None:
    table = tables.TownRole
    mine = (table.region_id == tx.scope.region) & (table.role == TOWN_MANAGER)
    await table.select(table.id).where(mine).lock_rows("UPDATE")
    members = await list_town_members(tx)
    if not any(
        each.role == TOWN_MANAGER and each.account_id != leaving and each.is_active for each in members
    ):
        raise Conflict(
            _("She is the only administrator of this town."), _("Give somebody else the role first.")
        )
