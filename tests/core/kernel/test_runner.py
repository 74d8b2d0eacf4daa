"""The runner: one effect for each job, whatever dies, doubles, hangs or fails; fair between tenants."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit
from uuid import UUID

import pytest

from core.kernel import audit, outbox
from core.kernel.db import Database, Login
from core.kernel.ids import new_id
from core.kernel.jobs import JobHandler, SwitchedOff, Work, enqueue, hang_bell, take_down_bell
from core.kernel.runner import Runner
from core.kernel.scope import Scope
from core.testing import Server
from tests.faults.sizes import SIZES
from tests.faults.table import Tally

A, B = new_id(), new_id()


async def effect(work: Work) -> None:
    """An effect that is counted: an audit line of the job."""
    audit.record(work.tx, "test.effect.make", "job", work.id)


def handler(
    run: Callable[[Work], Awaitable[None]] = effect,
    time_limit: float = 30.0,
    compartments: tuple[str, ...] = (),
) -> dict[str, JobHandler]:
    kind = JobHandler(name="test.do", run=run, time_limit=time_limit, compartments=compartments)
    return {kind.name: kind}


async def ask(
    database: Database, tenant: UUID = A, count: int = 1, name: str = "test.do", **payload: int
) -> None:
    async with database.transaction(Scope.of_tenant(tenant)) as tx:
        for _ in range(count):
            await enqueue(tx, name, payload)


async def effects(database: Database, tenant: UUID = A) -> list[UUID | None]:
    async with database.transaction(Scope.of_tenant(tenant)) as tx:
        return [line.object_id for line in await audit.lines(tx, limit=100_000)]


async def states(database: Database, tenant: UUID = A) -> dict[str, int]:
    async with database.transaction(Scope.of_tenant(tenant)) as tx:
        rows = await tx.fetch("SELECT state, count(*) AS jobs FROM kernel.job GROUP BY state")
    return {row["state"]: row["jobs"] for row in rows}


async def hurry(database: Database, tenant: UUID = A) -> None:
    """Every waiting job is due and every lease has ended."""
    async with database.transaction(Scope.of_tenant(tenant)) as tx:
        await tx.execute("UPDATE kernel.job SET due_at = now() WHERE state IN ('pending', 'leased')")


async def until(is_so: Callable[[], Awaitable[bool]]) -> None:
    """Wait for what another task or process does to the database; ten seconds at most."""
    async with asyncio.timeout(10):
        while not await is_so():  # noqa: ASYNC110 -- another process cannot set an event here
            await asyncio.sleep(0.005)


async def until_done(runner: Runner, count: int) -> None:
    async def is_done() -> bool:
        return runner.done >= count

    await until(is_done)


async def until_leased(database: Database) -> None:
    async def is_leased() -> bool:
        return "leased" in await states(database)

    await until(is_leased)


async def test_every_job_of_every_tenant_has_one_effect_in_its_own_tenant(database: Database) -> None:
    await ask(database, A, 25)
    await ask(database, B, 10)

    assert await Runner(database, handler()).drain() == 35

    made = {tenant: await effects(database, tenant) for tenant in (A, B)}
    assert (len(set(made[A])), len(set(made[B]))) == (25, 10)
    assert (len(made[A]), len(made[B])) == (25, 10)
    assert await states(database, A) == {"done": 25}
    assert database.in_use() == 0


async def test_five_runners_that_see_the_same_jobs_make_each_effect_once(
    database: Database, record_property: Callable[[str, object], None]
) -> None:
    await ask(database, A, SIZES.delivered)
    runners = [Runner(database, handler(), slots=2) for _ in range(5)]
    await asyncio.gather(*(runner.drain() for runner in runners))
    made = await effects(database)
    lost, double = SIZES.delivered - len(set(made)), len(made) - len(set(made))
    record_property(*Tally(fault="jobs: five runners", size=len(made), lost=lost, double=double).noted)
    assert (lost, double) == (0, 0)


async def test_a_holder_that_slept_past_its_lease_is_fenced_off(database: Database) -> None:
    await ask(database)
    gate = asyncio.Event()

    async def slow(work: Work) -> None:
        await effect(work)
        await gate.wait()

    sleeper = asyncio.create_task(Runner(database, handler(slow)).drain())
    await until_leased(database)
    await hurry(database)
    assert await Runner(database, handler()).drain() == 1
    gate.set()

    assert await sleeper == 0
    assert len(await effects(database)) == 1
    assert await states(database) == {"done": 1}


VICTIM = """
import asyncio, sys
from urllib.parse import urlsplit
from uuid import UUID
from core.kernel import audit
from core.kernel.db import Database
from core.kernel.jobs import JobHandler
from core.kernel.runner import Runner

async def hang(work):
    audit.record(work.tx, "test.effect.make", "job", work.id)
    await work.tx.flush()
    print("working", flush=True)
    await asyncio.sleep(40)

async def main():
    database = await Database.connect({"app": sys.argv[1], "dispatch": sys.argv[2]})
    handlers = {"test.do": JobHandler(name="test.do", run=hang, time_limit=45)}
    await Runner(database, handlers, lease=1.5).run(asyncio.Event())

asyncio.run(main())
"""


async def test_the_job_of_a_killed_worker_is_done_once_by_another_when_the_lease_ends(
    database: Database, addresses: dict[Login, str]
) -> None:
    await ask(database)
    victim = subprocess.Popen(  # noqa: ASYNC220
        [sys.executable, "-c", VICTIM, addresses["app"], addresses["dispatch"]], stdout=subprocess.PIPE
    )
    try:
        assert victim.stdout is not None
        assert await asyncio.to_thread(victim.stdout.readline) == b"working\n"
        assert await Runner(database, handler()).drain() == 0
        os.kill(victim.pid, signal.SIGKILL)
    finally:
        victim.kill()
        victim.communicate()

    async def is_taken_over() -> bool:
        return await Runner(database, handler()).drain() == 1

    await until(is_taken_over)
    assert len(await effects(database)) == 1
    assert await states(database) == {"done": 1}


async def test_a_poison_job_is_dead_after_eight_tries_and_the_others_are_done_meanwhile(
    database: Database, record_property: Callable[[str, object], None]
) -> None:
    tries: list[int] = []

    async def poisoned(work: Work) -> None:
        if work.payload.get("poison"):
            tries.append(work.attempt)
            raise (ZeroDivisionError, SystemExit, KeyError)[work.attempt % 3]("a name that must not be kept")
        await effect(work)

    await ask(database, poison=1)
    await ask(database, count=SIZES.poisoned_among)
    runner = Runner(database, handler(poisoned), back_off=lambda attempt: 0.0)

    done = await runner.drain()
    made = await effects(database)
    lost, double = SIZES.poisoned_among - len(set(made)), len(made) - len(set(made))
    record_property(*Tally(fault="jobs: one is poison", size=len(made), lost=lost, double=double).noted)

    assert (done, lost, double) == (SIZES.poisoned_among, 0, 0)
    assert tries == list(range(1, 9))
    assert await states(database) == {"dead": 1, "done": SIZES.poisoned_among}
    async with database.transaction(Scope.of_tenant(A)) as tx:
        (dead,) = await outbox.dead_jobs(tx)
    assert dead.error == "KeyError"


async def test_a_job_that_hangs_is_ended_by_its_time_limit(database: Database) -> None:
    async def hangs(work: Work) -> None:
        await effect(work)
        await work.tx.execute("SELECT pg_sleep(30)")

    await ask(database)
    assert await Runner(database, handler(hangs, time_limit=0.2)).drain() == 0
    async with database.transaction(Scope.of_tenant(A)) as tx:
        (row,) = await tx.fetch("SELECT state, error FROM kernel.job")
    assert tuple(row.values()) == ("pending", "time-limit")
    assert await effects(database) == []
    assert database.in_use() == 0


async def test_a_job_sees_its_own_tenant_and_compartments(database: Database) -> None:
    seen: list[str] = []

    async def look(work: Work) -> None:
        settings = "SELECT current_setting('app.tenant') || ' ' || current_setting('app.scopes')"
        seen.append(await work.tx.fetchval(settings))

    await ask(database, A)
    await ask(database, B)
    await Runner(database, handler(look, compartments=("health",))).drain()
    assert sorted(seen) == sorted([f"{A} health", f"{B} health"])


async def test_a_job_of_a_plug_in_that_is_off_or_gone_waits_without_losing_a_try(database: Database) -> None:
    async def off(work: Work) -> None:
        raise SwitchedOff

    await ask(database)
    await ask(database, name="gone.do")
    assert await Runner(database, handler(off)).drain() == 0
    async with database.transaction(Scope.of_tenant(A)) as tx:
        rows = await tx.fetch("SELECT state, attempt, error FROM kernel.job ORDER BY error")
        assert [tuple(row.values()) for row in rows] == [
            ("pending", 0, "switched-off"),
            ("pending", 0, "unknown-job"),
        ]
        await outbox.resume(tx)
    assert await Runner(database, handler()).drain() == 1


@pytest.mark.requirement("R38")
async def test_a_long_queue_of_one_tenant_does_not_delay_another(
    database: Database, record_property: Callable[[str, object], None]
) -> None:
    async with database.transaction(Scope.of_tenant(A)) as tx:
        await tx.execute(
            "INSERT INTO kernel.job (tenant_id, id, name, payload)"
            " SELECT $1, gen_random_uuid(), 'test.do', '{}' FROM generate_series(1, $2)",
            A,
            SIZES.noise,
        )
    stop = asyncio.Event()
    runner = Runner(database, handler(), slots=4)
    working = asyncio.create_task(runner.run(stop))
    hang_bell(bell := lambda tenant, job: runner.wake(tenant))
    try:
        await until_done(runner, 20)
        delays = []
        for count in range(1, 11):
            begun = time.monotonic()
            await ask(database, B)
            while len(await effects(database, B)) < count:  # noqa: ASYNC110
                await asyncio.sleep(0.002)
            delays.append(time.monotonic() - begun)
    finally:
        take_down_bell(bell)
        stop.set()
        await working
    record_property(*Tally(fault="jobs: a noisy tenant", size=SIZES.noise).noted)
    assert sorted(delays)[8] < 0.5
    assert 20 < runner.done < SIZES.noise * 0.9


@pytest.mark.requirement("R38")
async def test_no_tenant_holds_more_than_a_quarter_of_the_slots(database: Database) -> None:
    running = {A: 0, B: 0}
    most = dict(running)

    async def watch(work: Work) -> None:
        running[work.tenant_id] += 1
        most[work.tenant_id] = max(most[work.tenant_id], running[work.tenant_id])
        await asyncio.sleep(0.01)
        running[work.tenant_id] -= 1

    await ask(database, A, 30)
    await ask(database, B, 30)
    assert await Runner(database, handler(watch), slots=8).drain() == 60
    assert most == {A: 2, B: 2}


async def test_a_full_house_makes_way_for_the_tenant_that_waits(database: Database) -> None:
    order: list[UUID] = []

    async def note(work: Work) -> None:
        order.append(work.tenant_id)
        await asyncio.sleep(0.005)

    await ask(database, A, 20)
    await ask(database, B, 20)
    await Runner(database, handler(note), slots=1).drain()
    assert len({*order[:4]}) == 2
    assert abs(order[:20].count(A) - 10) <= 2


async def test_a_running_job_ends_in_peace_when_the_worker_stops_and_is_given_back_when_it_must(
    database: Database,
) -> None:
    gate = asyncio.Event()

    async def slow(work: Work) -> None:
        await effect(work)
        await gate.wait()

    for is_patient in (True, False):
        await ask(database)
        gate.clear()
        stop = asyncio.Event()
        working = asyncio.create_task(Runner(database, handler(slow)).run(stop))
        await until_leased(database)
        stop.set()
        await asyncio.sleep(0.05)
        assert not working.done()
        if is_patient:
            gate.set()
            await working
            assert await states(database) == {"done": 1}
        else:
            working.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await working
            assert await states(database) == {"done": 1, "pending": 1}
    assert len(await effects(database)) == 1
    assert await Runner(database, handler()).drain() == 1
    assert database.in_use() == 0


async def test_the_runner_outlives_a_database_that_is_away_for_a_while(
    database: Database, database_server: Server, addresses: dict[Login, str]
) -> None:
    await ask(database, count=5)
    runner = Runner(database, handler(), slots=4)
    stop = asyncio.Event()
    working = asyncio.create_task(runner.run(stop))
    await until_done(runner, 5)
    await database_server.run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename IN ('app', 'dispatch')"
        " AND datname = current_database()",
        database=urlsplit(addresses["app"]).path[1:],
    )
    await ask(database, count=5)
    runner.wake(A)
    await until_done(runner, 10)
    stop.set()
    await working
    assert len(set(await effects(database))) == 10
