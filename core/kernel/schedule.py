"""Schedules: each slot of a job becomes one job of a tenant, whoever and however many look at the clock.

The clock is the database's. A table keeps the last slot of each job and tenant, so a worker that was away
asks for the latest missed slot once, and two schedulers ask for the same slot together once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from core.kernel.db import Database
from core.kernel.errors import TownbridgeError
from core.kernel.jobs import Daily, Every, JobHandler, enqueue
from core.kernel.log import get_logger
from core.kernel.scope import Scope

__all__ = ["Places", "Scheduler", "slot_of"]

Places = Callable[[], Awaitable[Mapping[str, Sequence[UUID]]]]
"""For each scheduled job the tenants, or the regions for a town's job, that it runs for now."""

TICK = 10.0

_TAKE_SLOTS = """
INSERT INTO kernel.schedule AS schedule (tenant_id, name, slot)
SELECT $1::uuid, u.name, u.slot FROM unnest($2::text[], $3::timestamptz[]) AS u (name, slot)
ON CONFLICT (tenant_id, name) DO UPDATE SET slot = excluded.slot WHERE schedule.slot < excluded.slot
RETURNING name
"""

log = get_logger(__name__)


class Scheduler:
    """Asks for the jobs whose time has come; what it remembers only saves asking again."""

    def __init__(self, database: Database, handlers: Iterable[JobHandler], places: Places) -> None:
        self._database = database
        self._schedules = {handler.name: handler.schedule for handler in handlers if handler.schedule}
        self._places = places
        self._asked: dict[tuple[UUID, str], datetime] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Look every ten seconds until `stop` is set."""
        while not stop.is_set():
            try:
                await self.tick()
            except TownbridgeError as error:
                log.warning("tick_failed", error=error.code)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), TICK)

    async def tick(self) -> int:
        """Enqueue what is due now; the number of jobs."""
        async with self._database.transaction(Scope.nobody()) as tx:
            moment: datetime = await tx.fetchval("SELECT now()")
        slots = {name: slot_of(schedule, moment) for name, schedule in self._schedules.items()}
        wanted: dict[UUID, list[str]] = {}
        for name, places in (await self._places()).items():
            for place in places:
                if name in slots and self._asked.get((place, name)) != slots[name]:
                    wanted.setdefault(place, []).append(name)
        return sum([await self._ask(place, names, slots) for place, names in wanted.items()])

    async def _ask(self, place: UUID, names: list[str], slots: Mapping[str, datetime]) -> int:
        async with self._database.transaction(Scope.of_tenant(place)) as tx:
            taken = await tx.fetch(_TAKE_SLOTS, place, names, [slots[name] for name in names])
            for row in taken:
                await enqueue(tx, row["name"], {"slot": slots[row["name"]].isoformat()}, dedupe=row["name"])
        self._asked |= {(place, name): slots[name] for name in names}
        return len(taken)


def slot_of(schedule: Every | Daily, moment: datetime) -> datetime:
    """The latest slot that has begun at `moment`."""
    if isinstance(schedule, Every):
        seconds = int(moment.timestamp())
        return datetime.fromtimestamp(seconds - seconds % schedule.seconds, UTC)
    local = moment.astimezone(ZoneInfo(schedule.zone))
    slot = local.replace(hour=schedule.hour, minute=schedule.minute, second=0, microsecond=0)
    return (slot if slot <= local else slot - timedelta(days=1)).astimezone(UTC)
