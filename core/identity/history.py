"""When an account signed in, and from a place that it knew: the address itself is kept by nobody."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from core.identity.sign_in import KNOWN_ADDRESS
from core.kernel.db import Transaction

__all__ = ["SignIn", "last_sign_ins", "sign_ins"]

_HISTORY = """
SELECT e.at, e.outcome = 'success' AS is_success,
       EXISTS (SELECT 1 FROM identity.sign_in_event o WHERE o.account_id = e.account_id
               AND o.outcome = 'success' AND o.address = e.address
               AND o.at < e.at AND o.at > e.at - $3::interval) AS is_known_place
FROM identity.sign_in_event e WHERE e.account_id = $1 ORDER BY e.at DESC, e.id DESC LIMIT $2
"""

_LAST = """
SELECT account_id, max(at) AS at FROM identity.sign_in_event
WHERE account_id = ANY($1::uuid[]) AND outcome = 'success' GROUP BY account_id
"""


class SignIn(Struct, frozen=True, kw_only=True):
    """A try to sign in; `is_known_place`: she had signed in from there in the thirty days before."""

    at: datetime
    is_success: bool
    is_known_place: bool


async def sign_ins(tx: Transaction, account_id: UUID, limit: int = 50) -> list[SignIn]:
    """The newest tries of an account first; they are kept for half a year."""
    return [SignIn(**row) for row in await tx.fetch(_HISTORY, account_id, limit, KNOWN_ADDRESS)]


async def last_sign_ins(tx: Transaction, accounts: Collection[UUID]) -> dict[UUID, datetime]:
    """When each of these accounts last signed in; those that never did are absent."""
    rows = await tx.fetch(_LAST, list(accounts))
    return {row["account_id"]: row["at"] for row in rows}
