"""Signing in: one answer for a wrong name, a wrong password and an account that cannot sign in."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from msgspec import Struct

from core.identity import sessions
from core.identity.accounts import normal_login
from core.identity.passwords import LONGEST, hash_password, is_outdated, is_right_password
from core.identity.roles import TOWN_ROLES
from core.identity.throttle import Tries
from core.kernel import clock
from core.kernel.db import Database, Transaction
from core.kernel.errors import TooManyTries
from core.kernel.ids import new_id
from core.kernel.log import get_logger
from core.kernel.scope import Scope

__all__ = ["EVENTS_KEPT", "KNOWN_ADDRESS", "Attempt", "attempt_of", "begin", "note_event", "sign_in"]

log = get_logger(__name__)

KNOWN_ADDRESS = timedelta(days=30)
EVENTS_KEPT = timedelta(days=183)
"""The Cybersecurity Law wants logs of the network kept for six months at least."""

_FIND = """
SELECT a.id, a.password_hash, a.is_active,
       EXISTS (SELECT 1 FROM identity.sign_in_event e WHERE e.account_id = a.id AND e.outcome = 'success'
               AND e.address = $2 AND e.at > now() + $3::interval - $4::interval) AS is_known_address
FROM identity.account a WHERE a.login = $1
"""

# Waits for a change of the password or a closing that is under way, and sees what it did.
_STILL = "SELECT id FROM identity.account WHERE id = $1 AND is_active AND password_hash = $2 FOR UPDATE"

_IS_OF_TOWN = (
    "SELECT EXISTS (SELECT 1 FROM identity.town_role WHERE account_id = $1 AND role = ANY($2::text[]))"
)

_EVENT = """
INSERT INTO identity.sign_in_event (id, account_id, at, outcome, address)
VALUES ($1, $2, now() + $3::interval, $4, $5)
"""

_REHASH = "UPDATE identity.account SET password_hash = $2 WHERE id = $1"


class Attempt(Struct, frozen=True, kw_only=True):
    """What is known before the password is looked at; the try is not counted yet."""

    tries: Tries
    account_id: UUID | None = None
    stored: str | None = None
    """The hash to check against; None where the answer is no whatever was typed."""
    is_known_address: bool = False


async def sign_in(
    database: Database, login: str, password: str, address: str, *, previous: str | None = None
) -> str | None:
    """The token of a new session, or None. `previous`, the token that the browser came with, is ended.

    `address` is the client's; it is stored as a keyed hash alone. Raises `TooManyTries`. The password is
    checked between two transactions, so that no connection waits for it.
    """
    async with database.transaction(Scope.nobody()) as tx:
        attempt = await attempt_of(tx, normal_login(login), address)
        wait = await attempt.tries.take(tx, is_known_address=attempt.is_known_address)
    if wait:
        log.warning("sign_in_slowed", retry_after=wait)
        raise TooManyTries(wait)
    is_right = await is_right_password(password, attempt.stored)
    better = await hash_password(password) if is_right and is_outdated(attempt.stored or "") else None
    async with database.transaction(Scope.nobody()) as tx:
        token = await _entered(tx, attempt, better) if is_right else None
        await note_event(tx, attempt.account_id, attempt.tries.address, is_success=token is not None)
        if token and previous:
            await sessions.end(tx, previous)
    return token


async def attempt_of(tx: Transaction, login: str, address: str) -> Attempt:
    tries = await Tries.of(tx, login[: LONGEST + 1], address)
    row = await tx.fetchrow(_FIND, login, tries.address, clock.offset(), KNOWN_ADDRESS)
    if row is None:
        return Attempt(tries=tries)
    return Attempt(
        tries=tries,
        account_id=row["id"],
        stored=row["password_hash"] if row["is_active"] else None,
        is_known_address=row["is_known_address"],
    )


async def _entered(tx: Transaction, attempt: Attempt, better: str | None) -> str | None:
    account_id = await tx.fetchval(_STILL, attempt.account_id, attempt.stored)
    if account_id is None:
        return None
    if better:
        await tx.execute(_REHASH, account_id, better)
    await attempt.tries.give_back(tx, is_known_address=attempt.is_known_address)
    return await begin(tx, account_id)


async def begin(tx: Transaction, account_id: UUID) -> str:
    """The token of a new session, with the limits of the account's roles."""
    is_of_town = await tx.fetchval(_IS_OF_TOWN, account_id, [role.name for role in TOWN_ROLES])
    return await sessions.start(tx, account_id, is_of_town=is_of_town)


async def note_event(tx: Transaction, account_id: UUID | None, address: bytes, *, is_success: bool) -> None:
    """Keep a try to sign in; `address` is its keyed hash."""
    outcome = "success" if is_success else "failure"
    await tx.execute(_EVENT, new_id(), account_id, clock.offset(), outcome, address)
    log.info("sign_in", outcome=outcome, account=str(account_id or ""))
