"""Repeated requests get the first one's answer; the same key for something else is refused."""

from __future__ import annotations

import asyncio
import contextlib
from uuid import UUID

import pytest

from core.kernel import audit
from core.kernel.db import Database
from core.kernel.errors import BadInput, Conflict
from core.kernel.idempotency import Answer, forget_old, keep, remember, request_hash
from core.kernel.ids import new_id
from core.kernel.scope import Scope

A, B, ACTOR = new_id(), new_id(), new_id()
REQUEST = request_hash("POST", "/api/v1/people", b"{}")


async def register(
    database: Database, key: str = "k", request: bytes = REQUEST, tenant: UUID = A, actor: UUID = ACTOR
) -> Answer:
    async with database.transaction(Scope.of_tenant(tenant, actor=actor)) as tx:
        answer = await remember(tx, key, request)
        if answer is None:
            answer = Answer(201, new_id().bytes)
            audit.record(tx, "test.person.register", "person", None)
            await asyncio.sleep(0.05)
            await keep(tx, key, answer)
    return answer


async def effects(database: Database, tenant: UUID = A) -> int:
    async with database.transaction(Scope.of_tenant(tenant)) as tx:
        return len(await audit.lines(tx))


@pytest.mark.requirement("R35")
async def test_a_repeated_request_has_one_effect_and_one_answer(database: Database) -> None:
    answers = await asyncio.gather(*(register(database) for _ in range(5)))
    assert len(set(answers)) == 1
    assert await effects(database) == 1


async def test_a_failed_request_leaves_its_key_free(database: Database) -> None:
    with contextlib.suppress(RuntimeError):
        async with database.transaction(Scope.of_tenant(A, actor=ACTOR)) as tx:
            assert await remember(tx, "k", REQUEST) is None
            raise RuntimeError
    assert (await register(database)).status == 201


async def test_the_same_key_for_another_request_is_refused(database: Database) -> None:
    await register(database)
    with pytest.raises(Conflict, match="another request"):
        await register(database, request=request_hash("POST", "/api/v1/people", b'{"a":1}'))
    assert await effects(database) == 1


async def test_a_key_means_nothing_to_another_tenant_or_person(database: Database) -> None:
    answers = [
        await register(database),
        await register(database, tenant=B),
        await register(database, actor=new_id()),
    ]
    assert len(set(answers)) == 3


async def test_a_key_of_no_or_endless_length_is_refused(database: Database) -> None:
    for key in ("", "k" * 201):
        with pytest.raises(BadInput):
            await register(database, key=key)


async def test_an_answer_that_is_a_document_is_refused(database: Database) -> None:
    async with database.transaction(Scope.of_tenant(A)) as tx:
        with pytest.raises(ValueError, match="pointer"):
            await keep(tx, "k", Answer(200, bytes(5000)))


async def test_old_answers_are_forgotten_tenant_by_tenant(database: Database) -> None:
    for tenant in (A, B):
        await register(database, tenant=tenant)
        await register(database, tenant=tenant, key="new")
        async with database.transaction(Scope.of_tenant(tenant)) as tx:
            await tx.execute("UPDATE kernel.idempotency SET at = at - interval '3 days' WHERE key LIKE '%/k'")
    async with database.transaction(Scope.of_tenant(A)) as tx:
        assert await forget_old(tx) == 1
        assert await tx.fetchval("SELECT count(*) FROM kernel.idempotency") == 1
    async with database.transaction(Scope.of_tenant(B)) as tx:
        assert await tx.fetchval("SELECT count(*) FROM kernel.idempotency") == 2
