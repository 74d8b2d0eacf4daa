"""The state of every job, and the few ways to change it; each names the tenant, as the wall and Citus demand.

A claim is a lease: a token and a time, both checked when the holder reports. `due_at` is when a job may be
taken; of a leased job that is the end of its lease, so the jobs of a holder that died are simply due again.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from core.kernel import audit
from core.kernel.db import Transaction
from core.kernel.errors import Conflict
from core.kernel.ids import new_id
from core.kernel.jobs import Payload

__all__ = [
    "ATTEMPTS",
    "LEASE",
    "Claim",
    "JobRow",
    "LeaseLost",
    "back_off",
    "claim",
    "dead_jobs",
    "due_tenants",
    "fail",
    "finish",
    "keys_waiting",
    "postpone",
    "purge",
    "redrive",
    "release",
    "resume",
    "stuck_jobs",
]

ATTEMPTS = 8
LEASE = 60.0
KEPT_DAYS = 7
POSTPONED = 3600.0

_DUE = """
SELECT tenant_id FROM kernel.job WHERE state IN ('pending', 'leased') AND due_at <= now()
GROUP BY tenant_id ORDER BY min(due_at)
"""

_TAKE = f"""
UPDATE kernel.job SET
  state = CASE WHEN attempt < {ATTEMPTS} THEN 'leased' ELSE 'dead' END,
  error = CASE WHEN attempt < {ATTEMPTS} THEN error ELSE 'lost' END,
  finished_at = CASE WHEN attempt < {ATTEMPTS} THEN NULL ELSE now() END,
  attempt = least(attempt + 1, {ATTEMPTS}), lease_token = $2, due_at = now() + make_interval(secs => $3)
WHERE tenant_id = $1 AND id = ANY (ARRAY(
  SELECT id FROM kernel.job
  WHERE tenant_id = $1 AND state IN ('pending', 'leased') AND due_at <= now() {{but}}
  ORDER BY due_at LIMIT {{limit}} FOR UPDATE SKIP LOCKED)) {{when}}
RETURNING id, name, payload::text AS payload, attempt, state
"""  # noqa: S608 -- one number of ours

_CLAIM = _TAKE.format(but="", limit="$4", when="")

_DONE = """
UPDATE kernel.job SET state = 'done', finished_at = now(), error = ''
WHERE tenant_id = $1 AND id = {own} AND lease_token = {proof} AND state = 'leased'
"""

_FINISH = _DONE.format(own="$2", proof="$3")

_FINISH_AND_CLAIM = f"""
WITH done AS ({_DONE.format(own="$4", proof="$5")} RETURNING 1),
  next AS ({_TAKE.format(but="AND id <> $4", limit="1", when="AND EXISTS (SELECT FROM done)")})
SELECT (SELECT count(*) FROM done) AS done, next.* FROM (SELECT 1) AS one LEFT JOIN next ON true
"""  # noqa: S608 -- put together from the constants above

# A twin that waits does the work of a job that would go back to waiting.
_RETURN = f"""
UPDATE kernel.job AS job SET
  state = CASE WHEN attempt - $6 >= {ATTEMPTS} THEN 'dead'
    WHEN EXISTS (SELECT FROM kernel.job AS twin
      WHERE twin.tenant_id = $1 AND twin.state = 'pending' AND twin.dedupe = job.dedupe)
    THEN 'done' ELSE 'pending' END,
  finished_at = now(), attempt = attempt - $6, error = $4, due_at = now() + make_interval(secs => $5)
WHERE tenant_id = $1 AND id = $2 AND lease_token = $3 AND state = 'leased'
RETURNING state
"""  # noqa: S608 -- one number of ours

_REDRIVE = """
UPDATE kernel.job AS job SET state = 'pending', attempt = 0, error = '', due_at = now(), finished_at = NULL
WHERE job.tenant_id = $1 AND job.state = 'dead' AND job.id = $2
  AND NOT EXISTS (SELECT FROM kernel.job AS twin
    WHERE twin.tenant_id = $1 AND twin.state = 'pending' AND twin.dedupe = job.dedupe)
"""

_PURGE = """
DELETE FROM kernel.job WHERE tenant_id = $1 AND id = ANY (ARRAY(
  SELECT id FROM kernel.job WHERE tenant_id = $1 AND state = 'done'
    AND finished_at < now() - make_interval(days => $2) LIMIT $3))
"""


class Claim(Struct, frozen=True, kw_only=True):
    """A job in the hands of one holder, for as long as its lease lasts."""

    tenant_id: UUID
    id: UUID
    token: UUID
    name: str
    payload: Payload
    attempt: int


class JobRow(Struct, frozen=True, kw_only=True):
    """A job as the administrator sees it; `error` is a code."""

    id: UUID
    name: str
    state: str
    attempt: int
    due_at: datetime
    created_at: datetime
    error: str


class LeaseLost(Conflict):
    """Somebody else holds the job by now: what this holder did is rolled back."""

    code = "lease-lost"


def back_off(attempt: int) -> float:
    """Seconds until the next try: from 2 s, doubling, to 15 min; scattered, so that none march in step."""
    return max(2.0, min(900.0, 2.0**attempt * random.uniform(0.5, 1.5)))  # noqa: S311 -- not a secret


async def due_tenants(tx: Transaction) -> list[UUID]:
    """Who has due jobs, the longest waiting first; in a transaction of the login `dispatch`."""
    return [row["tenant_id"] for row in await tx.fetch(_DUE)]


async def claim(tx: Transaction, limit: int, lease: float = LEASE) -> list[Claim]:
    """Take up to `limit` due jobs of the scope's tenant for `lease` seconds.

    A job whose last try ended with its process is dead here: its handler may be what ends processes.
    """
    token = new_id()
    rows = await tx.fetch(_CLAIM, tx.scope.tenant, token, lease, limit)
    return [_claim(tx.scope.tenant, token, row) for row in rows if row["state"] == "leased"]


async def finish(
    tx: Transaction, job: Claim, *, take_next: bool = False, lease: float = LEASE
) -> Claim | None:
    """Mark the job done in the transaction of its effects; raises `LeaseLost` when it is not this holder's.

    With `take_next` the same round trip claims another job of the tenant.
    """
    if not take_next:
        if await tx.execute(_FINISH, job.tenant_id, job.id, job.token) != 1:
            raise LeaseLost
        return None
    token = new_id()
    row = await tx.fetchrow(_FINISH_AND_CLAIM, job.tenant_id, token, lease, job.id, job.token)
    if row is None or row["done"] != 1:
        raise LeaseLost
    return _claim(job.tenant_id, token, row) if row["state"] == "leased" else None


async def fail(tx: Transaction, job: Claim, error: str, delay: float) -> str | None:
    """Try again in `delay` seconds, or never after the last attempt: the new state, None when fenced off."""
    return await tx.fetchval(_RETURN, job.tenant_id, job.id, job.token, error, delay, 0)


async def postpone(tx: Transaction, job: Claim, error: str) -> None:
    """Nobody can run the job now, its plug-in is off: look again in an hour; the try does not count."""
    await tx.fetchval(_RETURN, job.tenant_id, job.id, job.token, error, POSTPONED, 1)


async def release(tx: Transaction, job: Claim) -> None:
    """The holder stops: another one may take the job at once; the try does not count."""
    await tx.fetchval(_RETURN, job.tenant_id, job.id, job.token, "", 0.0, 1)


async def resume(tx: Transaction, error: str = "switched-off") -> int:
    """Make the postponed jobs of the tenant due: its plug-in is on again."""
    return await tx.execute(
        "UPDATE kernel.job SET due_at = now() WHERE tenant_id = $1 AND state = 'pending' AND error = $2",
        tx.scope.tenant,
        error,
    )


async def redrive(tx: Transaction, job_id: UUID) -> bool:
    """Give a dead job its attempts back, on the record; False when it is not dead or a twin waits already."""
    done = await tx.execute(_REDRIVE, tx.scope.tenant, job_id) == 1
    if done:
        audit.record(tx, "kernel.job.redrive", "job", job_id)
    return done


async def dead_jobs(tx: Transaction, limit: int = 100) -> list[JobRow]:
    """The jobs of the tenant that were given up, the newest first."""
    rows = await tx.fetch(
        "SELECT id, name, state, attempt, due_at, created_at, error FROM kernel.job"
        " WHERE tenant_id = $1 AND state = 'dead' ORDER BY finished_at DESC LIMIT $2",
        tx.scope.tenant,
        limit,
    )
    return [JobRow(**dict(row)) for row in rows]


async def stuck_jobs(tx: Transaction, late: float = 300.0) -> Sequence[tuple[UUID, UUID]]:
    """(tenant, job) of jobs that have been due for more than `late` seconds; for `dispatch`, in `verify`."""
    rows = await tx.fetch(
        "SELECT tenant_id, id FROM kernel.job WHERE state IN ('pending', 'leased')"
        " AND due_at < now() - make_interval(secs => $1) ORDER BY due_at LIMIT 1000",
        late,
    )
    return [(row["tenant_id"], row["id"]) for row in rows]


async def keys_waiting(tx: Transaction, keys: Sequence[str]) -> set[str]:
    """Those of `keys` under which a job of the tenant is still to be done."""
    rows = await tx.fetch(
        "SELECT DISTINCT dedupe FROM kernel.job WHERE tenant_id = $1 AND state IN ('pending', 'leased')"
        " AND dedupe = ANY ($2::text[])",
        tx.scope.tenant,
        list(keys),
    )
    return {row["dedupe"] for row in rows}


async def purge(tx: Transaction, limit: int = 1000) -> int:
    """Delete up to `limit` jobs of the tenant that were done a week ago; dead ones stay to be looked at."""
    return await tx.execute(_PURGE, tx.scope.tenant, KEPT_DAYS, limit)


def _claim(tenant: UUID | None, token: UUID, row: Mapping[str, Any]) -> Claim:
    payload: Payload = msgspec.json.decode(row["payload"])
    return msgspec.convert(
        {
            "tenant_id": tenant,
            "id": row["id"],
            "token": token,
            "name": row["name"],
            "payload": payload,
            "attempt": row["attempt"],
        },
        Claim,
    )
