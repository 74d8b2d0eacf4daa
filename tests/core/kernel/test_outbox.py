"""The life of a job: leased, done with its effects, tried again, given up, driven again, dropped."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from core.kernel import audit, outbox
from core.kernel.db import Database, Login
from core.kernel.ids import new_id
from core.kernel.jobs import enqueue
from core.kernel.outbox import Claim, LeaseLost
from core.kernel.scope import Scope

A, B = new_id(), new_id()


def scope(tenant: UUID = A) -> Scope:
    return Scope.of_tenant(tenant)


async def ask(database: Database, tenant: UUID = A, dedupe: str | None = None) -> UUID:
    async with database.transaction(scope(tenant)) as tx:
        return await enqueue(tx, "test.do", {}, dedupe=dedupe)


async def take(database: Database, tenant: UUID = A, limit: int = 1, lease: float = 60) -> list[Claim]:
    async with database.transaction(scope(tenant)) as tx:
        return await outbox.claim(tx, limit, lease)


async def states(database: Database, tenant: UUID = A) -> list[tuple[str, int, str]]:
    async with database.transaction(scope(tenant)) as tx:
        rows = await tx.fetch("SELECT state, attempt, error FROM kernel.job ORDER BY created_at, id")
    return [tuple(row.values()) for row in rows]


async def later(database: Database, seconds: int, tenant: UUID = A) -> None:
    """Let time pass for the tenant's jobs."""
    async with database.transaction(scope(tenant)) as tx:
        await tx.execute(
            "UPDATE kernel.job SET due_at = due_at - $1::interval, finished_at = finished_at - $1::interval",
            timedelta(seconds=seconds),
        )


async def test_a_lease_belongs_to_one_holder_until_it_ends(database: Database) -> None:
    await ask(database)
    await ask(database, B)
    (held,) = await take(database)

    assert await take(database) == []
    await later(database, 61)
    (taken_over,) = await take(database)
    assert (taken_over.id, taken_over.attempt) == (held.id, 2)
    assert taken_over.token != held.token


async def test_a_stale_holder_is_fenced_off_with_all_that_it_did(database: Database) -> None:
    await ask(database)
    (stale,) = await take(database)
    await later(database, 61)
    (holder,) = await take(database)

    with pytest.raises(LeaseLost):
        await finish_with_effect(database, stale)
    async with database.transaction(scope()) as tx:
        assert await outbox.fail(tx, stale, "late", 2) is None
    async with database.transaction(scope()) as tx:
        await outbox.finish(tx, holder)
    for take_next in (False, True):
        with pytest.raises(LeaseLost):
            await finish_with_effect(database, holder, take_next=take_next)

    assert await states(database) == [("done", 2, "")]
    async with database.transaction(scope()) as tx:
        assert await audit.lines(tx) == []


async def finish_with_effect(database: Database, job: Claim, **options: bool) -> None:
    async with database.transaction(scope()) as tx:
        audit.record(tx, "test.effect.make", "effect", job.id)
        await outbox.finish(tx, job, **options)


async def test_finishing_hands_over_the_next_job_of_the_same_tenant(database: Database) -> None:
    await ask(database, B)
    first, second = await ask(database), await ask(database)
    (job,) = await take(database)
    assert job.id == first

    async with database.transaction(scope()) as tx:
        following = await outbox.finish(tx, job, take_next=True)
    assert following is not None
    assert (following.id, following.attempt) == (second, 1)
    async with database.transaction(scope()) as tx:
        assert await outbox.finish(tx, following, take_next=True) is None
    assert [state for state, *_ in await states(database, A)] == ["done", "done"]
    assert [state for state, *_ in await states(database, B)] == ["pending"]


async def test_an_undone_finish_takes_nothing(database: Database) -> None:
    await ask(database)
    await ask(database)
    (job,) = await take(database)
    with pytest.raises(RuntimeError):
        await finish_and_break(database, job)
    assert [state for state, *_ in await states(database)] == ["leased", "pending"]


async def finish_and_break(database: Database, job: Claim) -> None:
    async with database.transaction(scope()) as tx:
        await outbox.finish(tx, job, take_next=True)
        raise RuntimeError


async def test_a_failing_job_is_dead_after_eight_tries_and_can_be_driven_again(database: Database) -> None:
    job_id = await ask(database)
    for attempt in range(1, 9):
        (job,) = await take(database)
        assert job.attempt == attempt
        async with database.transaction(scope()) as tx:
            assert await outbox.fail(tx, job, "Broken", 5) == ("pending" if attempt < 8 else "dead")
        assert await take(database) == []
        await later(database, 6)

    assert await states(database) == [("dead", 8, "Broken")]
    async with database.transaction(scope()) as tx:
        assert [row.id for row in await outbox.dead_jobs(tx)] == [job_id]
    async with database.transaction(scope(B)) as tx:
        assert not await outbox.redrive(tx, job_id)
        assert await outbox.dead_jobs(tx) == []
    async with database.transaction(scope()) as tx:
        assert await outbox.redrive(tx, job_id)
        assert not await outbox.redrive(tx, job_id)
    assert await states(database) == [("pending", 0, "")]
    async with database.transaction(scope()) as tx:
        assert [line.action for line in await audit.lines(tx)] == ["kernel.job.redrive"]


async def test_a_job_that_ends_its_process_each_time_is_dead_after_eight_claims(database: Database) -> None:
    await ask(database)
    for _ in range(8):
        assert len(await take(database)) == 1
        await later(database, 61)
    assert await take(database) == []
    assert await states(database) == [("dead", 8, "lost")]


async def test_a_failing_job_leaves_its_work_to_a_twin_that_waits(database: Database) -> None:
    await ask(database, dedupe="sum")
    (job,) = await take(database)
    await ask(database, dedupe="sum")
    async with database.transaction(scope()) as tx:
        assert await outbox.fail(tx, job, "Broken", 5) == "done"
    assert sorted(state for state, *_ in await states(database)) == ["done", "pending"]


async def test_stopping_and_being_switched_off_cost_no_try(database: Database) -> None:
    await ask(database)
    (job,) = await take(database)
    async with database.transaction(scope()) as tx:
        await outbox.release(tx, job)
    (job,) = await take(database)
    assert job.attempt == 1
    async with database.transaction(scope()) as tx:
        await outbox.postpone(tx, job, "switched-off")
    assert await take(database) == []
    assert await states(database) == [("pending", 0, "switched-off")]
    async with database.transaction(scope()) as tx:
        assert await outbox.resume(tx) == 1
    assert len(await take(database)) == 1


async def test_the_dispatcher_sees_who_has_due_jobs_and_nothing_else(database: Database) -> None:
    await ask(database, B)
    await ask(database, A)
    await ask(database, B)
    async with database.transaction(Scope.nobody(), login="dispatch") as tx:
        assert await outbox.due_tenants(tx) == [B, A]
    await take(database, B, limit=5)
    async with database.transaction(Scope.nobody(), login="dispatch") as tx:
        assert await outbox.due_tenants(tx) == [A]
        assert await outbox.stuck_jobs(tx) == []
    await later(database, 400)
    async with database.transaction(Scope.nobody(), login="dispatch") as tx:
        assert [tenant for tenant, _ in await outbox.stuck_jobs(tx)] == [A]


async def test_the_dispatcher_can_read_no_contents_and_change_nothing(addresses: dict[Login, str]) -> None:
    connection = await asyncpg.connect(addresses["dispatch"])
    try:
        for query in (
            "SELECT payload FROM kernel.job",
            "SELECT name FROM kernel.job",
            "UPDATE kernel.job SET due_at = now()",
            "SELECT 1 FROM kernel.audit",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(query)
        assert await connection.fetch("SELECT tenant_id, id, state, due_at FROM kernel.job") == []
    finally:
        await connection.close()


async def test_old_done_jobs_are_dropped_in_pieces_and_dead_ones_stay(database: Database) -> None:
    for tenant in (A, B):
        for _ in range(4):
            await ask(database, tenant)
        for job in await take(database, tenant, limit=3):
            async with database.transaction(scope(tenant)) as tx:
                await outbox.finish(tx, job)
    await later(database, 8 * 86400)
    async with database.transaction(scope()) as tx:
        await tx.execute("UPDATE kernel.job SET state = 'dead' WHERE state = 'pending'")
        assert await outbox.purge(tx, 2) == 2
        assert await outbox.purge(tx, 2) == 1
    assert [state for state, *_ in await states(database, A)] == ["dead"]
    assert len(await states(database, B)) == 4


def test_the_pause_before_a_new_try_grows_from_two_seconds_to_fifteen_minutes() -> None:
    pauses = [[outbox.back_off(attempt) for _ in range(200)] for attempt in range(1, 13)]
    assert all(2 <= pause <= 900 for tried in pauses for pause in tried)
    assert [sorted(tried)[100] for tried in pauses] == sorted(sorted(tried)[100] for tried in pauses)
    assert len(set(pauses[4])) > 100


async def test_a_key_waits_until_its_job_is_done(database: Database) -> None:
    await ask(database, dedupe="sum")
    await ask(database, B, dedupe="other")
    async with database.transaction(scope()) as tx:
        assert await outbox.keys_waiting(tx, ["sum", "other", "none"]) == {"sum"}
    (job,) = await take(database)
    async with database.transaction(scope()) as tx:
        assert await outbox.keys_waiting(tx, ["sum"]) == {"sum"}, "somebody is at it"
        await outbox.finish(tx, job)
        assert await outbox.keys_waiting(tx, ["sum"]) == set()
