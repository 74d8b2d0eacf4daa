"""C3: events that three listeners each have to hear, from the transaction that tells of them to the last handler.

The floor deletes a hundred events in one statement and calls the three functions: whoever fails has lost them.
"""

from __future__ import annotations

from time import perf_counter

import asyncpg

from core.kernel.jobs import JobHandler, Work, enqueue
from core.kernel.runner import Runner
from core.kernel.scope import Scope
from tests.bench.environments import python_of
from tests.bench.goals import Finding, at_least, missing
from tests.bench.jobs import THREADS, drained
from tests.bench.rounds import in_turn, ratio
from tests.bench.town import Bench
from tests.bench.worker import TAKE

__all__ = ["measure"]

TOLD = "event:bench.told"
LISTENERS = tuple(f"bench.listener{number}" for number in range(3))
OUTBOX = "CREATE TABLE bench.outbox (id bigserial PRIMARY KEY, number bigint NOT NULL)"


async def measure(bench: Bench) -> list[Finding]:
    """C3."""
    sizes, heard = bench.sizes, 0
    celery = await python_of("celery")
    connection = await asyncpg.connect(bench.address("bootstrap"))
    await connection.execute("CREATE SCHEMA IF NOT EXISTS bench")
    await connection.execute(OUTBOX)

    async def hear(_work: Work | None) -> None:
        nonlocal heard
        heard += 1

    async def floor() -> float:
        await connection.execute(
            "INSERT INTO bench.outbox (number) SELECT generate_series(1, $1::int)", sizes.emitted * 10
        )
        started = perf_counter()
        while rows := await connection.fetch(TAKE):
            for _row in rows:
                for _listener in LISTENERS:
                    await hear(None)
        return sizes.emitted * 10 / (perf_counter() - started)

    async def ours() -> float:
        nonlocal heard
        await _tell(bench)
        handlers = {name: JobHandler(name=name, run=hear) for name in LISTENERS}
        handlers[TOLD] = JobHandler(name=TOLD, run=_spread)
        database = bench.platform.database
        runner = Runner(database, handlers)
        heard, started = 0, perf_counter()
        await runner.drain()
        if heard != sizes.emitted * len(LISTENERS):
            raise RuntimeError(f"{heard} were heard of {sizes.emitted} events")
        return sizes.emitted / (perf_counter() - started)

    async def threads() -> float:
        url = bench.platform.redis_url or ""
        broker = url.replace("unix://", "redis+socket://")
        return await drained("tests.bench.peers.tasks", broker, str(sizes.celery_noops), python=celery)

    try:
        least, mine, *others = await in_turn(floor, ours, *([threads] if celery else []), rounds=sizes.rounds)
    finally:
        await connection.close()
    work = f"events a second to 3 handlers, {sizes.emitted} of them"
    peers = [at_least("C3", work, f"{THREADS}, jobs a second", ratio(mine, each), 10.0) for each in others]
    return [
        at_least("C3", work, "a hundred deleted at once", ratio(mine, least), 0.3),
        *(peers or [missing("C3", work, THREADS)]),
    ]


async def _tell(bench: Bench) -> None:
    for number, place in enumerate(bench.places):
        count = (bench.sizes.emitted + number) // len(bench.places)
        async with bench.platform.database.transaction(Scope.of_tenant(place.tenant.id)) as tx:
            for each in range(count):
                await enqueue(tx, TOLD, {"number": each})


async def _spread(work: Work) -> None:
    """As `core.host.jobs` does with an event."""
    for name in LISTENERS:
        await enqueue(work.tx, name, work.payload)
