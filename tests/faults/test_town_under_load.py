"""A town at work while its processes are killed, stopped and wiped: what was acknowledged is there once."""

from __future__ import annotations

import asyncio
import random
import re
import signal
from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from redis import Redis

from tests.faults.clerks import Desk
from tests.faults.crash_points import POINTS, VARIABLE
from tests.faults.home import new_home
from tests.faults.oracle import examine
from tests.faults.proxy import Cut, Proxy, socket_of
from tests.faults.sizes import SIZES
from tests.faults.table import Tally
from tests.faults.town_under_load import TownUnderLoad, open_town, until

pytestmark = pytest.mark.slow

New = Callable[[str], Tally]

LONGEST = 25.0
"""Seconds until a statement that nobody answers, and the ROLLBACK after it, are given up."""


@pytest.fixture(scope="module")
async def town() -> AsyncIterator[TownUnderLoad]:
    with new_home() as home:
        async with open_town(home) as opened:
            yield opened


async def some_time() -> None:
    await asyncio.sleep(random.uniform(0.05, 0.6))


async def test_workers_are_killed(town: TownUnderLoad, tally: New) -> None:
    cost = tally("worker: kill -9")
    town.hire(SIZES.workers - len(town.workers))
    for _round in range(SIZES.worker_rounds):
        async with town.clerks(SIZES.clerks):
            for _kill in range(SIZES.worker_kills):
                await some_time()
                await town.replace_worker()
        cost.add(SIZES.worker_kills, await examine(town))
    await town.dismiss(but=2)
    assert cost.is_clean, cost
    assert town.desk.refused < town.desk.told["201"] / 10


@pytest.mark.full_size
async def test_the_web_is_killed(town: TownUnderLoad, tally: New) -> None:
    cost = tally("web: kill -9")
    for _round in range(SIZES.web_rounds):
        before = town.desk.told["none"]
        async with town.clerks(SIZES.clerks):
            for _kill in range(SIZES.web_kills):
                await some_time()
                await town.replace_web()
        assert town.desk.told["none"] > before
        cost.add(SIZES.web_kills, await examine(town))
    assert cost.is_clean, cost


async def test_postgresql_is_killed(town: TownUnderLoad, tally: New) -> None:
    cost = tally("PostgreSQL: kill -9, stop -m immediate")
    for number in range(SIZES.postgres_kills):
        before = town.desk.told["503"]
        async with town.clerks(SIZES.clerks):
            await some_time()
            way = (signal.SIGKILL, signal.SIGQUIT)[number % 2]
            await asyncio.to_thread(town.home.kill_server, "postgres", way)
            await until(town.is_ready)
            await some_time()
        assert town.desk.told["503"] > before
        cost.add(1, await examine(town))
    assert cost.is_clean, cost


async def test_redis_is_killed(town: TownUnderLoad, tally: New) -> None:
    cost = tally("Redis: kill -9")
    before = town.desk.told.copy()
    for _kill in range(SIZES.redis_kills):
        async with town.clerks(SIZES.clerks):
            await some_time()
            await asyncio.to_thread(town.home.kill_server, "redis")
            await until(town.has_redis)
        cost.add(1, await examine(town))
    assert cost.is_clean, cost
    told = town.desk.told - before
    assert told.total() - told["201"] < told["201"] / 10  # nobody at the desk notices


@pytest.mark.full_size
async def test_redis_is_wiped_while_jobs_wait(town: TownUnderLoad, tally: New) -> None:
    cost = tally("Redis: FLUSHALL")
    async with town.clerks(SIZES.clerks):
        with Redis.from_url(str(town.services.redis_url)) as redis:
            for _flush in range(SIZES.flushes):
                await asyncio.sleep(0.1)
                redis.flushall()
    cost.add(SIZES.flushes, await examine(town))
    assert cost.is_clean, cost


@pytest.mark.full_size
async def test_workers_sleep_past_their_leases(town: TownUnderLoad, tally: New) -> None:
    cost = tally("worker: asleep past its lease")
    await town.at_work(2)
    async with town.clerks(SIZES.clerks), town.platform() as platform:
        for _sleep in range(SIZES.sleeps):
            await until(town.falls_asleep_at_work)
            await town.overtake(platform)
            town.wake_up()
    cost.add(SIZES.sleeps, await examine(town))
    assert cost.is_clean, cost
    # Fenced off; or, after a long sleep, told that its session is over.
    assert any(re.search("job_fenced_off|job_not_done", worker.said()) for worker in town.workers)


@pytest.fixture(scope="module")
async def line(town: TownUnderLoad) -> AsyncIterator[Proxy]:
    """The line between the database and one more web process."""
    async with Proxy(socket_of(town.services.postgres_dsn("app"))) as proxy:
        yield proxy


@pytest.fixture(scope="module")
async def desk(town: TownUnderLoad, line: Proxy) -> AsyncIterator[Desk]:
    """The desk of that process, which has four connections."""
    async with town.behind(line, TOWNBRIDGE_POOL_SIZE="4") as desk:
        yield desk


@pytest.mark.full_size
async def test_the_database_is_slow(town: TownUnderLoad, line: Proxy, desk: Desk, tally: New) -> None:
    cost = tally("database: 200 ms away")
    line.delay = 0.2
    async with town.clerks(3, desk):
        await asyncio.sleep(SIZES.seconds)
    line.delay = 0
    assert desk.told["201"] > 0
    cost.add(1, await examine(town, desk))
    assert cost.is_clean, cost


@pytest.mark.parametrize("side", ["before", "after"])
async def test_the_line_is_cut_during_commit(
    town: TownUnderLoad, line: Proxy, desk: Desk, tally: New, side: Cut
) -> None:
    cost = tally(f"database: cut {side} COMMIT")
    async with httpx.AsyncClient() as client:
        for _cut in range(SIZES.cuts):
            line.cut = side
            assert await desk.give(client, town.ledger.command()) == "503"
    names = [command.name for command in town.ledger.unanswered]
    there = await town.query("SELECT FROM people.person WHERE name = ANY ($1)", names)
    assert (len(names), len(there)) == (SIZES.cuts, SIZES.cuts if side == "after" else 0)
    cost.add(SIZES.cuts, await examine(town, desk))
    assert cost.is_clean, cost


@pytest.mark.full_size
async def test_the_line_is_cut_and_nobody_answers(
    town: TownUnderLoad, line: Proxy, desk: Desk, tally: New
) -> None:
    cost = tally("database: out of reach")
    async with town.clerks(SIZES.clerks, desk):
        with line.closed():
            await asyncio.sleep(SIZES.seconds)
        await until(lambda: town.is_ready(desk.port), 10)
        await some_time()
    cost.add(1, await examine(town, desk))
    assert cost.is_clean, cost


@pytest.mark.full_size
async def test_the_line_is_dead_and_nobody_was_told(
    town: TownUnderLoad, line: Proxy, desk: Desk, tally: New
) -> None:
    """Half open: what was sent vanishes, and no answer comes. Everybody is refused in time all the same."""
    cost = tally("database: half open")
    async with town.clerks(SIZES.clerks, desk):
        await some_time()
        with line.half_open():
            async with httpx.AsyncClient(timeout=LONGEST) as client:
                assert await desk.give(client, town.ledger.command()) == "503"
        await until(lambda: town.is_ready(desk.port), LONGEST)
        await some_time()
    cost.add(1, await examine(town, desk))
    assert cost.is_clean, cost


@pytest.mark.full_size
async def test_the_pool_is_exhausted(town: TownUnderLoad, desk: Desk, tally: New) -> None:
    cost = tally("pool: exhausted")
    async with town.locked("people.person"), httpx.AsyncClient(timeout=5) as client:
        commands = [town.ledger.command() for _command in range(20)]
        told = await asyncio.gather(*(desk.give(client, command) for command in commands))
    assert told == ["503"] * 20  # each within the five seconds of the client
    cost.add(20, await examine(town, desk))
    assert cost.is_clean, cost


async def test_a_worker_dies_at_each_numbered_point(town: TownUnderLoad, tally: New) -> None:
    cost = tally("worker: each numbered crash point")
    await town.dismiss()
    for number in range(0, len(POINTS), SIZES.crash_points):
        async with town.clerks(2):
            await asyncio.sleep(0.2)
        await town.query("UPDATE kernel.schedule SET slot = slot - interval '2 days'")
        doomed = town.start("worker", module="tests.faults.crash_points", **{VARIABLE: str(number)})
        assert await asyncio.to_thread(doomed.status) == -signal.SIGKILL, POINTS[number]
        async with town.platform() as platform:
            await town.work_off(platform)
        cost.add(1, await examine(town))
    assert cost.is_clean, cost
