"""Schedules: one job for each slot and place, by the database's clock, missed ones caught up once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from core.kernel.db import Database
from core.kernel.ids import new_id
from core.kernel.jobs import Daily, Every, JobHandler, Work
from core.kernel.runner import Runner
from core.kernel.schedule import Scheduler, slot_of
from core.kernel.scope import Scope
from tests.faults.sizes import SIZES
from tests.faults.table import Tally

A, B, TOWN = new_id(), new_id(), new_id()


async def nothing(work: Work) -> None:
    return None


HOURLY = JobHandler(name="test.hourly", run=nothing, schedule=Every(3600))
DAILY = JobHandler(name="town.daily", run=nothing, schedule=Daily(3, 10), place="town")


async def places():
    return {"test.hourly": [A, B], "town.daily": [TOWN], "gone.hourly": [A]}


def scheduler(database: Database) -> Scheduler:
    return Scheduler(database, (HOURLY, DAILY, JobHandler(name="test.asked", run=nothing)), places)


async def names(database: Database, tenant: UUID) -> list[str]:
    async with database.transaction(Scope.of_tenant(tenant)) as tx:
        return [row["name"] for row in await tx.fetch("SELECT name FROM kernel.job")]


async def test_five_schedulers_ask_for_each_slot_once(
    database: Database, record_property: Callable[[str, object], None]
) -> None:
    asked = 0
    for _moment in range(SIZES.slots):
        await pass_a_day(database)
        asked += sum(await asyncio.gather(*(scheduler(database).tick() for _ in range(5))))
    made = {place: await names(database, place) for place in (A, B, TOWN)}
    count, due = sum(map(len, made.values())), 3 * SIZES.slots
    lost, double = max(0, due - count), max(0, count - due)
    record_property(*Tally(fault="slots: five schedulers", size=due, lost=lost, double=double).noted)
    assert (asked, lost, double) == (due, 0, 0)
    assert {place: set(each) for place, each in made.items()} == {
        A: {"test.hourly"},
        B: {"test.hourly"},
        TOWN: {"town.daily"},
    }


async def pass_a_day(database: Database) -> None:
    """What was asked for is done, and all of it is due again."""
    for place in (A, B, TOWN):
        async with database.transaction(Scope.of_tenant(place)) as tx:
            await tx.execute("UPDATE kernel.schedule SET slot = slot - interval '1 day'")
            await tx.execute("UPDATE kernel.job SET state = 'done', finished_at = now()")


async def test_a_slot_that_is_done_is_not_asked_for_again_by_a_new_process(database: Database) -> None:
    await scheduler(database).tick()
    runner = Runner(database, {handler.name: handler for handler in (HOURLY, DAILY)})
    assert await runner.drain() == 3
    assert await scheduler(database).tick() == 0


async def test_missed_slots_are_caught_up_once(database: Database) -> None:
    same = scheduler(database)
    await same.tick()
    async with database.transaction(Scope.of_tenant(A)) as tx:
        await tx.execute("UPDATE kernel.schedule SET slot = slot - interval '5 hours'")
        await tx.execute("UPDATE kernel.job SET state = 'done', finished_at = now()")
    assert await same.tick() == 0
    assert await scheduler(database).tick() == 1
    assert await scheduler(database).tick() == 0
    assert len(await names(database, A)) == 2


async def test_a_slot_whose_job_still_waits_does_not_pile_up(database: Database) -> None:
    for _ in range(3):
        async with database.transaction(Scope.of_tenant(A)) as tx:
            await tx.execute("UPDATE kernel.schedule SET slot = slot - interval '5 hours'")
        await scheduler(database).tick()
    assert await names(database, A) == ["test.hourly"]


def test_a_span_begins_at_its_round_time() -> None:
    moment = datetime(2025, 3, 1, 12, 34, 56, tzinfo=UTC)
    assert slot_of(Every(900), moment) == datetime(2025, 3, 1, 12, 30, tzinfo=UTC)
    assert slot_of(Every(60), moment) == datetime(2025, 3, 1, 12, 34, tzinfo=UTC)


def test_a_day_begins_at_its_time_of_the_town() -> None:
    before = datetime(2025, 2, 28, 19, 9, tzinfo=UTC)
    assert slot_of(Daily(3, 10), before) == datetime(2025, 2, 26, 19, 10, tzinfo=UTC) + timedelta(days=1)
    assert slot_of(Daily(3, 10), before + timedelta(minutes=1)) == datetime(2025, 2, 28, 19, 10, tzinfo=UTC)
