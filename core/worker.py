"""The worker: runs the jobs, keeps the schedules and the loops; the web needs none, and there may be many.

The parts are kept alive on their own: Redis that is lost silences the doorbell alone.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from uuid import UUID

from core.kernel import idempotency, outbox
from core.kernel.db import Database
from core.kernel.jobs import Daily, JobHandler, Work, enqueue, hang_bell, take_down_bell
from core.kernel.log import get_logger
from core.kernel.queue import listen
from core.kernel.runner import Runner
from core.kernel.schedule import Places, Scheduler

__all__ = ["HOUSEKEEPING", "Loop", "run_worker", "stop_on_signals"]

Loop = Callable[[asyncio.Event], Awaitable[None]]

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
GRACE = 20.0
PURGED_AT_ONCE = 1000

log = get_logger(__name__)


async def _keep_house(work: Work) -> None:
    purged = await outbox.purge(work.tx, PURGED_AT_ONCE)
    await idempotency.forget_old(work.tx)
    if purged == PURGED_AT_ONCE:
        await enqueue(work.tx, HOUSEKEEPING.name, {}, dedupe=HOUSEKEEPING.name)


HOUSEKEEPING = JobHandler(name="kernel.housekeeping", run=_keep_house, schedule=Daily(3, 10))
"""Drops old done jobs and old answers of one tenant; `run_worker` adds it to the handlers."""


async def run_worker(
    database: Database,
    handlers: Mapping[str, JobHandler],
    places: Places,
    stop: asyncio.Event,
    *,
    redis_url: str | None = None,
    loops: Mapping[str, Loop] = {},
    slots: int = 8,
    grace: float = GRACE,
) -> None:
    """Work until `stop` is set; then running jobs have `grace` seconds before they are given back.

    The database needs the logins app and dispatch, and more than `slots` connections of its own. `loops` are
    further parts that the composition root adds, each `async def loop(stop)`.
    """
    known = {**handlers, HOUSEKEEPING.name: HOUSEKEEPING}
    runner = Runner(database, known, slots=slots)
    scheduler = Scheduler(database, known.values(), places)
    parts: dict[str, Loop] = {**loops, "runner": runner.run, "scheduler": scheduler.run}
    if redis_url is not None:
        parts["doorbell"] = lambda until: listen(redis_url, runner.wake, until)

    def bell(tenant: UUID, _job: UUID) -> None:
        runner.wake(tenant)

    hang_bell(bell)
    tasks = [asyncio.create_task(_kept_alive(name, loop, stop)) for name, loop in parts.items()]
    log.info("worker_started", parts=sorted(parts), slots=slots)
    try:
        await stop.wait()
        await asyncio.wait(tasks, timeout=grace)
    finally:
        take_down_bell(bell)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        log.info("worker_stopped", done=runner.done)


async def _kept_alive(name: str, loop: Loop, stop: asyncio.Event) -> None:
    """Start the part again when it fails, after a pause that doubles until the part has held for a while."""
    pause = FIRST_PAUSE
    clock = asyncio.get_running_loop().time
    while not stop.is_set():
        begun = clock()
        try:
            await loop(stop)
        except Exception as error:
            pause = FIRST_PAUSE if clock() - begun > LONGEST_PAUSE else min(pause * 2, LONGEST_PAUSE)
            log.warning("part_failed", part=name, error=type(error).__name__, again_in=pause)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), pause)
        else:
            return


def stop_on_signals(stop: asyncio.Event) -> None:
    """SIGTERM and SIGINT set `stop`; a second one has no further effect."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
