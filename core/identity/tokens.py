"""API tokens: keys for programs. Each opens its scopes of what its account may; shown once, stored as a hash."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from uuid import UUID

import msgspec
from msgspec import Struct

from core.identity.accounts import Account, Recognised, account_by_id
from core.kernel import audit, clock
from core.kernel.db import Transaction
from core.kernel.errors import BadInput, NotFound
from core.kernel.i18n import gettext_noop as _
from core.kernel.ids import new_id
from core.kernel.text import clean

__all__ = [
    "EVERYTHING",
    "FIND",
    "PREFIX",
    "ApiToken",
    "account_of",
    "digest",
    "issue_token",
    "list_tokens",
    "opens",
    "recognise",
    "revoke_all",
    "revoke_token",
]

PREFIX = "tb_"
LONGEST_DAYS = 730
EVERYTHING = "*"
SCOPE = re.compile(r"[a-z_*]+(\.[a-z_*]+){0,2}")
MOST_SCOPES = 20

FIND = """
SELECT a.id, a.region_id, a.login, a.name, a.language, a.is_active, a.has_keys,
       a.password_hash IS NOT NULL AS has_password,
       COALESCE(t.used_at < now() + $2 - interval '1 hour', true) AS is_to_be_seen, t.scopes
FROM identity.api_token t JOIN identity.account a ON a.id = t.account_id
WHERE t.token_hash = $1 AND a.is_active AND t.revoked_at IS NULL AND t.expires_at > now() + $2
"""

_SEEN = "UPDATE identity.api_token SET used_at = now() + $2 WHERE token_hash = $1"

_ISSUE = """
INSERT INTO identity.api_token (id, account_id, name, token_hash, created_at, expires_at, scopes)
VALUES ($1, $2, $3, $4, now() + $5, now() + $5 + $6, $7)
"""

_LIST = """
SELECT id, account_id, name, scopes, created_at, expires_at, used_at, revoked_at
FROM identity.api_token WHERE account_id = $1 ORDER BY created_at
"""

_REVOKE = """
UPDATE identity.api_token SET revoked_at = now() + $3 WHERE id = $1 AND account_id = $2 AND revoked_at IS NULL
"""


_REVOKE_ALL = """
UPDATE identity.api_token SET revoked_at = now() + $2
WHERE account_id = $1 AND revoked_at IS NULL AND expires_at > now() + $2
"""


class ApiToken(Struct, frozen=True, kw_only=True):
    """What is known of a token afterwards."""

    id: UUID
    account_id: UUID
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    """To the hour."""
    revoked_at: datetime | None


async def issue_token(
    tx: Transaction, account_id: UUID, name: str, days: int = 365, scopes: Sequence[str] = (EVERYTHING,)
) -> str:
    """Make a token for `days` days and give it, this once; `name` says what it is for.

    `scopes` are permissions, a star for any part: `registration.person.read`, `registration.*`, `*.read`.
    """
    account = await account_by_id(tx, account_id)
    kept = sorted(set(scopes))
    if not 1 <= len(kept) <= MOST_SCOPES or not all(SCOPE.fullmatch(scope) for scope in kept):
        raise BadInput(
            fields={"scopes": _("Name 1 to 20 permissions, such as registration.person.read, *.read or *.")}
        )
    if not 1 <= days <= LONGEST_DAYS:
        raise BadInput(fields={"days": _("A token lasts 1 to 730 days.")})
    token = PREFIX + secrets.token_urlsafe(32)
    token_id = new_id()
    await tx.execute(
        _ISSUE,
        token_id,
        account.id,
        clean(name)[:100],
        digest(token),
        clock.offset(),
        timedelta(days=days),
        kept,
    )
    audit.record(
        tx, "identity.token.issue", "api_token", token_id, detail={"account": str(account.id), "days": days}
    )
    return token


async def recognise(tx: Transaction, token: str) -> Recognised | None:
    """Whose token it is; None for an unknown, revoked or expired one and for a closed account."""
    if not token.startswith(PREFIX):
        return None
    row = await tx.fetchrow(FIND, digest(token), clock.offset())
    if row is None:
        return None
    return msgspec.structs.replace(Recognised.of(row), scopes=frozenset(row["scopes"]))


def opens(scopes: frozenset[str] | None, permission: str) -> bool:
    """Whether a token of these scopes opens what needs the permission; None, a session's, opens everything."""
    return scopes is None or any(fnmatchcase(permission, scope) for scope in scopes)


async def account_of(tx: Transaction, token: str) -> Account | None:
    """The same; in a transaction that writes, since the use of it is noted."""
    known = await recognise(tx, token)
    if known is None:
        return None
    if known.is_to_be_seen:
        await tx.execute(_SEEN, digest(token), clock.offset())
    return known.account


async def list_tokens(tx: Transaction, account_id: UUID) -> list[ApiToken]:
    """All tokens of an account, the dead ones included, oldest first."""
    return [ApiToken(**{**row, "scopes": tuple(row["scopes"])}) for row in await tx.fetch(_LIST, account_id)]


async def revoke_token(tx: Transaction, account_id: UUID, token_id: UUID) -> None:
    """End a token of this account now; a dead one stays dead. Raises `NotFound` for another's."""
    if await tx.execute(_REVOKE, token_id, account_id, clock.offset()):
        audit.record(tx, "identity.token.revoke", "api_token", token_id, detail={"account": str(account_id)})
    elif all(token.id != token_id for token in await list_tokens(tx, account_id)):
        raise NotFound


async def revoke_all(tx: Transaction, account_id: UUID) -> int:
    """End every token of the account; how many lived. Whoever calls notes why."""
    return await tx.execute(_REVOKE_ALL, account_id, clock.offset())


def digest(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
