"""One-time links: she chooses a password herself, so nobody else ever knows one.

A link is worth 130 bits, is stored as a hash, opens once, and ends by itself. The newest link of an account is
the only one. One that a tenant handed out opens only while the account works there and nowhere else: else a
manager could take over what the account may do in other places.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from msgspec import Struct

from core.identity import sessions
from core.identity.accounts import Account, account_by_id
from core.identity.credentials import set_password
from core.identity.sign_in import begin, note_event
from core.identity.throttle import Tries
from core.identity.workplaces import works_at
from core.kernel import audit, clock
from core.kernel.db import Database, Transaction
from core.kernel.errors import Conflict, NotFound, TooManyTries
from core.kernel.i18n import gettext_noop as _
from core.kernel.ids import new_id
from core.kernel.scope import Scope

__all__ = ["Guest", "Issued", "Purpose", "grouped", "guest_of", "issue", "open_until", "redeem", "withdraw"]

Purpose = Literal["first", "forgotten"]
LASTS: dict[Purpose, timedelta] = {"first": timedelta(hours=72), "forgotten": timedelta(minutes=30)}

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Nothing that is taken for another letter when it is typed from paper."""
LENGTH = 26
MISREAD = str.maketrans("OIL", "011")
NOBODY = "invitation:"
"""Stands for the user name in the count of tries; no user name looks like it."""

_ISSUE = """
INSERT INTO identity.invitation (id, account_id, place_id, purpose, token_hash, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, now() + $6, now() + $6 + $7) RETURNING expires_at
"""

_FIND = """
SELECT i.account_id, i.place_id, i.purpose, i.expires_at, a.region_id, a.login, a.name, a.language
FROM identity.invitation i JOIN identity.account a ON a.id = i.account_id
WHERE i.token_hash = $1 AND i.used_at IS NULL AND i.expires_at > now() + $2 AND a.is_active
"""

# Whoever comes second waits here for the first, and then finds it used.
_USE = """
UPDATE identity.invitation SET used_at = now() + $2
WHERE token_hash = $1 AND used_at IS NULL AND expires_at > now() + $2 RETURNING id
"""

_OPEN = """
SELECT account_id, expires_at FROM identity.invitation
WHERE account_id = ANY($1::uuid[]) AND used_at IS NULL AND expires_at > now() + $2
"""


class Issued(Struct, frozen=True, kw_only=True):
    """What goes on the sheet that is handed over; `code` is nowhere else."""

    account: Account
    code: str
    purpose: Purpose
    expires_at: datetime


class Guest(Struct, frozen=True, kw_only=True):
    """Whom an open link is for."""

    account_id: UUID
    place_id: UUID
    region_id: UUID
    purpose: Purpose
    expires_at: datetime
    login: str
    name: str
    language: str

    @property
    def is_of_town(self) -> bool:
        """Whether the town handed the link out."""
        return self.place_id == self.region_id


async def issue(tx: Transaction, account_id: UUID, works_elsewhere: bool) -> Issued:
    """Make a link for an account of the scope's town, or for somebody who works in the scope's tenant alone.

    `works_elsewhere`: whether she has anything to do in another place, which only her own door tells
    (`workplaces.works_at`); the town need not ask. Nobody is signed out before the link is used.
    """
    account = await _in_reach(tx, account_id)
    if tx.scope.region is None and works_elsewhere:
        raise Conflict(
            _("She does not work in this unit alone, so it cannot give her a new link."),
            _("Ask the town association: it can."),
        )
    if not account.is_active:
        raise Conflict(_("This account is closed."), _("Ask the town association to open it again."))
    purpose: Purpose = "forgotten" if account.has_password else "first"
    code = "".join(secrets.choice(ALPHABET) for _place in range(LENGTH))
    await _gone(tx, account_id)
    made = (new_id(), account_id, tx.scope.tenant, purpose, _hash(code), clock.offset(), LASTS[purpose])
    expires_at = await tx.fetchval(_ISSUE, *made)
    audit.record(tx, "identity.invitation.issue", "account", account_id, detail={"purpose": purpose})
    return Issued(account=account, code=code, purpose=purpose, expires_at=expires_at)


async def _in_reach(tx: Transaction, account_id: UUID) -> Account:
    account = await account_by_id(tx, account_id)
    if tx.scope.region is not None:
        if account.region_id != tx.scope.region:
            raise NotFound
        return account
    # The row policy shows the rows of the open tenant alone.
    is_member = await tx.fetchval(
        """SELECT EXISTS (SELECT 1 FROM identity.membership WHERE tenant_id = $1 AND account_id = $2
           AND (until IS NULL OR until > $3))""",
        tx.scope.tenant,
        account_id,
        clock.today(),
    )
    if not is_member:
        raise NotFound
    return account


async def withdraw(tx: Transaction, account_id: UUID) -> bool:
    """End an open link of the account; False without one."""
    if not await _gone(tx, account_id):
        return False
    audit.record(tx, "identity.invitation.withdraw", "account", account_id)
    return True


async def _gone(tx: Transaction, account_id: UUID) -> int:
    return await tx.execute("DELETE FROM identity.invitation WHERE account_id = $1", account_id)


async def open_until(tx: Transaction, accounts: Collection[UUID]) -> dict[UUID, datetime]:
    """Until when each of these accounts has an open link; accounts without one are absent."""
    rows = await tx.fetch(_OPEN, list(accounts), clock.offset())
    return {row["account_id"]: row["expires_at"] for row in rows}


async def guest_of(database: Database, code: str) -> Guest | None:
    """Whom the link is for; None for one that is unknown, used, ended, or no longer to be trusted."""
    async with database.transaction(Scope.nobody(), is_read_only=True) as tx:
        row = await tx.fetchrow(_FIND, _hash(code), clock.offset())
    if row is None:
        return None
    guest = Guest(**row)
    if guest.is_of_town:
        return guest
    async with database.transaction(Scope.person_of(guest.account_id), is_read_only=True) as tx:
        places = await works_at(tx, guest.account_id)
    return guest if places == {guest.place_id} else None


async def redeem(
    database: Database, code: str, password: str, address: str, *, previous: str | None = None
) -> str | None:
    """Set the password and give the token of a fresh session; None for a link that does not open.

    All other sessions of the account end, and `previous`, the one that the browser came with. Raises
    `BadInput` for a password that is guessed first, and then the link is still good; `TooManyTries` after
    five links from one address that did not open.
    """
    async with database.transaction(Scope.nobody()) as tx:
        tries = await Tries.of(tx, NOBODY, address)
        wait = await tries.take(tx, is_known_address=True)
    if wait:
        raise TooManyTries(wait)
    guest = await guest_of(database, code)
    if guest is None:
        return None
    async with database.transaction(Scope.nobody()) as tx:
        await tries.give_back(tx, is_known_address=True)
    place = Scope.town if guest.is_of_town else Scope.of_tenant
    async with database.transaction(place(guest.place_id, actor=guest.account_id)) as tx:
        token = await _used(tx, guest, code, password, tries.address)
        if token and previous:
            await sessions.end(tx, previous)
        return token


async def _used(tx: Transaction, guest: Guest, code: str, password: str, address: bytes) -> str | None:
    if await tx.fetchval(_USE, _hash(code), clock.offset()) is None:
        return None
    await set_password(tx, guest.account_id, password)
    audit.record(tx, "identity.invitation.use", "account", guest.account_id)
    await note_event(tx, guest.account_id, address, is_success=True)
    return await begin(tx, guest.account_id)


def grouped(code: str) -> str:
    """The code as it is read from paper: in groups of four."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def _hash(code: str) -> bytes:
    typed = "".join(letter for letter in code.upper() if letter.isalnum()).translate(MISREAD)
    return hashlib.sha256(typed.encode("utf-8", "replace")).digest()
