"""Connections are shared without anything of one scope reaching the next."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import AsyncIterator

import asyncpg
import pytest

from core.kernel.db import Database, Login
from core.kernel.errors import Unavailable
from core.kernel.ids import new_id
from core.kernel.pool import LINGER
from core.kernel.scope import Scope

A, B = Scope.of_tenant(new_id(), {"registry"}), Scope.of_tenant(new_id())
SEEN = """
SELECT coalesce(current_setting('app.tenant', true), '') || '/' || coalesce(current_setting('app.scopes', true), '')
"""


@pytest.fixture
async def single(addresses: dict[Login, str]) -> AsyncIterator[Database]:
    """A database reached through one connection."""
    connected = await Database.connect({"app": addresses["app"]}, pool_size=1)
    yield connected
    await connected.close()


async def seen(database: Database, scope: Scope, *, is_read_only: bool) -> str:
    async with database.transaction(scope, is_read_only=is_read_only) as tx:
        return await tx.fetchval(SEEN)


@pytest.mark.parametrize("before", [True, False], ids=["after-reading", "after-writing"])
@pytest.mark.parametrize("after", [True, False], ids=["reading", "writing"])
async def test_no_scope_reaches_the_next_one(single: Database, before: bool, after: bool) -> None:
    for scope, expected in ((B, f"{B.tenant}/"), (Scope.nobody(), "/"), (A, f"{A.tenant}/registry")):
        assert await seen(single, A, is_read_only=before) == f"{A.tenant}/registry"
        assert await seen(single, scope, is_read_only=after) == expected


async def test_a_reading_transaction_is_ended_when_nobody_comes(single: Database) -> None:
    await seen(single, A, is_read_only=True)
    await asyncio.sleep(LINGER * 10)
    async with single.transaction(Scope.nobody()) as tx:
        others = (
            "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction' AND usename = 'app'"
        )
        assert (
            await tx.fetchval(f"{others} AND pid <> pg_backend_pid() AND datname = current_database()") == 0
        )
    assert single.in_use() == 0


async def test_what_says_that_it_reads_cannot_write(single: Database) -> None:
    insert = "INSERT INTO kernel.job (tenant_id, id, name, payload, due_at) VALUES ($1, $2, 'x', '{}', now())"
    for scope in (A, Scope.nobody()):
        with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
            async with single.transaction(scope, is_read_only=True) as tx:
                await tx.execute(insert, A.tenant, new_id())
    async with single.transaction(A) as tx:
        assert await tx.execute(insert, A.tenant, new_id()) == 1


async def test_who_finds_no_free_connection_is_told_so(single: Database) -> None:
    async def wait() -> None:
        async with single.transaction(B, timeout=0.05):
            pass

    async with single.transaction(A):
        with pytest.raises(Unavailable):
            await asyncio.create_task(wait(), context=contextvars.Context())
    await wait()
    assert single.in_use() == 0
