"""The doorbell: arq on Redis tells a worker, within milliseconds, which tenant has something to do.

Nothing of record is in Redis. It may be wiped, filled by a stranger, or absent: the poller finds every job.
The worker blocks on a list beside arq's queue, because arq alone asks Redis again and again.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any, cast
from uuid import UUID

import msgspec
from arq.connections import ArqRedis
from arq.worker import Worker, func
from redis.asyncio import ConnectionPool
from redis.exceptions import RedisError

from core.kernel.log import get_logger

__all__ = ["Doorbell", "answers", "listen"]

QUEUE, WAKE = "townbridge:bell", "townbridge:wake"
RING = "ring"
STALE = 60  # seconds after which the poller has found the job anyway
SILENCE = 5.0  # seconds for which a failed doorbell is left alone
PARTING = 0.5  # seconds for which a doorbell that is taken down may go on sending
BLOCK = 1
MOST_WAITING = 1000
AT_ONCE = 100

_BROKEN = (RedisError, OSError, TimeoutError, asyncio.TimeoutError)

_packed = msgspec.msgpack.Encoder(enc_hook=repr).encode  # of a ring that expired arq packs the exception

log = get_logger(__name__)


def _redis(url: str, seconds: float) -> ArqRedis:
    pool = ConnectionPool.from_url(url, socket_connect_timeout=seconds, socket_timeout=seconds)
    return ArqRedis(
        pool,
        job_serializer=_packed,
        job_deserializer=msgspec.msgpack.decode,
        default_queue_name=QUEUE,
        expires_extra_ms=STALE * 1000,
    )


class Doorbell:
    """Rings from this process: its `ring` is for `hang_bell`. It never waits and never raises."""

    def __init__(self, url: str) -> None:
        self._redis = _redis(url, seconds=0.5)
        self._waiting: dict[UUID, UUID] = {}
        self._sender: asyncio.Task[None] | None = None
        self._silent_until = 0.0

    def ring(self, tenant: UUID, job: UUID) -> None:
        """Tell the workers, soon, that `tenant` has a job; rings for one tenant become one."""
        loop = asyncio.get_running_loop()
        if loop.time() < self._silent_until or len(self._waiting) >= MOST_WAITING:
            return
        self._waiting[tenant] = job
        if self._sender is None or self._sender.done():
            self._sender = loop.create_task(self._send())

    async def close(self) -> None:
        """Send what waits, for a moment at most, and hang up."""
        if self._sender is not None:
            await asyncio.wait([self._sender], timeout=PARTING)
            self._sender.cancel()
            await asyncio.wait([self._sender])  # it tidies up on its line, and would open it again
        await self._redis.aclose(close_connection_pool=True)

    async def _send(self) -> None:
        while self._waiting:
            heard, self._waiting = self._waiting, {}
            try:
                for rings in _batches(heard):
                    await self._make_room(len(rings))
                    for tenant, job in rings:
                        await self._redis.enqueue_job(RING, tenant.hex, _job_id=job.hex)
                    await self._wake()
            except _BROKEN as error:
                self._silent_until = asyncio.get_running_loop().time() + SILENCE
                self._waiting.clear()
                log.warning("doorbell_silent", error=type(error).__name__)

    async def _make_room(self, rings: int) -> None:
        """Before they are written: whoever stops in the middle leaves no more than may wait."""
        await self._redis.zremrangebyrank(QUEUE, 0, rings - MOST_WAITING - 1)

    async def _wake(self) -> None:
        """One worker; what nobody has heard does not grow for ever."""
        async with self._redis.pipeline(transaction=False) as pipe:
            pipe.lpush(WAKE, b"")
            pipe.ltrim(WAKE, 0, 99)
            await pipe.execute()


def _batches(rings: dict[UUID, UUID]) -> Iterator[Sequence[tuple[UUID, UUID]]]:
    listed = list(rings.items())
    return (listed[start : start + AT_ONCE] for start in range(0, len(listed), AT_ONCE))


async def answers(url: str) -> bool:
    """Whether Redis can be reached; for `doctor`."""
    redis = _redis(url, seconds=2.0)
    try:
        return bool(await redis.ping())
    except _BROKEN:
        return False
    finally:
        await redis.aclose(close_connection_pool=True)


class _Listener(Worker):
    """arq's worker, woken by the list instead of a clock."""

    async def main(self) -> None:
        while True:
            await self._poll_iteration()
            await cast(Awaitable[Any], self.pool.blpop([WAKE], timeout=BLOCK))


async def listen(url: str, heard: Callable[[UUID], None], stop: asyncio.Event) -> None:
    """Call `heard(tenant)` for each ring until `stop` is set; raises when Redis is lost."""
    redis = _redis(url, seconds=BLOCK + 4)
    worker = build_worker(redis, heard)
    main = asyncio.create_task(worker.main())
    stopped = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait([main, stopped], return_when=asyncio.FIRST_COMPLETED)
        if main.done():
            main.result()
    finally:
        for task in (main, stopped, *worker.tasks.values()):
            task.cancel()
        await asyncio.gather(main, stopped, *worker.tasks.values(), return_exceptions=True)
        await redis.aclose(close_connection_pool=True)


def build_worker(redis: ArqRedis, heard: Callable[[UUID], None]) -> Worker:
    """arq's worker as we want it: no results, no aborts, no cron, no signals, nothing pickled."""

    async def ring(ctx: dict[Any, Any], *words: object) -> None:
        tenant = words[0] if words else None
        if (known := _tenant(tenant)) is not None:
            heard(known)

    return _Listener(
        [func(ring, name=RING, keep_result=0, timeout=5, max_tries=1)],
        redis_pool=redis,
        queue_name=QUEUE,
        handle_signals=False,
        job_completion_wait=0,
        max_jobs=10,
        queue_read_limit=MOST_WAITING,
        keep_result=0,
        job_timeout=5,
        max_tries=1,
        retry_jobs=False,
        allow_abort_jobs=False,
        health_check_interval=15,
        health_check_key=f"{QUEUE}:health:{os.getpid()}",
        job_serializer=_packed,
        job_deserializer=msgspec.msgpack.decode,
        log_results=False,
    )


def _tenant(value: object) -> UUID | None:
    try:
        return UUID(str(value))
    except ValueError:
        return None
