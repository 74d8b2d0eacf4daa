"""The worker process: its parts fail alone, it stops in peace, and it keeps house."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from uuid import UUID

import pytest

from core import worker
from core.kernel.db import Database, Login
from core.kernel.idempotency import remember
from core.kernel.ids import new_id
from core.kernel.jobs import Every, JobHandler, Work, enqueue
from core.kernel.runner import Runner
from core.kernel.scope import Scope
from core.worker import HOUSEKEEPING, run_worker

A, B = new_id(), new_id()


async def nothing(work: Work) -> None:
    return None


async def nowhere() -> dict[str, list[UUID]]:
    return {}


async def states(database: Database, tenant: UUID = A) -> list[tuple[str, str]]:
    async with database.transaction(Scope.of_tenant(tenant)) as tx:
        rows = await tx.fetch("SELECT name, state FROM kernel.job ORDER BY created_at, id")
    return [(row["name"], row["state"]) for row in rows]


async def test_a_part_that_fails_is_started_again_and_the_others_do_not_notice(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "FIRST_PAUSE", 0.01)
    stop, starts = asyncio.Event(), 0

    async def falls_over(until: asyncio.Event) -> None:
        nonlocal starts
        starts += 1
        if starts < 4:
            raise ConnectionError
        stop.set()
        await until.wait()

    async with asyncio.timeout(10):
        await run_worker(database, {}, nowhere, stop, loops={"figures": falls_over})
    assert starts == 4
    assert database.in_use() == 0


async def test_a_job_that_is_asked_for_in_the_workers_own_process_runs_at_once(database: Database) -> None:
    stop, done = asyncio.Event(), asyncio.Event()

    async def note(work: Work) -> None:
        done.set()

    handlers = {"test.do": JobHandler(name="test.do", run=note)}
    working = asyncio.create_task(run_worker(database, handlers, nowhere, stop))
    await asyncio.sleep(1.2)
    async with database.transaction(Scope.of_tenant(A)) as tx:
        await enqueue(tx, "test.do", {})
    await asyncio.wait_for(done.wait(), 0.5)
    stop.set()
    await working
    assert await states(database) == [("test.do", "done")]


async def test_scheduled_jobs_run_where_their_plug_in_is_on(database: Database) -> None:
    stop, seen = asyncio.Event(), asyncio.Queue[UUID]()

    async def note(work: Work) -> None:
        seen.put_nowait(work.tenant_id)

    async def places() -> dict[str, list[UUID]]:
        return {"test.hourly": [A, B]}

    handlers = {"test.hourly": JobHandler(name="test.hourly", run=note, schedule=Every(3600))}
    working = asyncio.create_task(run_worker(database, handlers, places, stop))
    async with asyncio.timeout(5):
        assert {await seen.get(), await seen.get()} == {A, B}
    stop.set()
    await working


async def test_keeping_house_drops_what_is_old_in_pieces(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "PURGED_AT_ONCE", 5)
    for tenant in (A, B):
        async with database.transaction(Scope.of_tenant(tenant)) as tx:
            await tx.execute(
                "INSERT INTO kernel.job (tenant_id, id, name, payload, state, finished_at)"
                " SELECT $1, gen_random_uuid(), 'test.do', '{}', 'done', now() - interval '8 days'"
                " FROM generate_series(1, 12)",
                tenant,
            )
            await remember(tx, "k", b"")
            await tx.execute("UPDATE kernel.idempotency SET at = at - interval '3 days'")
    async with database.transaction(Scope.of_tenant(A)) as tx:
        await enqueue(tx, HOUSEKEEPING.name, {})

    assert await Runner(database, {HOUSEKEEPING.name: HOUSEKEEPING}).drain() == 3

    assert await states(database, A) == [(HOUSEKEEPING.name, "done")] * 3
    assert len(await states(database, B)) == 12
    async with database.transaction(Scope.of_tenant(A)) as tx:
        assert await tx.fetchval("SELECT count(*) FROM kernel.idempotency") == 0


PROGRAM = """
import asyncio, sys
from core.kernel.db import Database
from core.kernel.jobs import JobHandler
from core.worker import run_worker, stop_on_signals

async def slow(work):
    print("working", flush=True)
    await asyncio.sleep(float(sys.argv[3]))

async def nowhere():
    return {}

async def main():
    database = await Database.connect({"app": sys.argv[1], "dispatch": sys.argv[2]})
    stop = asyncio.Event()
    stop_on_signals(stop)
    handlers = {"test.do": JobHandler(name="test.do", run=slow)}
    await run_worker(database, handlers, nowhere, stop, redis_url="unix:///nowhere.sock", grace=1.0)
    await database.close()

asyncio.run(main())
"""


@pytest.mark.parametrize(("seconds", "left"), [("0.3", "done"), ("20", "pending")])
async def test_a_signal_lets_running_jobs_end_or_gives_them_back(
    database: Database, addresses: dict[Login, str], seconds: str, left: str
) -> None:
    async with database.transaction(Scope.of_tenant(A)) as tx:
        await enqueue(tx, "test.do", {})
    command = [sys.executable, "-c", PROGRAM, addresses["app"], addresses["dispatch"], seconds]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)  # noqa: ASYNC220
    try:
        assert process.stdout is not None
        while await asyncio.to_thread(process.stdout.readline) != b"working\n":
            assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(process.wait, 10) == 0
    finally:
        process.kill()
        process.communicate()
    assert await states(database) == [("test.do", left)]
