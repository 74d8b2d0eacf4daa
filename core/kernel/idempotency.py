"""Repeated requests: the first one's answer is kept in its transaction and given again to the others.

Kept for two days. What is kept is outside the compartments, so it is a pointer (a status and ids), never the
contents of a record.
"""

from __future__ import annotations

import hashlib

from msgspec import Struct

from core.kernel.db import Transaction
from core.kernel.errors import BadInput, Conflict
from core.kernel.i18n import gettext_noop as _

__all__ = ["Answer", "forget_old", "keep", "remember", "request_hash"]

LONGEST_KEY = 200
LARGEST_ANSWER = 4096
KEPT_DAYS = 2


class Answer(Struct, frozen=True):
    """What the first request was told: an HTTP status and a small body of ids; none where it may not be kept."""

    status: int
    body: bytes


def request_hash(method: str, path: str, body: bytes) -> bytes:
    """What makes two requests the same."""
    return hashlib.sha256(b"\0".join((method.encode(), path.encode(), body))).digest()


async def remember(tx: Transaction, key: str, request: bytes) -> Answer | None:
    """The answer that the key got before; None when this is its first request, whose answer is to be kept.

    A second request that comes while the first one runs waits for it. Raises `Conflict` when the key stands
    for another request of the same actor.
    """
    if not 0 < len(key) <= LONGEST_KEY:
        raise BadInput(_("An idempotency key has between 1 and 200 characters."), _("Send a new UUID."))
    is_first = await tx.execute(
        "INSERT INTO kernel.idempotency (tenant_id, key, request_hash) VALUES ($1, $2, $3)"
        " ON CONFLICT (tenant_id, key) DO NOTHING",
        tx.scope.tenant,
        _own(tx, key),
        request,
    )
    if is_first:
        return None
    row = await tx.fetchrow(
        "SELECT request_hash, status, response FROM kernel.idempotency WHERE tenant_id = $1 AND key = $2",
        tx.scope.tenant,
        _own(tx, key),
    )
    if row is None or row["request_hash"] != request or row["status"] is None:
        raise Conflict(
            _("This idempotency key was used for another request."), _("Send a new key with a new request.")
        )
    return Answer(row["status"], row["response"])


async def keep(tx: Transaction, key: str, answer: Answer) -> None:
    """Keep the answer with the effects of its request; in the transaction that called `remember`."""
    if len(answer.body) > LARGEST_ANSWER:
        raise ValueError("An answer to be repeated is a pointer, not a document.")
    await tx.execute(
        "UPDATE kernel.idempotency SET status = $3, response = $4 WHERE tenant_id = $1 AND key = $2",
        tx.scope.tenant,
        _own(tx, key),
        answer.status,
        answer.body,
    )


async def forget_old(tx: Transaction) -> int:
    """Drop the tenant's answers that are older than two days."""
    return await tx.execute(
        "DELETE FROM kernel.idempotency WHERE tenant_id = $1 AND at < now() - make_interval(days => $2)",
        tx.scope.tenant,
        KEPT_DAYS,
    )


def _own(tx: Transaction, key: str) -> str:
    # Two people who hit on the same key must not be shown each other's answers.
    return f"{tx.scope.actor or ''}/{key}"
