"""What the way in leaves behind is thrown away in time."""

from __future__ import annotations

from core.identity.sign_in import EVENTS_KEPT
from core.identity.throttle import LONGEST
from core.kernel import clock
from core.kernel.db import Transaction
from core.kernel.jobs import Every, JobHandler, Work

__all__ = ["RETENTION", "purge"]


async def purge(tx: Transaction) -> int:
    """Delete dead sessions and links, lapsed tries and old sign-in events; how many. To be run every hour or so."""
    gone = await tx.execute(
        """DELETE FROM identity.session WHERE expires_at <= now() + $1::interval
           OR seen_at + make_interval(secs => idle_seconds) <= now() + $1::interval""",
        clock.offset(),
    )
    gone += await tx.execute(
        "DELETE FROM identity.invitation WHERE expires_at <= now() + $1::interval", clock.offset()
    )
    gone += await tx.execute(
        "DELETE FROM identity.throttle WHERE last_at <= now() + $1::interval", clock.offset() - LONGEST
    )
    gone += await tx.execute(
        "DELETE FROM identity.sign_in_event WHERE at <= now() + $1::interval", clock.offset() - EVENTS_KEPT
    )
    return gone


async def _purge(work: Work) -> None:
    await purge(work.tx)


RETENTION = JobHandler(name="identity.retention", run=_purge, place="town", schedule=Every(3600))
"""For one town of the deployment: what it purges belongs to no town."""
