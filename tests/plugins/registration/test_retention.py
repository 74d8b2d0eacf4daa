"""What is old is deleted by the schedule, in closed units as well; what is wanted stays."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.app import Platform
from core.commands.worker import _places
from core.host.jobs import job_handlers
from core.identity.retention import RETENTION
from core.kernel.clock import freeze, now, today
from core.kernel.runner import Runner
from core.kernel.schedule import Scheduler
from core.kernel.scope import Scope
from core.tenancy.tenants import close_tenant
from core.testing import Town
from core.worker import HOUSEKEEPING
from plugins.registration.services.registering import register
from tests.plugins.registration.conftest import Counter, Work, registration
from tests.plugins.registration.imports.small import Worker
from tests.plugins.registration.imports.test_uploads import planned, roster

COUNTS = """
SELECT (SELECT count(*) FROM identity.session) AS sessions,
       (SELECT count(*) FROM identity.sign_in_event) AS sign_ins,
       (SELECT count(*) FROM identity.throttle) AS tries
"""


async def scheduled(platform: Platform) -> None:
    """All that the scheduler of a worker asks for now, done."""
    handlers = {**job_handlers(platform.server), RETENTION.name: RETENTION, HOUSEKEEPING.name: HOUSEKEEPING}
    await Scheduler(platform.database, handlers.values(), _places(platform)).tick()
    await Runner(platform.database, handlers, back_off=lambda _attempt: 0.0).drain()


@pytest.mark.requirement("R43")
async def test_the_schedule_deletes_what_is_old_even_where_a_unit_is_closed(
    platform: Platform, town: Town, counter: Counter, worked: Work, visit
) -> None:
    await visit("station_staff")
    await planned(counter, worked, roster(Worker("张三", 1, "2026-10-01")))
    async with counter() as ctx:
        her = await register(ctx, registration())
    async with platform.database.transaction(Scope.town(town.region.id)) as tx:
        await close_tenant(tx, town.t01.id, today())

    async def kept() -> tuple[int, ...]:
        async with platform.database.transaction(Scope.nobody()) as tx:
            row = await tx.fetchrow(COUNTS) or {}
        async with counter() as ctx:
            rows = await ctx.transaction.fetchval("SELECT count(*) FROM registration.roster_row")
            people = await ctx.transaction.fetchval("SELECT count(*) FROM people.person WHERE id = $1", her)
        return row["sessions"], row["sign_ins"], row["tries"], rows, people

    before = await kept()
    assert before == (1, 1, 3, 1, 1)
    await scheduled(platform)
    assert await kept() == before, "nothing is old yet"
    with freeze(now() + timedelta(days=184)):
        await forgotten_slots(platform, town)
        await scheduled(platform)
        assert await kept() == (0, 0, 0, 0, 1)


async def forgotten_slots(platform: Platform, town: Town) -> None:
    """The scheduler goes by the clock of the database, which stands still: let its next slot have come."""
    for place in (town.region.id, town.t01.id, town.t02.id):
        async with platform.database.transaction(Scope.of_tenant(place)) as tx:
            await tx.execute("UPDATE kernel.schedule SET slot = slot - interval '2 days'")
