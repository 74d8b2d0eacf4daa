"""The workers of the bench, `python -m tests.bench.worker HOW HOME-OR-ADDRESS [COUNT]`: ours, NOTIFY alone, plain arq.

`ours`, `notify` and `arq` say on standard output when each job was begun: its number and the system's clock.
`drain` and `arq-drain` work off what is there and say how many jobs a second that was.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from time import monotonic, perf_counter
from typing import Any

import asyncpg
import uvloop
from arq import create_pool, func
from arq.connections import RedisSettings
from arq.worker import Worker

from core.app import open_platform
from core.figures.loop import FiguresLoop
from core.kernel.jobs import JobHandler, Work
from core.kernel.log import configure_logging
from core.kernel.runner import Runner
from core.kernel.settings import Settings
from core.worker import run_worker, stop_on_signals

__all__ = ["ARQ_QUEUE", "JOB", "NOTIFIED", "TAKE"]

JOB, ARQ_QUEUE, NOTIFIED = "bench.noop", "bench:arq", "bench"
TAKE = """
DELETE FROM bench.outbox WHERE id = ANY (
  ARRAY(SELECT id FROM bench.outbox ORDER BY id LIMIT 100 FOR UPDATE SKIP LOCKED)
)
RETURNING number
"""


def _said(number: object) -> None:
    sys.stdout.write(f"{number} {monotonic()}\n")
    sys.stdout.flush()


async def _say(work: Work) -> None:
    _said(work.payload["number"])


async def _nothing(_work: Work) -> None:
    return None


async def _nowhere() -> Mapping[str, list[Any]]:
    return {}


async def ours(home: str) -> None:
    """The product's worker, its runner and its doorbell, with one handler."""
    stop = asyncio.Event()
    stop_on_signals(stop)
    async with open_platform(Settings(home=Path(home)), ("app", "dispatch")) as platform:
        handlers = {JOB: JobHandler(name=JOB, run=_say)}
        await run_worker(platform.database, handlers, _nowhere, stop, redis_url=platform.redis_url)


async def drain(home: str) -> None:
    async with open_platform(Settings(home=Path(home)), ("app", "dispatch")) as platform:
        runner = Runner(platform.database, {JOB: JobHandler(name=JOB, run=_nothing)})
        started = perf_counter()
        done = await runner.drain()
        sys.stdout.write(f"{done / (perf_counter() - started)}\n")


async def notify(address: str) -> None:
    """As little as can be: LISTEN, and a batch deleted in one statement."""
    stop, bell = asyncio.Event(), asyncio.Event()
    stop_on_signals(stop)
    connection = await asyncpg.connect(address)
    await connection.add_listener(NOTIFIED, lambda *_: bell.set())
    while not stop.is_set():
        bell.clear()
        for row in await connection.fetch(TAKE):
            _said(row["number"])
        waits = [asyncio.ensure_future(event.wait()) for event in (bell, stop)]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()


async def plain_arq(url: str) -> None:
    worker = await _arq_worker(url)
    await worker.async_run()


async def arq_drain(url: str, count: str) -> None:
    worker = await _arq_worker(url, burst=True)
    started = perf_counter()
    await worker.async_run()
    sys.stdout.write(f"{int(count) / (perf_counter() - started)}\n")


async def _arq_worker(url: str, burst: bool = False) -> Worker:
    """arq with its defaults."""

    async def noop(ctx: dict[Any, Any], number: int) -> None:
        if not burst:
            _said(number)

    pool = await create_pool(RedisSettings(unix_socket_path=url.removeprefix("unix://")))
    return Worker(
        [func(noop, name=JOB)], redis_pool=pool, queue_name=ARQ_QUEUE, burst=burst, handle_signals=False
    )


async def figures(home: str) -> None:
    """The product's loop over the marks of the bench's own events; says when it has begun."""
    from tests.bench.figures import FRESH

    stop = asyncio.Event()
    stop_on_signals(stop)
    async with open_platform(Settings(home=Path(home)), ("app", "figures")) as platform:
        _said("begun")
        await FiguresLoop(platform.database, FRESH).run(stop)


HOW: dict[str, Callable[..., Awaitable[None]]] = {
    "ours": ours,
    "drain": drain,
    "notify": notify,
    "figures": figures,
    "arq": plain_arq,
    "arq-drain": arq_drain,
}


async def main() -> None:
    configure_logging("error")
    await HOW[sys.argv[1]](*sys.argv[2:])


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
