"""`townbridge jobs ...`"""

from __future__ import annotations

from uuid import UUID

import pytest

from core.app import Platform
from core.kernel import audit
from core.kernel.ids import new_id
from core.kernel.jobs import enqueue
from core.kernel.scope import Scope
from core.testing import Town
from tests.core.commands.conftest import Command, Sql


@pytest.fixture
async def given_up(platform: Platform, town: Town, damage: Sql) -> list[UUID]:
    """One job in each unit."""
    jobs: list[UUID] = []
    for tenant in (town.t01, town.t02):
        async with platform.database.transaction(Scope.of_tenant(tenant.id)) as tx:
            jobs.append(await enqueue(tx, "kernel.nothing", {}))
    await damage("UPDATE kernel.job SET state = 'dead', attempt = 8, error = 'lost', finished_at = now()")
    return jobs


async def listed(townbridge: Command) -> list[tuple[str, str, str]]:
    rows = (await townbridge("jobs", "list", "--json")).json
    return [(row["place"], row["name"], row["error"]) for row in rows]


async def test_one_job_is_tried_again_and_noted_in_its_unit(
    townbridge: Command, platform: Platform, town: Town, given_up: list[UUID]
):
    assert await listed(townbridge) == [("T01", "kernel.nothing", "lost"), ("T02", "kernel.nothing", "lost")]
    said = await townbridge("jobs", "retry", str(given_up[0]))
    assert (said.status, said.out) == (0, f"{given_up[0]}: is tried again.\n")
    assert await listed(townbridge) == [("T02", "kernel.nothing", "lost")]
    async with platform.database.transaction(Scope.of_tenant(town.t01.id)) as tx:
        assert (await audit.lines(tx))[0].action == "kernel.job.redrive"


async def test_all_are_tried_again(townbridge: Command, given_up: list[UUID]):
    said = await townbridge("jobs", "retry", "--all")
    assert said.out.count("is tried again") == len(given_up)
    assert await listed(townbridge) == []


async def test_what_is_asked_for_again_already_stays_given_up(
    townbridge: Command, platform: Platform, town: Town, damage: Sql
):
    async def asked() -> UUID:
        async with platform.database.transaction(Scope.of_tenant(town.t01.id)) as tx:
            return await enqueue(tx, "kernel.nothing", {}, dedupe="same")

    job = await asked()
    await damage("UPDATE kernel.job SET state = 'dead', error = 'lost', finished_at = now()")
    assert await asked() != job
    said = await townbridge("jobs", "retry", str(job))
    assert (said.status, said.out[:36]) == (0, str(job))
    assert "stays given up" in said.out
    assert await listed(townbridge) == [("T01", "kernel.nothing", "lost")]


async def test_what_was_not_given_up_is_not_tried_again(townbridge: Command, given_up: list[UUID]):
    said = await townbridge("jobs", "retry", str(new_id()))
    assert said.status == 1
    assert "was given up" in said.err
    assert (await townbridge("jobs", "retry")).status == 2
    assert (await townbridge("jobs", "retry", "--all", str(given_up[0]))).status == 2
    assert len(await listed(townbridge)) == 2
