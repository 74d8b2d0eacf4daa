"""The proof of an audit chain: every line is read again and the chain recomputed from its first line."""

from __future__ import annotations

import hashlib
import struct
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID

from msgspec import Struct

from core.kernel.audit import AuditLine, line_of
from core.kernel.db import Transaction
from core.kernel.errors import NoScope

__all__ = ["Finding", "Head", "head_of", "is_held", "verify_chain"]

PAGE = 2000
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)  # PostgreSQL's

_PAGE = """
SELECT seq, at, actor, action, kind, object_id, reason, detail, before_digest, after_digest, hash
FROM kernel.audit
WHERE tenant_id = $1 AND seq > $2 AND seq <= $3
ORDER BY seq LIMIT $4
"""


class Finding(Struct, frozen=True):
    """Where a chain does not hold: `seq` is the first line concerned."""

    tenant_id: UUID
    seq: int
    what: Literal["edited", "missing", "beyond-head", "head-differs", "head-missing"]


class Head(Struct, frozen=True, forbid_unknown_fields=True):
    """The last line of a chain at some moment; its hash, in hexadecimals, seals every line before it."""

    seq: int
    hash: str


async def verify_chain(tx: Transaction) -> list[Finding]:
    """What is wrong with the chain of the scope's tenant or town; empty when nothing is.

    Edits, deletions, insertions, reordering and a cut tail show. A chain rewritten from end to end by a
    superuser does not: that is what a head kept elsewhere is for.
    """
    tenant = tx.scope.tenant
    if tenant is None:
        raise NoScope("An audit chain belongs to a tenant or a town.")
    ends = await tx.fetchrow(
        "SELECT h.seq, h.hash, (SELECT max(a.seq) FROM kernel.audit a WHERE a.tenant_id = $1) AS last"
        " FROM (SELECT $1::uuid AS tenant_id) t LEFT JOIN kernel.audit_head h ON h.tenant_id = t.tenant_id",
        tenant,
    )
    head_seq, head_hash, last = (ends or {})["seq"], (ends or {})["hash"], (ends or {})["last"]
    findings, reached = await _walked(tx, tenant, last or 0)
    if head_seq is None:
        return findings + ([Finding(tenant, 1, "head-missing")] if last else [])
    if (last or 0) < head_seq:
        findings.append(Finding(tenant, (last or 0) + 1, "missing"))
    elif last > head_seq:
        findings.append(Finding(tenant, head_seq + 1, "beyond-head"))
    elif reached != head_hash:
        findings.append(Finding(tenant, head_seq, "head-differs"))
    return findings


async def head_of(tx: Transaction) -> Head | None:
    """The head of the chain of the scope's tenant or town; None of an empty one."""
    row = await tx.fetchrow(
        "SELECT seq, encode(hash, 'hex') AS hash FROM kernel.audit_head WHERE tenant_id = $1", tx.scope.tenant
    )
    return Head(**row) if row is not None else None


async def is_held(tx: Transaction, head: Head) -> bool:
    """Whether the line that was the head once still stands there, and with it all before it."""
    return await tx.fetchval(
        "SELECT EXISTS (SELECT 1 FROM kernel.audit WHERE tenant_id = $1 AND seq = $2 AND encode(hash, 'hex') = $3)",
        tx.scope.tenant,
        head.seq,
        head.hash,
    )


async def _walked(tx: Transaction, tenant: UUID, last: int) -> tuple[list[Finding], bytes]:
    findings: list[Finding] = []
    seq, reached = 0, b""
    while seq < last:
        rows = await tx.fetch(_PAGE, tenant, seq, last, PAGE)
        for row in rows:
            line = line_of(tenant, row)
            if line.seq != seq + 1:
                findings.append(Finding(tenant, seq + 1, "missing"))
            elif linked(reached, line) != line.hash:
                findings.append(Finding(tenant, line.seq, "edited"))
            # Each line is judged against the stored hash before it, so that one edit is one finding.
            seq, reached = line.seq, line.hash
        if not rows:
            break
    return findings, reached


def linked(before: bytes, line: AuditLine) -> bytes:
    """The hash of `line` after `before`, as the database function computes it."""
    moment = ((line.at or EPOCH) - EPOCH) // timedelta(microseconds=1)
    return hashlib.sha256(before + struct.pack(">qq", line.seq, moment) + line.digest()).digest()
