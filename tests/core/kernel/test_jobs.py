"""Asking for a job: in the transaction of the change, once for the same thing, and never without limit."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from core.kernel import jobs, outbox
from core.kernel.clock import now
from core.kernel.db import Database
from core.kernel.errors import NoScope, TooManyTries
from core.kernel.ids import new_id
from core.kernel.jobs import JobHandler, enqueue
from core.kernel.scope import Scope

A, B = new_id(), new_id()


async def stored(database: Database, tenant: UUID = A) -> list[tuple[str, str, int]]:
    async with database.transaction(Scope.of_tenant(tenant)) as tx:
        rows = await tx.fetch("SELECT name, state, attempt FROM kernel.job ORDER BY created_at, id")
    return [tuple(row.values()) for row in rows]


async def ask(
    database: Database,
    tenant: UUID = A,
    name: str = "test.do",
    dedupe: str | None = None,
    due: datetime | None = None,
) -> UUID:
    async with database.transaction(Scope.of_tenant(tenant)) as tx:
        return await enqueue(tx, name, {"n": 1}, dedupe=dedupe, due=due)


async def test_a_job_is_kept_with_its_change_or_not_at_all(database: Database) -> None:
    job = await ask(database)
    with contextlib.suppress(RuntimeError):
        async with database.transaction(Scope.of_tenant(A)) as tx:
            await enqueue(tx, "test.undone", {})
            raise RuntimeError

    assert await stored(database) == [("test.do", "pending", 0)]
    assert await stored(database, B) == []
    async with database.transaction(Scope.of_tenant(A)) as tx:
        (claimed,) = await outbox.claim(tx, 5)
    assert (claimed.id, claimed.payload, claimed.attempt) == (job, {"n": 1}, 1)


async def test_a_waiting_job_absorbs_its_like_of_the_same_tenant_alone(database: Database) -> None:
    async with database.transaction(Scope.of_tenant(A)) as tx:
        await enqueue(tx, "test.sum", {"n": 1}, dedupe="sum")
        await enqueue(tx, "test.sum", {"n": 1}, dedupe="sum")
    await ask(database, name="test.sum", dedupe="sum")
    await ask(database, B, name="test.sum", dedupe="sum")
    await ask(database, name="test.sum", dedupe="other")

    assert len(await stored(database, A)) == 2
    assert len(await stored(database, B)) == 1


async def test_a_job_that_already_runs_does_not_absorb_because_it_may_have_read_the_old_state(
    database: Database,
) -> None:
    await ask(database, dedupe="sum")
    async with database.transaction(Scope.of_tenant(A)) as tx:
        assert len(await outbox.claim(tx, 5)) == 1
    await ask(database, dedupe="sum")

    assert [state for _, state, _ in await stored(database)] == ["leased", "pending"]


async def test_a_job_is_not_taken_while_a_transaction_that_counts_on_it_is_open(database: Database) -> None:
    await ask(database, dedupe="sum")
    async with database.transaction(Scope.of_tenant(A)) as tx:
        await enqueue(tx, "test.do", {}, dedupe="sum")
        await tx.flush()
        assert await claimed_by_another(database) == 0
    assert await claimed_by_another(database) == 1


async def claimed_by_another(database: Database) -> int:
    async def taken() -> int:
        async with database.transaction(Scope.of_tenant(A)) as tx:
            return len(await outbox.claim(tx, 5))

    return await asyncio.create_task(taken(), context=contextvars.Context())


async def test_an_earlier_wish_brings_a_waiting_job_forward(database: Database) -> None:
    await ask(database, dedupe="sum", due=now() + timedelta(hours=1))
    assert await claimed_by_another(database) == 0
    await ask(database, dedupe="sum")
    assert await claimed_by_another(database) == 1


@pytest.mark.requirement("R38")
async def test_a_tenant_with_too_much_waiting_is_told_so_and_the_others_are_not(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "MOST_PENDING", 3)
    for _ in range(3):
        await ask(database)
    with pytest.raises(TooManyTries, match="waiting in the background"):
        await ask(database)
    await ask(database, B)
    assert len(await stored(database)) == 3


async def test_the_bell_rings_once_after_the_commit_and_never_for_what_was_undone(database: Database) -> None:
    heard: list[tuple[object, object]] = []

    def bell(tenant: object, job: object) -> None:
        heard.append((tenant, job))

    jobs.hang_bell(bell)
    try:
        with contextlib.suppress(RuntimeError):
            async with database.transaction(Scope.of_tenant(A)) as tx:
                await enqueue(tx, "test.undone", {})
                raise RuntimeError
        async with database.transaction(Scope.of_tenant(B)) as tx:
            first = await enqueue(tx, "test.do", {})
            await enqueue(tx, "test.do", {})
            assert heard == []
    finally:
        jobs.take_down_bell(bell)
    assert heard == [(B, first)]


async def test_a_job_needs_a_tenant_or_a_town(database: Database) -> None:
    async with database.transaction(Scope.nobody()) as tx:
        with pytest.raises(NoScope):
            await enqueue(tx, "test.do", {})
    async with database.transaction(Scope.town(A)) as tx:
        await enqueue(tx, "test.town", {})
    assert await stored(database, A) == [("test.town", "pending", 0)]


def test_a_handler_that_may_outlive_its_lease_is_refused() -> None:
    with pytest.raises(ValueError, match="pieces"):
        JobHandler(name="test.long", run=lambda work: asyncio.sleep(0), time_limit=60)


def test_a_handler_sees_its_compartments_or_the_town() -> None:
    tenant = JobHandler(name="t", run=lambda work: asyncio.sleep(0), compartments=("health",))
    town = JobHandler(name="t", run=lambda work: asyncio.sleep(0), place="town")
    assert tenant.scope(A) == Scope.of_tenant(A, ("health",))
    assert town.scope(A) == Scope.town(A)
