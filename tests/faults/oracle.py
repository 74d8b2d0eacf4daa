"""The one judge of every fault: the ledger against the books, what leaked, and `townbridge verify`."""

from __future__ import annotations

import asyncio
import json
import re
import urllib.request
from collections.abc import Iterator
from typing import Any, cast

from redis import Redis

from tests.faults.clerks import Desk
from tests.faults.greeter.events import GREET
from tests.faults.ledger import CANARY
from tests.faults.table import Verdict
from tests.faults.town_under_load import TownUnderLoad, until

__all__ = ["examine"]

PEOPLE = "SELECT name, count(*) FROM people.person GROUP BY name"
GREETED = f"SELECT object_id, count(*) FROM kernel.audit WHERE action = '{GREET}' GROUP BY object_id"
# The workers ask every moment; what is open for seconds while nothing happens was forgotten.
FORGOTTEN = """
SELECT count(*) FROM pg_stat_activity a
WHERE a.backend_type = 'client backend' AND a.pid <> pg_backend_pid() AND (
  a.xact_start < now() - interval '3 seconds'
  OR a.state = 'idle' AND EXISTS (SELECT FROM pg_locks l WHERE l.pid = a.pid AND l.locktype = 'advisory'))
"""
TOLD = "SELECT count(*) FROM kernel.job WHERE payload::text LIKE $1 OR error LIKE $1"
IN_USE = re.compile(r"^townbridge_database_connections_in_use (\S+)$", re.MULTILINE)
DISGUISES = (CANARY.encode(), json.dumps(CANARY)[1:-1].encode(), repr(CANARY.encode())[2:-1].encode())


async def examine(town: TownUnderLoad, desk: Desk | None = None) -> Verdict:
    """When the faults are over: before and after everything unanswered is commanded once more."""
    desk = desk or town.desk
    words: list[str] = []
    lost, double = await _compared(town)
    await desk.repeat()
    await town.rest()
    lost_after, double_after = await _compared(town)
    lost_jobs, double_jobs = await _greetings(town)
    leaked = await _leaked(town, desk)
    words += _odd(desk)
    findings = await town.findings()
    words += findings
    if changed := await town.rebuild_figures():
        words.append(f"A rebuild of the figures changed {changed} cells.")
    words += await _given_away(town)
    return Verdict(
        lost=lost + lost_after + lost_jobs,
        double=double + double_after + double_jobs,
        leaked=leaked,
        is_proven=not findings,
        words=words,
    )


async def _compared(town: TownUnderLoad) -> tuple[int, int]:
    """(acknowledged and not there, there more than once or for no reason)."""
    kept = {row["name"]: row["count"] for row in await town.query(PEOPLE)}
    return len(town.ledger.lost(kept)), len(town.ledger.double(kept))


async def _greetings(town: TownUnderLoad) -> tuple[int, int]:
    """The same of the jobs: one effect for each person."""
    greeted = {row["object_id"]: row["count"] for row in await town.query(GREETED)}
    people = set(town.ledger.acknowledged.values())
    return len(people - greeted.keys()), sum(count - 1 for count in greeted.values())


async def _leaked(town: TownUnderLoad, desk: Desk) -> int:
    """Connections that the web holds, or transactions and locks that are open, with nobody at work."""

    async def is_nothing_open() -> bool:
        return await _open(town, desk) == 0

    try:
        await until(is_nothing_open, 10)
    except TimeoutError:
        return await _open(town, desk)
    return 0


async def _open(town: TownUnderLoad, desk: Desk) -> int:
    numbers = await asyncio.to_thread(_read, f"http://127.0.0.1:{desk.port}/metrics")
    found = IN_USE.search(numbers)
    assert found is not None
    return int(float(found[1])) + await town.number(FORGOTTEN)


def _read(address: str) -> str:
    with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310 -- our own address
        return answer.read().decode()


def _odd(desk: Desk) -> list[str]:
    """A clerk is told that it is done or that the service is away, or gets no answer; nothing else."""
    odd = {told: count for told, count in desk.told.items() if told not in ("201", "503", "none")}
    return [f"{count} commands were answered {told}." for told, count in odd.items()]


async def _given_away(town: TownUnderLoad) -> list[str]:
    """Where a name of the ledger stands and should not."""
    services = town.services.status().folder
    assert services is not None
    logs = [*town.home.folder.glob("*.log"), *(services / "log").iterdir()]
    words = [f"{log.name} names somebody." for log in logs if _names_somebody(log.read_bytes())]
    words += [f"{key} in Redis names somebody." for key, value in _redis(town) if _names_somebody(value)]
    if (await town.query(TOLD, f"%{CANARY}%"))[0]["count"]:
        words.append("A job names somebody.")
    return words


def _names_somebody(content: bytes) -> bool:
    return any(disguise in content for disguise in DISGUISES)


def _redis(town: TownUnderLoad) -> Iterator[tuple[str, bytes]]:
    """Every key with all that it holds."""
    with Redis.from_url(str(town.services.redis_url)) as redis:
        for key in redis.scan_iter():
            yield repr(key), key + repr(_value(cast(Any, redis), key)).encode()


def _value(redis: Any, key: bytes) -> Any:
    reading = {
        b"string": lambda: redis.get(key),
        b"list": lambda: redis.lrange(key, 0, -1),
        b"zset": lambda: redis.zrange(key, 0, -1),
        b"set": lambda: redis.smembers(key),
        b"hash": lambda: redis.hgetall(key),
    }
    return reading.get(redis.type(key), lambda: None)()
