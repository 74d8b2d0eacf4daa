"""The worker's heart: finds due jobs, deals its slots out between the tenants, runs, and reports.

No tenant holds more than a quarter of the slots, and a tenant with a long queue makes way whenever another
one waits. Jobs are found by polling; a bell only says where to look first.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

from core.kernel import outbox
from core.kernel.db import Database, Transaction
from core.kernel.errors import TownbridgeError
from core.kernel.jobs import JobHandler, SwitchedOff, Work
from core.kernel.log import get_logger
from core.kernel.outbox import Claim, LeaseLost
from core.kernel.scope import Scope

__all__ = ["Runner"]

SHORTEST_POLL, LONGEST_POLL = 1.0, 5.0
SHARE = 4

log = get_logger(__name__)


class Runner:
    """Runs jobs in this process, `slots` at once; any number of processes may do so."""

    def __init__(
        self,
        database: Database,
        handlers: Mapping[str, JobHandler],
        *,
        slots: int = 8,
        lease: float = outbox.LEASE,
        back_off: Callable[[int], float] = outbox.back_off,
    ) -> None:
        self._database = database
        self._handlers = handlers
        self._slots = slots
        self._share = max(1, slots // SHARE)
        self._lease = lease
        self._back_off = back_off
        self._due: dict[UUID, None] = {}
        self._busy: Counter[UUID] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self._bell = asyncio.Event()
        self._stopping = False
        self.done = 0

    def wake(self, tenant: UUID) -> None:
        """Look at this tenant now; the name may come from an untrusted bell, it only makes us look."""
        self._due.setdefault(tenant)
        self._bell.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Run jobs until `stop` is set, then finish what runs; when cancelled, give the jobs back instead."""
        stopper = asyncio.create_task(self._ring_on(stop))
        pause = SHORTEST_POLL
        try:
            while not stop.is_set():
                found = await self._scan()
                pause = SHORTEST_POLL if found else min(pause * 1.5, LONGEST_POLL)
                await self._deal_for(pause, stop)
            self._stopping = True
            while self._tasks:
                await asyncio.wait(self._tasks)
        finally:
            stopper.cancel()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def drain(self) -> int:
        """Run everything that is due now, and what that enqueues; how many jobs were done. For commands."""
        before = self.done
        had_tasks = True
        while had_tasks or await self._scan():
            self._deal()
            # What ends during a scan may leave something that the scan did not see: then scan again.
            had_tasks = bool(self._tasks)
            if self._tasks:
                await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
                await self._scan()
        return self.done - before

    async def _ring_on(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._bell.set()

    async def _scan(self) -> bool:
        """Note the tenants with due jobs; False when there are none or the database is away."""
        try:
            async with self._database.transaction(Scope.nobody(), login="dispatch") as tx:
                tenants = await outbox.due_tenants(tx)
        except TownbridgeError as error:
            log.warning("scan_failed", error=error.code)
            return False
        for tenant in tenants:
            self._due.setdefault(tenant)
        return bool(tenants)

    async def _deal_for(self, seconds: float, stop: asyncio.Event) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not stop.is_set():
                    self._bell.clear()
                    self._deal()
                    await self._bell.wait()

    def _deal(self) -> None:
        """Give free slots to due tenants, in the order in which they came."""
        for tenant in list(self._due):
            room = min(self._slots - self._busy.total(), self._share - self._busy[tenant])
            if room > 0:
                del self._due[tenant]
                self._busy[tenant] += room
                self._start(self._visit(tenant, room))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("lane_failed", error=type(task.exception()).__name__)

    def _free(self, tenant: UUID, slots: int) -> None:
        self._busy[tenant] -= slots
        if self._busy[tenant] <= 0:
            del self._busy[tenant]
        self._bell.set()

    async def _visit(self, tenant: UUID, room: int) -> None:
        """Claim up to `room` jobs of one tenant and start a lane for each."""
        jobs: list[Claim] = []
        try:
            async with self._database.transaction(Scope.of_tenant(tenant)) as tx:
                jobs = await outbox.claim(tx, room, self._lease)
        except TownbridgeError as error:
            log.warning("claim_failed", tenant=str(tenant), error=error.code)
        finally:
            self._free(tenant, room - len(jobs))
        for job in jobs:
            self._start(self._lane(job))

    async def _lane(self, job: Claim | None) -> None:
        """One slot: a job of a tenant, and the next one for as long as nobody else waits for the slot."""
        if job is None:
            return
        tenant = job.tenant_id
        try:
            while job is not None:
                job = await self._executed(job)
        finally:
            self._free(tenant, 1)

    async def _executed(self, job: Claim) -> Claim | None:
        handler = self._handlers.get(job.name)
        if handler is None:
            await self._reported(job, "unknown-job", lambda tx: outbox.postpone(tx, job, "unknown-job"))
            return None
        try:
            return await self._run(handler, job)
        except asyncio.CancelledError:
            await self._reported(job, "stopped", lambda tx: outbox.release(tx, job))
            raise
        except SwitchedOff as error:
            await self._reported(job, error.code, lambda tx: outbox.postpone(tx, job, "switched-off"))
        except LeaseLost as error:
            log.warning("job_fenced_off", job=str(job.id), tenant=str(job.tenant_id), error=error.code)
        except (Exception, SystemExit) as error:
            code, delay = _code(error), self._back_off(job.attempt)
            await self._reported(job, code, lambda tx: outbox.fail(tx, job, code, delay), _where(error))
        self._due.setdefault(job.tenant_id)
        return None

    async def _run(self, handler: JobHandler, job: Claim) -> Claim | None:
        async with (
            asyncio.timeout(handler.time_limit),
            self._database.transaction(handler.scope(job.tenant_id)) as tx,
        ):
            await handler.run(_work(tx, job))
            goes_on = not self._stopping and not self._somebody_waits(job.tenant_id)
            following = await outbox.finish(tx, job, take_next=goes_on, lease=self._lease)
        self.done += 1
        if not goes_on:
            self._due.setdefault(job.tenant_id)
        return following

    def _somebody_waits(self, but: UUID) -> bool:
        return self._busy.total() >= self._slots and any(
            tenant != but and self._busy[tenant] < self._share for tenant in self._due
        )

    async def _reported(
        self, job: Claim, code: str, report: Callable[[Transaction], Awaitable[object]], where: str = ""
    ) -> None:
        log.warning(
            "job_not_done",
            job=str(job.id),
            name=job.name,
            tenant=str(job.tenant_id),
            attempt=job.attempt,
            error=code,
            where=where,
        )
        try:
            async with self._database.transaction(Scope.of_tenant(job.tenant_id)) as tx:
                await report(tx)
        except TownbridgeError as error:
            # The lease ends by itself; until then nobody else runs the job.
            log.warning("report_failed", job=str(job.id), error=error.code)


def _work(tx: Transaction, job: Claim) -> Work:
    return Work(
        tx=tx,
        tenant_id=job.tenant_id,
        id=job.id,
        name=job.name,
        payload=job.payload,
        attempt=job.attempt,
    )


def _code(error: BaseException) -> str:
    """What is kept of an error: its kind. Its words may hold data."""
    if isinstance(error, TownbridgeError):
        return error.code
    return "time-limit" if isinstance(error, TimeoutError) else type(error).__name__


def _where(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
