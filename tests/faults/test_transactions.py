"""The one transaction helper when commits fail, tasks are cancelled, sessions are ended, and pools are empty."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable

import asyncpg
import pytest

from core.kernel.db import PATIENCE, Database, Login
from core.kernel.errors import TownbridgeError, Unavailable
from core.kernel.ids import new_id
from core.kernel.pool import Pool
from core.kernel.roles import LIMITS
from core.kernel.scope import Scope
from core.testing import Server
from tests.faults.proxy import Proxy, socket_of
from tests.faults.sizes import SIZES
from tests.faults.table import Tally

pytestmark = pytest.mark.slow

TIMES, POOL = SIZES.commits, 3

BROKEN_COMMIT = """
CREATE TEMP TABLE twice (n int UNIQUE DEFERRABLE INITIALLY DEFERRED) ON COMMIT DROP;
INSERT INTO twice VALUES (1), (1)
"""

# The trigger runs within COMMIT, so a commit takes as long as it sleeps.
SLOW_COMMIT = """
CREATE TEMP TABLE slowly (n int);
CREATE FUNCTION pg_temp.sleep() RETURNS trigger LANGUAGE plpgsql
  AS $$ BEGIN PERFORM pg_sleep(0.06); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER sleeps AFTER INSERT ON slowly DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION pg_temp.sleep()
"""


@pytest.fixture
async def few(addresses: dict[Login, str]) -> AsyncIterator[Database]:
    """A pool of three connections."""
    connected = await Database.connect({"app": addresses["app"]}, POOL)
    yield connected
    await connected.close()


async def check_whole(database: Database) -> None:
    """Nothing is checked out, and all connections of the pool can be had at once."""
    assert database.in_use() == 0
    async with asyncio.timeout(5):
        barrier = asyncio.Barrier(POOL)

        async def one() -> int:
            async with database.transaction(Scope.nobody()) as tx:
                await barrier.wait()
                return await tx.fetchval("SELECT 1")

        assert await asyncio.gather(*(one() for _ in range(POOL))) == [1] * POOL
    assert database.in_use() == 0


async def test_a_commit_that_fails_gives_its_connection_back(few: Database, tally: Callable[[str], Tally]):
    cost = tally("COMMIT: fails")
    for cost.size in range(1, TIMES + 1):
        with pytest.raises(TownbridgeError):
            async with few.transaction(Scope.nobody()) as tx:
                await tx.execute(BROKEN_COMMIT)
        cost.leaked = few.in_use()
    await check_whole(few)


async def test_a_task_that_is_cancelled_during_commit_gives_its_connection_back(
    few: Database, tally: Callable[[str], Tally]
):
    cost = tally("COMMIT: cancelled")
    for number in range(TIMES):
        begun = asyncio.Event()
        task = asyncio.create_task(slow_commit(few, begun))
        await begun.wait()
        await asyncio.sleep(0.002 * (number % 20))  # between the last statement and the answer to COMMIT
        cost.size += not task.done()
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        cost.leaked = few.in_use()
    assert cost.size == TIMES
    await check_whole(few)


async def slow_commit(database: Database, begun: asyncio.Event) -> None:
    async with database.transaction(Scope.nobody()) as tx:
        if not await tx.fetchval("SELECT to_regclass('pg_temp.slowly') IS NOT NULL"):
            await tx.execute(SLOW_COMMIT)
        await tx.execute("INSERT INTO slowly VALUES (1)")
        begun.set()


async def test_a_task_that_is_cancelled_at_any_moment_gives_its_connection_back(few: Database):
    async def work() -> None:
        async with few.transaction(Scope.nobody()) as tx:
            await tx.fetchval("SELECT pg_sleep(0.01)")

    for number in range(TIMES):
        task = asyncio.create_task(work())
        await asyncio.sleep(0.001 * (number % 20))
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    await check_whole(few)


@pytest.mark.parametrize("scope", [Scope.nobody(), Scope.of_tenant(new_id())], ids=["nobody", "a tenant"])
async def test_a_reader_that_is_cancelled_at_any_moment_gives_its_connection_back(
    few: Database, scope: Scope
):
    async def work() -> None:
        async with few.transaction(scope, is_read_only=True) as tx:
            await tx.fetchval("SELECT pg_sleep(0.01)")

    for number in range(TIMES):
        task = asyncio.create_task(work())
        await asyncio.sleep(0.001 * (number % 20))
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    await check_whole(few)


async def test_a_finished_reader_does_not_stay_in_its_transaction(few: Database, database: Database):
    async with few.transaction(Scope.of_tenant(new_id()), is_read_only=True) as tx:
        backend = await tx.fetchval("SELECT pg_backend_pid()")
    await asyncio.sleep(0.3)
    async with database.transaction(Scope.nobody()) as tx:
        state = await tx.fetchval("SELECT state FROM pg_stat_activity WHERE pid = $1", backend)
    assert state == "idle"
    await check_whole(few)


async def test_a_finished_reader_that_the_server_ended_is_not_noticed_by_anybody(
    few: Database, database_server: Server
):
    for _ in range(10):
        async with few.transaction(Scope.of_tenant(new_id()), is_read_only=True) as tx:
            backend = await tx.fetchval("SELECT pg_backend_pid()")
        await database_server.run(f"SELECT pg_terminate_backend({backend}, 1000)")
        async with few.transaction(Scope.of_tenant(new_id())) as tx:
            assert await tx.fetchval("SELECT 1") == 1
    await check_whole(few)


@pytest.mark.parametrize("scope", [Scope.nobody(), Scope.of_tenant(new_id())], ids=["nobody", "a tenant"])
async def test_a_reader_cannot_write(few: Database, scope: Scope):
    for _ in range(3):
        with pytest.raises((TownbridgeError, asyncpg.PostgresError)):
            async with few.transaction(scope, is_read_only=True) as tx:
                await tx.execute("INSERT INTO identity.pepper (id, value) VALUES ($1, 'x')", new_id())
    await check_whole(few)


async def test_sessions_that_the_server_ends_are_replaced(
    few: Database, database_server: Server, addresses: dict[Login, str]
):
    superuser = await asyncpg.connect(database_server.address("postgres"))
    failed = 0
    try:
        for _ in range(TIMES):
            try:
                async with few.transaction(Scope.nobody()) as tx:
                    backend = await tx.fetchval("SELECT pg_backend_pid()")
                    await superuser.execute("SELECT pg_terminate_backend($1, 1000)", backend)
                    await tx.fetchval("SELECT 1")
            except Unavailable:
                failed += 1
        idle = await superuser.fetchval(
            "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction' AND datname = $1",
            addresses["app"].partition("?")[0].rpartition("/")[2],
        )
    finally:
        await superuser.close()
    assert (failed, idle) == (TIMES, 0)
    await check_whole(few)


async def test_an_idle_session_that_the_server_ended_is_not_noticed_by_anybody(
    few: Database, database_server: Server
):
    for _ in range(10):
        async with few.transaction(Scope.nobody()) as tx:
            backend = await tx.fetchval("SELECT pg_backend_pid()")
        await database_server.run(f"SELECT pg_terminate_backend({backend}, 1000)")
        async with few.transaction(Scope.nobody()) as tx:
            assert await tx.fetchval("SELECT 1") == 1
    await check_whole(few)


async def test_a_server_that_says_nothing_is_given_up_in_time(
    addresses: dict[Login, str], monkeypatch: pytest.MonkeyPatch
):
    """The lines of a moment die without a word; those who were in a transaction are told, nobody else notices."""
    monkeypatch.setattr("core.kernel.pool.CONNECT_SECONDS", 0.3)
    async with Proxy(socket_of(addresses["app"])) as proxy:
        database = Database({"app": Pool(proxy.through(addresses["app"]), POOL, 0.3)})
        await check_whole(database)
        async with asyncio.timeout(5):
            with pytest.raises(Unavailable):
                async with database.transaction(Scope.nobody()) as tx:
                    with proxy.half_open():
                        await tx.fetchval("SELECT 1")
        await check_whole(database)
        await database.close()


def test_a_server_has_ended_a_statement_before_its_answer_is_given_up():
    for login, patience in PATIENCE.items():
        assert patience > int(LIMITS[login]["statement_timeout"].removesuffix("s"))
    assert PATIENCE.keys() == LIMITS.keys()


@pytest.mark.requirement("R47")
async def test_a_full_pool_refuses_within_its_time_and_serves_again(few: Database):
    async def work() -> str:
        begun = time.monotonic()
        try:
            async with few.transaction(Scope.nobody(), timeout=0.3) as tx:
                await tx.fetchval("SELECT pg_sleep(0.8)")
        except Unavailable:
            return "refused" if time.monotonic() - begun < 0.7 else "late"
        return "served"

    told = sorted(await asyncio.gather(*(work() for _ in range(20))))
    assert told == ["refused"] * (20 - POOL) + ["served"] * POOL
    await check_whole(few)


@pytest.mark.requirement("R35")
async def test_what_a_failed_commit_said_is_not_there(few: Database, database: Database):
    key = new_id()
    with pytest.raises(TownbridgeError):
        async with few.transaction(Scope.of_tenant(key)) as tx:
            await tx.execute(
                "INSERT INTO kernel.schedule (tenant_id, name, slot) VALUES ($1, 'x', now())", key
            )
            await tx.execute(BROKEN_COMMIT)
    async with database.transaction(Scope.of_tenant(key)) as tx:
        assert await tx.fetchval("SELECT count(*) FROM kernel.schedule") == 0
