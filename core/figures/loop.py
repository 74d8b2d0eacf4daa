"""The worker's loop over stale marks: a cheap question every quarter of a second, or at once when rung."""

from __future__ import annotations

import asyncio
from itertools import groupby

from core.figures.indicators import Catalogue
from core.figures.marks import EVERYTHING, Mark, write_marks
from core.figures.periods import month, parse_period
from core.figures.places import survey
from core.figures.refresh import refresh
from core.kernel.db import Database
from core.kernel.errors import TownbridgeError
from core.kernel.log import get_logger
from core.kernel.scope import Scope

__all__ = ["FiguresLoop", "settle", "sweep"]

PAUSE_SECONDS = 0.25
SWEEP_SECONDS = 5.0
AFTER_A_FAILURE_SECONDS = 1.0

log = get_logger(__name__)


class FiguresLoop:
    """Keeps the figures fresh until told to stop; several at once, in any number of processes, are harmless."""

    def __init__(self, database: Database, catalogue: Catalogue) -> None:
        self._database = database
        self._catalogue = catalogue
        self._bell = asyncio.Event()

    async def ring(self) -> None:
        """Work off the marks now; for `tx.after_commit` in the same process."""
        self._bell.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop` is set; a database that does not answer is tried again."""
        next_sweep, is_first = 0.0, True
        clock = asyncio.get_running_loop()
        while not stop.is_set():
            try:
                self._bell.clear()
                if clock.time() >= next_sweep:
                    await sweep(self._database, self._catalogue, is_thorough=is_first)
                    next_sweep, is_first = clock.time() + SWEEP_SECONDS, False
                done = await refresh(self._database, self._catalogue)
            except TownbridgeError as error:
                log.warning("figures_wait", error=error.code)
                await self._pause(stop, AFTER_A_FAILURE_SECONDS)
                continue
            if not done:
                await self._pause(stop, PAUSE_SECONDS)

    async def _pause(self, stop: asyncio.Event, seconds: float) -> None:
        waits = [asyncio.ensure_future(event.wait()) for event in (stop, self._bell)]
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()


async def settle(database: Database, catalogue: Catalogue) -> None:
    """Work off every mark now; for commands that want the figures as soon as they return."""
    await sweep(database, catalogue, is_thorough=True)
    while await refresh(database, catalogue):
        pass


async def sweep(database: Database, catalogue: Catalogue, *, is_thorough: bool = False) -> int:
    """Mark the tenants whose cells are not those there should be: a month has begun, a tenant has opened, a
    plug-in was switched on or off. The number of tenants marked.

    Looks at one indicator of each plug-in, or at all (`is_thorough`: an update may have brought new ones).
    """
    async with database.transaction(Scope.nobody(), login="figures") as tx:
        atlas = await survey(tx)
        by_group = groupby(sorted(catalogue.indicators, key=lambda i: i.group), key=lambda i: i.group)
        watched = [indicator for _, listed in by_group for indicator in (list(listed)[: None if is_thorough else 1])]
        probes = [
            (tenant, period, indicator)
            for tenant in atlas.tenants.values()
            for period in dict.fromkeys((month(tenant.starts), month(tenant.ends)))
            for indicator in watched
        ]
        rows = await tx.fetch(
            _WRONG,
            [tenant.id for tenant, _, _ in probes],
            [period.name for _, period, _ in probes],
            [indicator.code for _, _, indicator in probes],
            [indicator.totals[0] for _, _, indicator in probes],
            [tenant.has(indicator.group) for tenant, _, indicator in probes],
        )
        for row in rows:
            tenant = atlas.tenants[row["tenant_id"]]
            since = parse_period(row["last_good"]).first_day if row["last_good"] else tenant.starts
            await write_marks(tx, [tenant.id], [Mark(EVERYTHING, since, is_onward=True)])
    return len(rows)


# The last good month is asked for only where something is wrong, and only if the first month is right.
_WRONG = """
WITH wrong AS (
    SELECT w.tenant_id, min(w.period) AS period, bool_or(w.should_be) AS should_be, min(w.indicator) AS indicator
    FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::boolean[])
        AS w(tenant_id, period, indicator, cut, should_be)
    WHERE w.should_be <> EXISTS (
            SELECT FROM figures.figure f
            WHERE f.tenant_id = w.tenant_id AND f.period = w.period AND f.indicator = w.indicator AND f.cut = w.cut)
        AND NOT EXISTS (SELECT FROM figures.stale s WHERE s.tenant_id = w.tenant_id)
    GROUP BY w.tenant_id
)
SELECT wrong.tenant_id, (
    SELECT max(f.period) FROM figures.figure f
    WHERE f.tenant_id = wrong.tenant_id AND f.indicator = wrong.indicator AND wrong.should_be
        AND f.period < wrong.period AND f.period ~ '^[0-9]{4}-[0-9]{2}$') AS last_good
FROM wrong
"""
