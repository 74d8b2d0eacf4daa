"""The audit chain: one line for each act, in the transaction of the act, each sealing the one before it.

The lines of a transaction are appended in one round trip at its end, when nothing else is left to do, because
the head of the tenant's chain stays locked until COMMIT. The database takes the time and links the hashes.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from core.kernel.db import Transaction
from core.kernel.errors import NoScope

__all__ = ["AuditLine", "Detail", "lines", "record", "use_digest_keys"]

Scalar = str | int | bool | None
Detail = Mapping[str, Scalar | Sequence[Scalar]]

ACTION = re.compile(r"[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_-]*)+")

_APPEND = """
SELECT kernel.append_audit($1::uuid, $2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::text[], $7::text[],
                           $8::bytea[], $9::bytea[], $10::bytea[])
"""

_NEWEST = """
SELECT seq, at, actor, action, kind, object_id, reason, detail, before_digest, after_digest, hash
FROM kernel.audit
WHERE tenant_id = $1 AND seq < $2 AND ($3::uuid IS NULL OR object_id = $3)
ORDER BY seq DESC LIMIT $4
"""

_canonical = msgspec.msgpack.Encoder(order="sorted", uuid_format="bytes", decimal_format="string")
_digest_key: Callable[[UUID], bytes] | None = None


class AuditLine(Struct, frozen=True, kw_only=True):
    """One act as it is kept: who did what to which object, why, and digests of it before and after."""

    tenant_id: UUID
    seq: int = 0
    at: datetime | None = None
    actor: UUID | None
    action: str
    kind: str
    object_id: UUID | None
    reason: str
    detail: Detail
    before_digest: bytes | None
    after_digest: bytes | None
    hash: bytes = b""

    def digest(self) -> bytes:
        """What the chain seals of this line, beside its place and time."""
        content = (
            self.tenant_id,
            self.actor,
            self.action,
            self.kind,
            self.object_id,
            self.reason,
            self.detail,
            self.before_digest,
            self.after_digest,
        )
        return hashlib.sha256(_canonical.encode(content)).digest()


def use_digest_keys(key_of: Callable[[UUID], bytes] | None) -> None:
    """Give this process the tenants' digest keys (`Keyring.digest_key`); without, digests stay empty.

    Keyed, because a plain hash of a name or a birth date is found again by trying them all.
    """
    global _digest_key
    _digest_key = key_of


def record(
    tx: Transaction,
    action: str,
    kind: str,
    object_id: UUID | None,
    *,
    before: object = None,
    after: object = None,
    reason: str = "",
    detail: Detail | None = None,
) -> None:
    """Append a line when `tx` commits. `detail` holds codes, counts and ids, never personal data.

    `action` is `plugin.noun.verb`. Raises `NoScope` where the transaction has neither tenant nor town.
    """
    tenant = tx.scope.tenant
    if tenant is None:
        raise NoScope("An audit line needs a tenant or a town.")
    if not ACTION.fullmatch(action):
        raise ValueError(f"{action!r} is not of the form plugin.noun.verb")
    line = AuditLine(
        tenant_id=tenant,
        actor=tx.scope.actor,
        action=action,
        kind=kind,
        object_id=object_id,
        reason=reason,
        detail=detail or {},
        before_digest=_digest(tenant, before),
        after_digest=_digest(tenant, after),
    )
    tx.defer(append, line)


async def append(tx: Transaction, items: list[AuditLine]) -> None:
    """Write the transaction's lines and move the head of the chain; deferred to the end by `record`."""
    await tx.fetchval(
        _APPEND,
        tx.scope.tenant,
        [line.actor for line in items],
        [line.action for line in items],
        [line.kind for line in items],
        [line.object_id for line in items],
        [line.reason for line in items],
        [msgspec.json.encode(line.detail).decode() for line in items],
        [line.before_digest for line in items],
        [line.after_digest for line in items],
        [line.digest() for line in items],
    )


append.last = True  # pyright: ignore[reportFunctionMemberAccess] -- see Transaction.flush


async def lines(
    tx: Transaction, *, before_seq: int | None = None, limit: int = 50, object_id: UUID | None = None
) -> list[AuditLine]:
    """The newest lines first, older than `before_seq`, for the auditor's page of one tenant or town."""
    rows = await tx.fetch(
        _NEWEST,
        tx.scope.tenant,
        before_seq if before_seq is not None else 1 << 62,
        object_id,
        limit,
    )
    return [line_of(tx.scope.tenant, row) for row in rows]


def line_of(tenant: UUID | None, row: Mapping[str, Any]) -> AuditLine:
    """A stored row as a line."""
    if tenant is None:
        raise NoScope("An audit line needs a tenant or a town.")
    values = dict(row)
    detail: Detail = msgspec.json.decode(values.pop("detail"))
    return AuditLine(tenant_id=tenant, detail=detail, **values)


def _digest(tenant: UUID, value: object) -> bytes | None:
    if value is None or _digest_key is None:
        return None
    return hmac.digest(_digest_key(tenant), _canonical.encode(value), "sha256")
