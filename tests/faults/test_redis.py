"""Redis is a doorbell: wiped, absent or dead, registration goes on, figures follow and jobs are done."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from redis import Redis

from core.app import Platform, open_platform
from core.host.offers import offer_plugin
from core.kernel import clock
from core.kernel.embedded import Services
from core.kernel.jobs import enqueue
from core.kernel.scope import Scope
from core.people.drafts import PersonDraft
from core.people.movements import record_movement
from core.people.presence import MovementKind
from core.people.records import register_person
from core.tenancy.activations import switch_on
from core.tenancy.regions import open_region
from core.tenancy.tenants import Tenant, open_tenant
from core.worker import HOUSEKEEPING
from tests.faults.home import Home, wait_for
from tests.faults.sizes import SIZES

pytestmark = pytest.mark.slow

SOON = 30.0
ARRIVALS = """
SELECT num::int FROM figures.figure
WHERE indicator = 'POP-02' AND cut = '' AND period = $1 AND tenant_id = $2
"""
ABSENT = {"none": "none", "a dead socket": "unix:///nowhere/redis.sock"}


@pytest.fixture(scope="module")
async def platform(home: Home) -> AsyncIterator[Platform]:
    async with open_platform(home.settings) as opened:
        yield opened


@pytest.fixture(scope="module")
async def tenant(platform: Platform) -> Tenant:
    region = await open_region(platform.database, code="000009800", name_zh="长河镇", name_en="Changhe Town")
    async with platform.database.transaction(Scope.town(region.id)) as tx:
        for entry in platform.registry.plugins:
            await offer_plugin(tx, region.id, platform.registry, entry.name, "offered")
        opened = await open_tenant(
            tx,
            code="R01",
            name_zh="长河职工服务协会",
            name_en="Changhe Workers' Service Association",
            kind="enterprise_association",
            opened_on=clock.today().replace(day=1),
        )
    async with platform.database.transaction(Scope.of_tenant(opened.id)) as tx:
        for entry in platform.registry.plugins:
            await switch_on(tx, entry.name)
    return opened


async def register(platform: Platform, tenant: Tenant, name: str) -> UUID:
    """A worker comes today; a job is asked for in the same transaction. The job's id."""
    async with platform.database.transaction(Scope.of_tenant(tenant.id, {"registry"})) as tx:
        person = await register_person(tx, platform.keyring, PersonDraft(name=name, contact="村口小店"))
        await record_movement(tx, person, MovementKind.ARRIVE, clock.today())
        return await enqueue(tx, HOUSEKEEPING.name, {})


async def arrivals(platform: Platform, tenant: Tenant) -> list[int]:
    """Of the tenant and of its town, this month."""
    month, found = clock.month_of(clock.today()), list[int]()
    for scope in (Scope.of_tenant(tenant.id), Scope.town(tenant.region_id)):
        async with platform.database.transaction(scope) as tx:
            found.append(await tx.fetchval(ARRIVALS, month, scope.tenant) or 0)
    return found


async def state(platform: Platform, tenant: Tenant, job: UUID) -> str:
    async with platform.database.transaction(Scope.of_tenant(tenant.id)) as tx:
        return await tx.fetchval(
            "SELECT state FROM kernel.job WHERE tenant_id = $1 AND id = $2", tenant.id, job
        )


async def check_all_follows(platform: Platform, tenant: Tenant, names: list[str]) -> None:
    """After each registration the figures count one more, and the job is done."""
    (before, _town) = await arrivals(platform, tenant)
    jobs = [await register(platform, tenant, name) for name in names]
    expected = [before + len(names)] * 2
    deadline = time.monotonic() + SOON
    while True:
        counted = await arrivals(platform, tenant)
        states = {await state(platform, tenant, job) for job in jobs}
        if counted == expected and states == {"done"}:
            return
        assert time.monotonic() < deadline, (counted, expected, states)
        await asyncio.sleep(0.05)


async def test_redis_is_wiped_again_and_again(processes: Home, platform: Platform, tenant: Tenant):
    worker = processes.start("worker")
    wait_for(lambda: "worker_started" in worker.said())
    with Services(processes.path) as services, Redis.from_url(str(services.redis_url)) as redis:
        for number in range(SIZES.flushes):
            redis.flushall()
            await check_all_follows(platform, tenant, [f"洗一{number}", f"洗二{number}"])
            redis.flushall()
    assert "Traceback" not in worker.said()


@pytest.mark.requirement("R47")
@pytest.mark.parametrize("url", ABSENT.values(), ids=ABSENT)
async def test_redis_is_absent_from_the_start(processes: Home, platform: Platform, tenant: Tenant, url: str):
    worker = processes.start("worker", TOWNBRIDGE_REDIS_URL=url)
    wait_for(lambda: "worker_started" in worker.said())
    await check_all_follows(platform, tenant, [f"无{url}"[:20], "无二"])
    assert worker.is_running()
    assert "Traceback" not in worker.said()


async def test_redis_is_killed_between_two_registrations(processes: Home, platform: Platform, tenant: Tenant):
    worker = processes.start("worker")
    wait_for(lambda: "worker_started" in worker.said())
    await check_all_follows(platform, tenant, ["前"])
    processes.kill_server("redis")
    await check_all_follows(platform, tenant, ["后"])
    assert worker.is_running()
