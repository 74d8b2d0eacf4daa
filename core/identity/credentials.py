"""What lets an account in: its password, and whether it is open at all. A change ends its sessions."""

from __future__ import annotations

from uuid import UUID

from core.identity import sessions, tables
from core.identity.accounts import Account, account_by_id
from core.identity.passwords import check_password, hash_password
from core.kernel import audit
from core.kernel.db import Transaction
from core.kernel.errors import Forbidden, NotFound
from core.kernel.i18n import gettext_noop as _
from core.tenancy.regions import region_of

__all__ = ["close_account", "reopen_account", "set_password"]


async def set_password(tx: Transaction, account_id: UUID, password: str, but: str | None = None) -> None:
    """Set a password and end the account's sessions, except that of the token `but`, and its open links.

    Whoever changes it is the account itself (in any scope) or its town (in the town's scope): an association
    cannot, because the account may also work elsewhere. Raises `BadInput` for one that is guessed first.
    """
    account = await _in_reach(tx, account_id)
    region = await region_of(tx)
    check_password(password, (account.login, account.name, region.name_zh, region.name_en))
    stored = await hash_password(password)
    await tables.Account.update({"password_hash": stored}).where(tables.Account.id == account_id)
    ended = await sessions.end_all(tx, account_id, but)
    # Whoever chose a new password because of a link that she did not ask for is rid of it.
    await tx.execute("DELETE FROM identity.invitation WHERE account_id = $1 AND used_at IS NULL", account_id)
    audit.record(tx, "identity.password.set", "account", account_id, detail={"ended_sessions": ended})


async def close_account(tx: Transaction, account_id: UUID, reason: str = "") -> None:
    """Close an account of the scope's town: no sign-in, no session, no token. What it did stays its own."""
    await _set_active(tx, account_id, to=False, reason=reason)


async def reopen_account(tx: Transaction, account_id: UUID, reason: str = "") -> None:
    """Let an account of the scope's town in again, with the password and the roles that it had."""
    await _set_active(tx, account_id, to=True, reason=reason)


async def _set_active(tx: Transaction, account_id: UUID, *, to: bool, reason: str) -> None:
    account = await _in_reach(tx, account_id)
    if tx.scope.region is None:
        raise _of_the_town()
    if account.is_active == to:
        return
    await tables.Account.update({"is_active": to}).where(tables.Account.id == account_id)
    await sessions.end_all(tx, account_id)
    action = "identity.account.reopen" if to else "identity.account.close"
    audit.record(tx, action, "account", account_id, reason=reason)


async def _in_reach(tx: Transaction, account_id: UUID) -> Account:
    account = await account_by_id(tx, account_id)
    if tx.scope.actor == account_id:
        return account
    if tx.scope.region is None:
        raise _of_the_town()
    if tx.scope.region != account.region_id:
        raise NotFound
    return account


def _of_the_town() -> Forbidden:
    return Forbidden(_("Only the town can do this to another's account."), _("Ask the town association."))
