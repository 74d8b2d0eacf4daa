"""T3: two tenants take turns on one connection, with errors and cancellations; neither ever sees the other."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator
from random import Random
from uuid import UUID

import asyncpg
import pytest

from core.kernel.db import Database, Login, Transaction
from core.kernel.errors import TownbridgeError
from core.kernel.ids import new_id
from core.kernel.scope import Scope
from tests.faults.sizes import SIZES

pytestmark = pytest.mark.slow

REQUESTS, AT_ONCE = SIZES.interleaved, 8
TENANTS = {new_id(): 7, new_id(): 11}
INSERT = "INSERT INTO kernel.idempotency (tenant_id, key, request_hash) VALUES ($1, $2, '')"


class Stop(Exception):
    """A page that fails on purpose."""


@pytest.fixture
async def one(addresses: dict[Login, str]) -> AsyncIterator[Database]:
    """A pool of one connection, with seven rows of one tenant and eleven of the other."""
    connected = await Database.connect({"app": addresses["app"]}, 1)
    for tenant, rows in TENANTS.items():
        async with connected.transaction(Scope.of_tenant(tenant)) as tx:
            for number in range(rows):
                await tx.execute(INSERT, tenant, f"kept {number}")
    yield connected
    await connected.close()


@pytest.mark.requirement("R01")
async def test_two_tenants_on_one_connection_never_meet(one: Database):
    random = Random(20251124)
    plan = [(random.choice(list(TENANTS)), random.choice(WAYS), random.random()) for _ in range(REQUESTS)]
    queue = iter(plan)
    met: Counter[str] = Counter()

    async def worker() -> None:
        for tenant, way, chance in queue:
            met[await request(one, tenant, way, chance)] += 1

    async with asyncio.TaskGroup() as workers:
        for _ in range(AT_ONCE):
            workers.create_task(worker())
    assert met["bleed"] == 0
    assert sum(met.values()) == REQUESTS
    assert min(met[outcome] for outcome in ("served", "failed", "cancelled")) > REQUESTS / 20
    assert one.in_use() == 0
    for tenant, rows in TENANTS.items():
        assert await request(one, tenant, "read", 0) == "served", rows


READING = ("read", "read nobody's", "read wrongly", "read until cancelled", "write while reading")
WRITING = (
    "write",
    "write nobody's",
    "write and fail",
    "write wrongly",
    "write until cancelled",
    "write another's",
    "savepoint",
)
WAYS = (*READING, *WRITING)


async def request(database: Database, tenant: UUID, way: str, chance: float) -> str:
    work = asyncio.ensure_future(_page(database, tenant, way))
    if way.endswith("cancelled"):
        await asyncio.sleep(chance * 0.004)
        work.cancel()
    try:
        return await work
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        return "cancelled"
    except (Stop, TownbridgeError, asyncpg.PostgresError):
        return "failed"


async def _page(database: Database, tenant: UUID, way: str) -> str:
    scope = Scope.nobody() if way.endswith("nobody's") else Scope.of_tenant(tenant)
    async with database.transaction(scope, timeout=60, is_read_only=way in READING) as tx:
        seen = [await _is_own(tx, tenant, way)]
        if way in ("write and fail", "write while reading"):
            await tx.execute(INSERT, tenant, str(new_id()))
            raise Stop
        if way.endswith("wrongly"):
            await tx.execute("SELECT nothing FROM nowhere")
        if way == "write another's":
            (other,) = TENANTS.keys() - {tenant}
            await tx.execute(INSERT, other, str(new_id()))
            return "bleed"
        if way == "savepoint":
            with contextlib.suppress(Stop):
                async with tx.savepoint():
                    await tx.execute(INSERT, tenant, str(new_id()))
                    raise Stop
        if way.endswith("cancelled"):
            await tx.fetchval("SELECT pg_sleep(0.002)")
        seen.append(await _is_own(tx, tenant, way))
    return "served" if all(seen) else "bleed"


async def _is_own(tx: Transaction, tenant: UUID, way: str) -> bool:
    rows = [row["tenant_id"] for row in await tx.fetch("SELECT tenant_id FROM kernel.idempotency")]
    return rows == ([] if way.endswith("nobody's") else [tenant] * TENANTS[tenant])
