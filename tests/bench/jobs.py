"""C: how soon a job is begun on an idle worker, and how many are done in a second."""

from __future__ import annotations

import asyncio
import os
import random
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from time import monotonic

import asyncpg
from arq import ArqRedis, create_pool
from arq.connections import RedisSettings
from msgspec import Struct

from core.kernel.jobs import enqueue
from core.kernel.scope import Scope
from tests.bench.environments import python_of
from tests.bench.goals import Finding, at_least, at_most, missing
from tests.bench.rounds import in_turn, ratio
from tests.bench.town import Bench
from tests.bench.worker import ARQ_QUEUE, JOB, NOTIFIED

__all__ = ["THREADS", "drained", "measure", "worker"]

THREADS = "Celery, 10 threads"
OUTBOX = "CREATE TABLE bench.outbox (id bigserial PRIMARY KEY, number bigint NOT NULL)"

Send = Callable[[int], Awaitable[None]]
numbers = count(1)


class Side(Struct, frozen=True, kw_only=True):
    """A worker that says when it began a job, and the way to give it one."""

    send: Send
    heard: asyncio.StreamReader
    jobs: int


async def measure(bench: Bench) -> list[Finding]:
    """C1 and C2."""
    return [*await _latency(bench), *await _rate(bench)]


async def _latency(bench: Bench) -> list[Finding]:
    sizes = bench.sizes
    url = bench.platform.redis_url
    assert url is not None
    superuser = await asyncpg.connect(bench.address("bootstrap"))
    await superuser.execute("CREATE SCHEMA IF NOT EXISTS bench")
    await superuser.execute(OUTBOX)
    redis = await create_pool(RedisSettings(unix_socket_path=url.removeprefix("unix://")))
    try:
        async with (
            worker("tests.bench.worker", "ours", str(bench.home)) as ours,
            worker("tests.bench.worker", "notify", bench.address("bootstrap")) as notify,
            worker("tests.bench.worker", "arq", url) as arq,
        ):
            sides = [
                Side(send=_to_notify(superuser), heard=notify, jobs=sizes.jobs),
                Side(send=_to_ours(bench), heard=ours, jobs=sizes.jobs),
                Side(send=_to_arq(redis), heard=arq, jobs=sizes.plain_jobs),
            ]
            for side in sides:
                await _late(side, 5)
            least, mine, plain = await in_turn(*(_timed(side) for side in sides), rounds=sizes.rounds)
    finally:
        await superuser.close()
        await redis.aclose(close_connection_pool=True)
    return [
        at_most(
            "C1",
            f"a job begins on an idle worker, the slowest of {sizes.jobs}",
            "NOTIFY",
            ratio(mine, least),
            3.0,
        ),
        at_most("C1", "the same", "arq with its defaults", ratio(mine, plain), 1 / 30),
    ]


def _timed(side: Side) -> Callable[[], Awaitable[float]]:
    return lambda: _late(side, side.jobs)


async def _late(side: Side, jobs: int) -> float:
    """Seconds from before the transaction to the begin of the job; the slowest one."""
    slowest = 0.0
    for _job in range(jobs):
        await asyncio.sleep(random.uniform(0.01, 0.03))
        number, started = next(numbers), monotonic()
        await side.send(number)
        said = (await asyncio.wait_for(side.heard.readline(), 60)).split()
        if int(said[0]) != number:
            raise RuntimeError(f"job {number} was sent, {said[0]!r} begun")
        slowest = max(slowest, float(said[1]) - started)
    return slowest


def _to_ours(bench: Bench) -> Send:
    async def send(number: int) -> None:
        place = bench.places[number % len(bench.places)]
        async with bench.platform.database.transaction(Scope.of_tenant(place.tenant.id)) as tx:
            await enqueue(tx, JOB, {"number": number})

    return send


def _to_notify(connection: asyncpg.Connection) -> Send:
    async def send(number: int) -> None:
        async with connection.transaction():
            await connection.execute("INSERT INTO bench.outbox (number) VALUES ($1)", number)
            await connection.execute(f"NOTIFY {NOTIFIED}")

    return send


def _to_arq(redis: ArqRedis) -> Send:
    async def send(number: int) -> None:
        await redis.enqueue_job(JOB, number, _queue_name=ARQ_QUEUE)

    return send


async def _rate(bench: Bench) -> list[Finding]:
    sizes, url = bench.sizes, bench.platform.redis_url
    assert url is not None
    celery = await python_of("celery")
    redis = await create_pool(RedisSettings(unix_socket_path=url.removeprefix("unix://")))

    async def ours() -> float:
        for place in bench.places:
            async with bench.platform.database.transaction(Scope.of_tenant(place.tenant.id)) as tx:
                for number in range(sizes.noops // len(bench.places)):
                    await enqueue(tx, JOB, {"number": number})
        return await drained("tests.bench.worker", "drain", str(bench.home))

    async def plain() -> float:
        for number in range(sizes.plain_noops):
            await redis.enqueue_job(JOB, number, _queue_name=ARQ_QUEUE)
        return await drained("tests.bench.worker", "arq-drain", url, str(sizes.plain_noops))

    async def threads() -> float:
        broker = url.replace("unix://", "redis+socket://")
        return await drained("tests.bench.peers.tasks", broker, str(sizes.celery_noops), python=celery)

    sides = [ours, plain, *([threads] if celery else [])]
    try:
        mine, theirs, *others = await in_turn(*sides, rounds=sizes.rounds)
    finally:
        await redis.aclose(close_connection_pool=True)
    work = f"jobs a second, {sizes.noops} that do nothing"
    celerys = [at_least("C2", work, THREADS, ratio(mine, each), 1.0) for each in others]
    return [
        at_least("C2", work, "arq with its defaults", ratio(mine, theirs), 6.0),
        *(celerys or [missing("C2", work, THREADS)]),
    ]


async def drained(module: str, *arguments: str, python: Path | None = None, **environment: str) -> float:
    """The number that the process says."""
    async with worker(module, *arguments, python=python, **environment) as said:
        return float(await said.readline())


@asynccontextmanager
async def worker(
    module: str, *arguments: str, python: Path | None = None, **environment: str
) -> AsyncIterator[asyncio.StreamReader]:
    """A process that says on standard output how it goes."""
    process = await asyncio.create_subprocess_exec(
        str(python or sys.executable), "-m", module, *arguments, stdout=asyncio.subprocess.PIPE,
        env={**os.environ, **environment},
    )  # fmt: skip
    assert process.stdout is not None
    try:
        yield process.stdout
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
