"""The counter of either tenant, as the plug-in's own functions are given it, and the worker behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import date
from typing import Any

import pytest

from core.app import Platform
from core.host.background import tenant_background
from core.host.jobs import job_handlers
from core.host.personal import PersonalDoor
from core.kernel.runner import Runner
from core.kernel.scope import Scope
from core.people.documents import check_character
from core.people.drafts import Document, PersonDraft
from core.sdk.ctx import Actor, TenantCtx
from core.tenancy.tenants import Tenant
from core.tenancy.town_settings import TownSettings, keep_town_settings
from core.testing import Town
from plugins.registration.services.records import Residence
from plugins.registration.services.registering import Registration

Counter = Callable[..., AbstractAsyncContextManager[TenantCtx]]
DoorOf = Callable[..., AbstractAsyncContextManager[tuple[TenantCtx, PersonalDoor]]]
Work = Callable[[], Awaitable[int]]


@pytest.fixture
async def counter(platform: Platform, town: Town) -> Counter:
    """`async with counter() as ctx`: at the counter of t01, or of another tenant; invented numbers pass."""
    async with platform.database.transaction(Scope.town(town.region.id)) as tx:
        await keep_town_settings(tx, TownSettings(synthetic_ids=True, known_id_prefixes=("000000",)))

    @asynccontextmanager
    async def at(tenant: Tenant | None = None) -> AsyncIterator[TenantCtx]:
        place = (tenant or town.t01).id
        scope = Scope.of_tenant(place, ["registry"])
        async with (
            platform.database.transaction(scope) as tx,
            tenant_background(platform.server, tx, place, "registration") as ctx,
        ):
            yield ctx

    return at


@pytest.fixture
def door(platform: Platform, counter: Counter) -> DoorOf:
    """`async with door() as (ctx, personal)`: the counter, and what `ctx.personal` is on its pages."""

    @asynccontextmanager
    async def at(tenant: Tenant | None = None) -> AsyncIterator[tuple[TenantCtx, PersonalDoor]]:
        async with counter(tenant) as ctx:
            roles = ("station_staff",)
            yield ctx, PersonalDoor(platform.server, ctx.transaction, ctx.tenant, roles, Actor())

    return at


@pytest.fixture
def worked(platform: Platform) -> Work:
    """Run every job that is due, and those that they enqueue; how many were done."""
    runner = Runner(platform.database, job_handlers(platform.server), back_off=lambda attempt: 0.0)
    return runner.drain


def resident(number: int, born: date = date(1990, 1, 1), sex: str = "2") -> Document:
    """An invented resident identity card; equal arguments give equal numbers."""
    digit = int(sex) % 2 + 2 * (number % 5)
    first = f"000000{born:%Y%m%d}{number // 5 % 100:02d}{digit}"
    return Document(id_type="01", number=first + check_character(first))


def wang(**changes: Any) -> PersonDraft:
    told: dict[str, Any] = {
        "name": "王小明",
        "document": resident(7),
        "sex": "2",
        "origin": "43",
        "phone": "13800138000",
        **changes,
    }
    return PersonDraft(**told)


def registration(day: date = date(2026, 11, 2), **changes: Any) -> Registration:
    """王小明 at the counter."""
    return Registration(draft=wang(**changes), residence=Residence(village="东村"), day=day)
