"""D2 and D3: from an empty folder to the first page, what a process weighs then, and opening a tenant.

The floor of a start is `python -m tests.bench.start HOME`: the servers made and started, the libraries imported.
"""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from time import perf_counter

import asyncpg

from core.kernel.embedded import Services
from core.kernel.scope import Scope
from core.tenancy.tenants import open_tenant
from tests.bench.goals import Finding, at_most
from tests.bench.processes import answered, free_port, running, weight
from tests.bench.rounds import Ratio, in_turn, ratio
from tests.bench.sizes import Sizes
from tests.bench.town import FIRST_DAY, Bench

__all__ = ["measure"]

TENANTS = 10
WEB_MEGABYTES, WORKER_MEGABYTES = 75.0, 45.0
LIBRARIES = "litestar, piccolo.table, arq, msgspec, pluggy, jinja2, uvicorn"

numbers = count(1)


async def measure(bench: Bench) -> list[Finding]:
    """D2 and D3."""
    return [*await _starts(bench.sizes), *await _tenants(bench)]


async def _starts(sizes: Sizes) -> list[Finding]:
    warm: list[float] = []
    weights: list[tuple[float, float]] = []

    async def floor() -> float:
        with _folder() as home:
            started = perf_counter()
            await asyncio.to_thread(
                subprocess.run, [sys.executable, "-m", "tests.bench.start", str(home)], check=True
            )
            return perf_counter() - started

    async def ours() -> float:
        with _folder() as home:
            cold = await _served(home)
            warm.append(await _served(home, weights))
            return cold

    least, mine = await in_turn(floor, ours, rounds=sizes.starts)
    web, worker = (sorted(each)[len(each) // 2] for each in zip(*weights, strict=True))
    return [
        at_most("D2", "empty folder to the first page", "initdb, start, imports", ratio(mine, least), 1.4),
        at_most("D2", "the same folder again", "the first time", ratio(warm, mine), 0.6),
        at_most("D2", "web process then", "itself", Ratio.once(web), WEB_MEGABYTES, " MB"),
        at_most("D2", "worker process then", "itself", Ratio.once(worker), WORKER_MEGABYTES, " MB"),
    ]


async def _served(home: Path, weights: list[tuple[float, float]] | None = None) -> float:
    """Seconds to the first page; the worker beside it is weighed a moment later."""
    port = free_port()
    arguments = ["core.cli", "--home", str(home), "serve", "--port", str(port)]
    started = perf_counter()
    async with running(*arguments, *([] if weights is not None else ["--no-worker"])) as process:
        await answered(f"http://127.0.0.1:{port}/sign-in")
        took = perf_counter() - started
        if weights is not None:
            await asyncio.sleep(2.5)
            (worker,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()[-1:]  # noqa: ASYNC240
            weights.append((weight(process.pid), weight(int(worker))))
    return took


@contextmanager
def _folder() -> Iterator[Path]:
    home = Path(tempfile.mkdtemp(prefix="townbridge-bench-"))
    try:
        yield home
    finally:
        Services(home).discard()
        shutil.rmtree(home, ignore_errors=True)


async def _tenants(bench: Bench) -> list[Finding]:
    superuser = await asyncpg.connect(bench.address("bootstrap"))

    async def schemas() -> float:
        started = perf_counter()
        for number in [next(numbers) for _tenant in range(TENANTS)]:
            async with superuser.transaction():
                await superuser.execute(f"CREATE SCHEMA tenant_{number}")
                for table in range(40):
                    await superuser.execute(
                        f"CREATE TABLE tenant_{number}.t{table} (id uuid PRIMARY KEY, a text, b date, c int)"
                    )
        return perf_counter() - started

    async def ours() -> float:
        started = perf_counter()
        for number in [next(numbers) for _tenant in range(TENANTS)]:
            async with bench.platform.database.transaction(Scope.town(bench.region.id)) as tx:
                await open_tenant(
                    tx, code=f"D{number}", name_zh=f"新{number}", name_en=f"New {number}",
                    kind="joint_branch", opened_on=FIRST_DAY,
                )  # fmt: skip
        return perf_counter() - started

    try:
        theirs, mine = await in_turn(schemas, ours, rounds=bench.sizes.rounds)
    finally:
        await superuser.close()
    return [at_most("D3", "open a tenant", "a schema of 40 tables", ratio(mine, theirs), 1 / 8)]


def _floor(home: Path) -> None:
    services = Services(home).start()
    exec(f"import {LIBRARIES}")  # noqa: S102 -- the line above
    services.stop()


if __name__ == "__main__":
    _floor(Path(sys.argv[1]))
