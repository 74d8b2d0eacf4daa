"""Work for later: what a job is, and how a change asks for one in its own transaction.

PostgreSQL is the record. A job is delivered at least once and has one effect, because it is marked done in
the transaction of its effects. What takes long is cut: a job does one piece and enqueues the next, so that no
piece outlives its lease.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec
from msgspec import Struct

from core.kernel.db import Transaction
from core.kernel.errors import NoScope, TooManyTries, TownbridgeError
from core.kernel.i18n import gettext_noop as _
from core.kernel.ids import new_id
from core.kernel.scope import Scope

__all__ = [
    "LONGEST",
    "Bell",
    "Daily",
    "Every",
    "JobHandler",
    "Payload",
    "SwitchedOff",
    "Work",
    "enqueue",
    "hang_bell",
    "has_given_up",
    "take_down_bell",
]

Payload = Mapping[str, str | int]
Bell = Callable[[UUID, UUID], None]

LONGEST = 45.0  # seconds of one run: below the lease (60 s), so that a live holder is never overtaken
MOST_PENDING = 10_000

_ENQUEUE = """
INSERT INTO kernel.job AS job (tenant_id, id, name, payload, dedupe, due_at)
SELECT $1::uuid, u.id, u.name, u.payload::jsonb, u.dedupe, coalesce(u.due_at, now())
FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamptz[])
  AS u (id, name, payload, dedupe, due_at)
WHERE (SELECT count(*) FROM (
  SELECT 1 FROM kernel.job WHERE tenant_id = $1 AND state IN ('pending', 'leased') LIMIT $7
) AS waiting) <= $7::int - cardinality($2::uuid[])
ON CONFLICT (tenant_id, dedupe) WHERE state = 'pending'
DO UPDATE SET due_at = CASE WHEN job.attempt = 0 THEN least(job.due_at, excluded.due_at) ELSE job.due_at END
"""

_GIVEN_UP = """
SELECT EXISTS (SELECT 1 FROM kernel.job WHERE tenant_id = $1 AND dedupe = $2 AND state = 'dead')
  AND NOT EXISTS (SELECT 1 FROM kernel.job
                  WHERE tenant_id = $1 AND dedupe = $2 AND state IN ('pending', 'leased'))
"""

_bells: list[Bell] = []


class SwitchedOff(TownbridgeError):
    """Raised by a handler whose plug-in is off: the job waits, and the try does not count."""

    code = "switched-off"


class Every(Struct, frozen=True):
    """A schedule: once in each span of `seconds`, counted from the epoch."""

    seconds: int


class Daily(Struct, frozen=True):
    """A schedule: once a day, at this time of the town."""

    hour: int
    minute: int = 0
    zone: str = "Asia/Shanghai"


class Work(Struct, frozen=True, kw_only=True):
    """One job as its handler meets it, in the transaction that also marks it done."""

    tx: Transaction
    tenant_id: UUID
    id: UUID
    name: str
    payload: Payload
    attempt: int


class JobHandler(Struct, frozen=True, kw_only=True):
    """What runs when a job of that name is due; `time_limit` in seconds, at most `LONGEST`.

    A town's job runs with the region for tenant. The plug-in host wraps a plug-in's function into one.
    """

    name: str
    run: Callable[[Work], Awaitable[None]]
    compartments: tuple[str, ...] = ()
    place: Literal["tenant", "town"] = "tenant"
    schedule: Every | Daily | None = None
    time_limit: float = 30.0

    def __post_init__(self) -> None:
        if not 0 < self.time_limit <= LONGEST:
            raise ValueError(f"The job {self.name} may take at most {LONGEST} s: cut it into pieces.")

    def scope(self, tenant: UUID) -> Scope:
        """What the transaction of the job sees."""
        return Scope.town(tenant) if self.place == "town" else Scope.of_tenant(tenant, self.compartments)


class _Asked(Struct, frozen=True):
    id: UUID
    name: str
    payload: str
    dedupe: str | None
    due: datetime | None


def hang_bell(bell: Bell) -> None:
    """Call `bell(tenant, job)` after each commit that enqueued; it must neither wait nor raise."""
    _bells.append(bell)


def take_down_bell(bell: Bell) -> None:
    """The opposite of `hang_bell`."""
    _bells.remove(bell)


async def enqueue(
    tx: Transaction, name: str, payload: Payload, *, dedupe: str | None = None, due: datetime | None = None
) -> UUID:
    """Have the job `name` run after the commit of `tx`; `payload` holds ids, never personal data.

    While a job with the same `dedupe` waits in the tenant, it absorbs this one: it will see the state that
    `tx` commits. The rows are written at the end of `tx`, so that who asks for the same does not wait long.
    """
    if tx.scope.tenant is None:
        raise NoScope("A job belongs to a tenant or a town.")
    asked = _Asked(new_id(), name, msgspec.json.encode(payload).decode(), dedupe, due)
    tx.defer(_write, asked)
    return asked.id


async def has_given_up(tx: Transaction, dedupe: str) -> bool:
    """Whether a job that was enqueued with `dedupe` was tried in vain and waits for an administrator."""
    return await tx.fetchval(_GIVEN_UP, tx.scope.tenant, dedupe)


async def _write(tx: Transaction, items: list[_Asked]) -> None:
    tenant = tx.scope.tenant
    unlike = {job.dedupe or str(job.id): job for job in items}
    # In one order for all, so that two transactions that ask for the same two jobs do not block each other.
    wanted = sorted(unlike.values(), key=lambda job: job.dedupe or "")
    written = await tx.execute(
        _ENQUEUE,
        tenant,
        [job.id for job in wanted],
        [job.name for job in wanted],
        [job.payload for job in wanted],
        [job.dedupe for job in wanted],
        [job.due for job in wanted],
        MOST_PENDING,
    )
    if not written:
        raise TooManyTries(
            60,
            _("Too much of this tenant's work is waiting in the background."),
            _("Try again in a few minutes."),
        )
    tx.after_commit(lambda: _ring(tenant, wanted[0].id))


async def _ring(tenant: UUID | None, job: UUID) -> None:
    if tenant is not None:
        for bell in tuple(_bells):
            bell(tenant, job)
