"""Sessions: a random token in the browser, its hash in the database, an end for each.

A token is only ever made here, at sign-in: one that was planted is nobody's. Being seen is an UPDATE of a row
that is there, so a request in flight cannot bring a session back that was ended meanwhile.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct

from core.identity.accounts import Account, Recognised
from core.kernel import clock
from core.kernel.db import Transaction
from core.kernel.ids import new_id

__all__ = [
    "Session",
    "account_of",
    "csrf_token",
    "end",
    "end_all",
    "end_everybodys",
    "end_one",
    "list_sessions",
    "recognise",
    "start",
]

IDLE, LONGEST = timedelta(minutes=30), timedelta(hours=12)
TOWN_IDLE, TOWN_LONGEST = timedelta(minutes=15), timedelta(hours=8)

# $2 is the clock's offset: the database's time decides, so a server with a wrong clock ends nothing.
_FIND = """
SELECT a.id, a.region_id, a.login, a.name, a.language, a.is_active, a.has_keys,
       a.password_hash IS NOT NULL AS has_password,
       s.seen_at < now() + $2 - interval '1 minute' AS is_to_be_seen
FROM identity.session s JOIN identity.account a ON a.id = s.account_id
WHERE s.token_hash = $1 AND a.is_active
  AND s.expires_at > now() + $2 AND s.seen_at + make_interval(secs => s.idle_seconds) > now() + $2
"""

_SEEN = "UPDATE identity.session SET seen_at = now() + $2 WHERE token_hash = $1"

_LIST = """
SELECT id, created_at, seen_at, token_hash = $2 AS is_this FROM identity.session
WHERE account_id = $1 AND expires_at > now() + $3
  AND seen_at + make_interval(secs => idle_seconds) > now() + $3
ORDER BY seen_at DESC, id
"""

_START = """
INSERT INTO identity.session (id, token_hash, account_id, created_at, seen_at, expires_at, idle_seconds)
VALUES ($1, $2, $3, now() + $4, now() + $4, now() + $4 + $5, $6)
"""


class Session(Struct, frozen=True, kw_only=True):
    """A signed-in browser, as its owner sees it."""

    id: UUID
    created_at: datetime
    seen_at: datetime
    """To the minute."""
    is_this: bool


async def start(tx: Transaction, account_id: UUID, *, is_of_town: bool) -> str:
    """Begin a session and give its token, which is nowhere else; town roles have the shorter limits."""
    token = secrets.token_urlsafe(32)
    idle, longest = (TOWN_IDLE, TOWN_LONGEST) if is_of_town else (IDLE, LONGEST)
    seconds = int(idle.total_seconds())
    await tx.execute(_START, new_id(), _hash(token), account_id, clock.offset(), longest, seconds)
    return token


async def recognise(tx: Transaction, token: str) -> Recognised | None:
    """Who is signed in with this token; None for an unknown or ended one and for a closed account."""
    row = await tx.fetchrow(_FIND, _hash(token), clock.offset())
    return Recognised.of(row) if row is not None else None


async def account_of(tx: Transaction, token: str) -> Account | None:
    """The same; in a transaction that writes, since the use of it is noted."""
    known = await recognise(tx, token)
    if known is None:
        return None
    if known.is_to_be_seen:
        await tx.execute(_SEEN, _hash(token), clock.offset())
    return known.account


async def end(tx: Transaction, token: str) -> None:
    """Sign out: the token is worth nothing from now on."""
    await tx.execute("DELETE FROM identity.session WHERE token_hash = $1", _hash(token))


async def end_all(tx: Transaction, account_id: UUID, but: str | None = None) -> int:
    """End all sessions of an account, except that of the token `but`; how many there were."""
    kept = _hash(but) if but else b""
    return await tx.execute(
        "DELETE FROM identity.session WHERE account_id = $1 AND token_hash <> $2", account_id, kept
    )


async def end_everybodys(tx: Transaction) -> int:
    """End every session of the deployment; how many there were."""
    return await tx.execute("DELETE FROM identity.session")


async def end_one(tx: Transaction, account_id: UUID, session_id: UUID) -> bool:
    """End one session of an account; False when it has ended already."""
    ended = await tx.execute(
        "DELETE FROM identity.session WHERE account_id = $1 AND id = $2", account_id, session_id
    )
    return bool(ended)


async def list_sessions(tx: Transaction, account_id: UUID, token: str = "") -> list[Session]:
    """The sessions that are open, the last seen first; `is_this` marks that of `token`."""
    rows = await tx.fetch(_LIST, account_id, _hash(token), clock.offset())
    return [Session(**row) for row in rows]


def csrf_token(token: str) -> str:
    """What every form of the session carries; it does not give the token away."""
    return hashlib.sha256(b"csrf" + token.encode("utf-8", "replace")).hexdigest()


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
