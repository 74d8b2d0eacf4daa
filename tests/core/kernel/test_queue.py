"""The doorbell: quick when Redis is there, and neither missed nor trusted when it is not."""

from __future__ import annotations

import asyncio
import contextlib
import pickle
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest

from core.kernel import audit, queue
from core.kernel.db import Database
from core.kernel.ids import new_id
from core.kernel.jobs import JobHandler, Work, enqueue, hang_bell, take_down_bell
from core.kernel.queue import Doorbell, build_worker, listen
from core.kernel.scope import Scope
from core.worker import run_worker

A, B = new_id(), new_id()


class RedisServer:
    """A redis-server of the test's own, on a socket."""

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "redis.sock"
        self.url = f"unix://{self.socket}"
        self.start()

    def start(self) -> None:
        program = Path(sys.executable).parent / "redis-server"
        options = ["--port", "0", "--unixsocket", str(self.socket), "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen(
            [program, *options], stdout=subprocess.DEVNULL, cwd=self.socket.parent
        )
        for _ in range(200):
            if self.socket.exists():
                return
            time.sleep(0.01)
        raise TimeoutError

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.socket.unlink(missing_ok=True)


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path)
    yield server
    server.kill()


@pytest.fixture
async def client(redis: RedisServer) -> AsyncIterator[queue.ArqRedis]:
    connected = queue._redis(redis.url, 2)
    yield connected
    await connected.aclose(close_connection_pool=True)


async def effect(work: Work) -> None:
    audit.record(work.tx, "test.effect.make", "job", work.id)


HANDLERS = {"test.do": JobHandler(name="test.do", run=effect)}


async def nowhere() -> dict[str, list[UUID]]:
    return {}


@contextlib.asynccontextmanager
async def working(database: Database, url: str) -> AsyncIterator[Doorbell]:
    """A worker, and a bell that rings from here through Redis alone."""
    stop = asyncio.Event()
    worker = asyncio.create_task(run_worker(database, HANDLERS, nowhere, stop, redis_url=url))
    await asyncio.sleep(0.3)
    bell = Doorbell(url)
    try:
        yield bell
    finally:
        await bell.close()
        stop.set()
        await worker


async def ask(database: Database, bell: Doorbell | None = None, tenant: UUID = A) -> UUID:
    """A job as another process would leave it: no bell of this process rings."""
    from core.kernel import jobs

    quiet, jobs._bells[:] = list(jobs._bells), []
    try:
        async with database.transaction(Scope.of_tenant(tenant)) as tx:
            job = await enqueue(tx, "test.do", {})
    finally:
        jobs._bells[:] = quiet
    if bell is not None:
        bell.ring(tenant, job)
    return job


async def effects(database: Database, tenant: UUID = A) -> list[UUID | None]:
    async with database.transaction(Scope.of_tenant(tenant)) as tx:
        return [line.object_id for line in await audit.lines(tx, limit=10_000)]


async def until_effects(database: Database, count: int, tenant: UUID = A, seconds: float = 10) -> float:
    """The seconds until there are `count` effects."""
    begun = time.monotonic()
    async with asyncio.timeout(seconds):
        while len(await effects(database, tenant)) < count:  # noqa: ASYNC110
            await asyncio.sleep(0.002)
    return time.monotonic() - begun


async def test_a_ring_brings_the_worker_at_once(database: Database, redis: RedisServer) -> None:
    async with working(database, redis.url) as bell:
        await asyncio.sleep(1.5)
        waits = []
        for count in range(1, 16):
            await ask(database, bell)
            waits.append(await until_effects(database, count))
            await asyncio.sleep(0.02)
        await ask(database, bell, B)
        await until_effects(database, 1, B)
    assert sorted(waits)[7] < 0.1
    assert len(set(await effects(database))) == 15


async def test_five_rings_for_each_job_make_one_effect(database: Database, redis: RedisServer) -> None:
    async with working(database, redis.url) as bell:
        for _ in range(10):
            job = await ask(database)
            for _ in range(5):
                bell.ring(A, job)
                bell.ring(B, job)
        await until_effects(database, 10)
        await asyncio.sleep(0.2)
    assert len(await effects(database)) == len(set(await effects(database))) == 10
    assert await effects(database, B) == []


@pytest.mark.requirement("R35")
async def test_a_wiped_redis_loses_nothing(
    database: Database, redis: RedisServer, client: queue.ArqRedis
) -> None:
    async with working(database, redis.url) as bell:
        for _ in range(30):
            await ask(database, bell)
            await client.flushall()
        await until_effects(database, 30)
    assert len(set(await effects(database))) == 30


async def test_a_killed_redis_loses_nothing_and_is_heard_again_when_it_is_back(
    database: Database, redis: RedisServer
) -> None:
    async with working(database, redis.url) as bell:
        redis.kill()
        for _ in range(5):
            await ask(database, bell)
        await until_effects(database, 5)
        redis.start()
        bell._silent_until = 0.0
        async with asyncio.timeout(10):
            heard = False
            while not heard:
                count = len(await effects(database)) + 1
                await ask(database, bell)
                heard = await until_effects(database, count) < 0.1
    assert len(await effects(database)) == len(set(await effects(database)))


async def test_without_redis_the_poller_runs_every_job(database: Database, tmp_path: Path) -> None:
    async with working(database, f"unix://{tmp_path}/absent.sock") as bell:
        await ask(database, bell)
        assert await until_effects(database, 1) < 7


async def test_ringing_into_the_void_takes_no_time_and_is_given_up_for_a_while(tmp_path: Path) -> None:
    bell = Doorbell(f"unix://{tmp_path}/absent.sock")
    begun = time.monotonic()
    for _ in range(1000):
        bell.ring(new_id(), new_id())
    assert time.monotonic() - begun < 0.1
    await asyncio.sleep(0.1)
    bell.ring(A, new_id())
    assert bell._waiting == {}
    await bell.close()


async def test_rings_for_one_tenant_become_one_and_unheard_ones_do_not_pile_up(
    redis: RedisServer, client: queue.ArqRedis
) -> None:
    bell = Doorbell(redis.url)
    for _ in range(100):
        bell.ring(A, new_id())
    await asyncio.sleep(0.2)
    assert await client.zcard(queue.QUEUE) == 1
    for _ in range(30):
        for _ in range(100):
            bell.ring(new_id(), new_id())
        await asyncio.sleep(0.05)
    await bell.close()
    assert await client.zcard(queue.QUEUE) <= queue.MOST_WAITING
    assert int(await client.execute_command("LLEN", queue.WAKE) or 0) <= 100


async def lines_besides(client: queue.ArqRedis) -> int:
    """The connections that others have to this server; those that are being closed are waited for."""
    others = 0
    for _ in range(200):
        if not (others := len(await client.client_list()) - 1):
            break
        await asyncio.sleep(0.01)
    return others


async def test_a_bell_that_hangs_up_while_it_sends_leaves_no_line_open(
    redis: RedisServer, client: queue.ArqRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen in CI: what was sending tidied up on a line of the pool that was closed already, and opened it again."""
    monkeypatch.setattr(queue, "PARTING", 0.0)
    for _ in range(5):
        bell = Doorbell(redis.url)
        for _ in range(queue.AT_ONCE):
            bell.ring(new_id(), new_id())
        async with asyncio.timeout(5):
            while not await client.zcard(queue.QUEUE):  # noqa: ASYNC110
                await asyncio.sleep(0)
        await bell.close()
        await client.delete(queue.QUEUE)
        assert await lines_besides(client) == 0


class Bomb:
    def __reduce__(self) -> tuple[Callable[..., None], tuple[str]]:
        return (pytest.fail, ("a pickle from Redis was opened",))


@pytest.mark.requirement("R32")
async def test_what_a_stranger_writes_into_redis_is_never_run(
    redis: RedisServer, client: queue.ArqRedis
) -> None:
    heard: list[UUID] = []
    stop = asyncio.Event()
    listening = asyncio.create_task(listen(redis.url, heard.append, stop))
    await client.set("arq:job:bomb", pickle.dumps(Bomb()))
    await client.zadd(queue.QUEUE, {"bomb": 1, "absent": 1, "\x00": 1})
    await client.enqueue_job("os.system", "true", _job_id="unknown")
    for number, words in enumerate([(), ("no id",), (5, 6), (None,), ([A.hex],)]):
        await client.enqueue_job(queue.RING, *words, _job_id=f"odd{number}")
    await client.execute_command("LPUSH", queue.WAKE, b"")
    await asyncio.sleep(0.3)
    await client.enqueue_job(queue.RING, A.hex, _job_id="good")
    await client.execute_command("LPUSH", queue.WAKE, b"")
    await asyncio.sleep(0.3)
    stop.set()
    await listening
    assert heard == [A]


async def test_a_ring_that_expired_is_told_in_a_line(
    redis: RedisServer, client: queue.ArqRedis, caplog: pytest.LogCaptureFixture
) -> None:
    stop = asyncio.Event()
    listening = asyncio.create_task(listen(redis.url, print, stop))
    await client.zadd(queue.QUEUE, {"expired": 1})
    await client.execute_command("LPUSH", queue.WAKE, b"")
    await asyncio.sleep(0.3)
    stop.set()
    await listening
    told = [record for record in caplog.records if record.name.startswith("arq")]
    assert "job expired expired" in [record.getMessage() for record in told]
    assert not any(record.exc_info for record in told)
    assert await client.keys("arq:result:*") == []


async def test_the_listener_ends_when_redis_is_lost_or_unusable(
    redis: RedisServer, client: queue.ArqRedis
) -> None:
    for spoil in (lambda: client.set(queue.WAKE, "text"), lambda: asyncio.to_thread(redis.kill)):
        listening = asyncio.create_task(listen(redis.url, print, asyncio.Event()))
        await asyncio.sleep(0.1)
        await spoil()
        with pytest.raises(queue._BROKEN):
            await asyncio.wait_for(listening, 5)


@pytest.mark.requirement("R32")
async def test_arq_is_set_up_without_its_traps(client: queue.ArqRedis) -> None:
    worker = build_worker(client, print)
    assert (worker.keep_result_s, worker.max_tries, worker.allow_abort_jobs) == (0, 1, False)
    assert worker.queue_read_limit >= 10 * worker.max_jobs
    assert worker.cron_jobs == []
    assert worker.health_check_interval == 15
    assert not worker.log_results
    assert not worker.retry_jobs
    assert worker.job_deserializer is client.job_deserializer is queue.msgspec.msgpack.decode
    assert worker.in_progress_timeout_s <= 15


async def test_a_commit_rings_through_redis(
    database: Database, redis: RedisServer, client: queue.ArqRedis
) -> None:
    bell = Doorbell(redis.url)
    hang_bell(bell.ring)
    try:
        async with database.transaction(Scope.of_tenant(A)) as tx:
            job = await enqueue(tx, "test.do", {})
            assert await client.zcard(queue.QUEUE) == 0
        await bell.close()
    finally:
        take_down_bell(bell.ring)
    assert await client.zrange(queue.QUEUE, 0, -1) == [job.hex.encode()]
