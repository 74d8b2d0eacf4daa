"""The store room of either tenant, as the plug-in's own functions are given it, with two points and a product."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from msgspec import json
from msgspec.structs import replace

from core.app import Platform
from core.host.background import tenant_background
from core.host.jobs import job_handlers
from core.host.offers import switch_plugin
from core.kernel.runner import Runner
from core.kernel.scope import Scope
from core.people.drafts import PersonDraft
from core.sdk import now
from core.sdk.ctx import TenantCtx
from core.tenancy.tenants import Tenant, open_tenant
from core.testing import Town
from plugins.supplies.services.catalogue import Product
from plugins.supplies.services.ledger import post
from plugins.supplies.services.vouchers import Act, Line, Posted
from plugins.supplies.tables import CatalogueVersion, Point

Store = Callable[..., AbstractAsyncContextManager[TenantCtx]]
Work = Callable[[], Awaitable[int]]

LATER = date(2029, 12, 31)


@pytest.fixture
async def store(platform: Platform, town: Town) -> Store:
    """`async with store() as ctx`: the store room of t01, or of another tenant; a station and a box are there."""

    @asynccontextmanager
    async def at(tenant: Tenant | None = None, *compartments: str) -> AsyncIterator[TenantCtx]:
        place = (tenant or town.t01).id
        scope = Scope.of_tenant(place, compartments or ("registry", "supplies"))
        async with (
            platform.database.transaction(scope) as tx,
            tenant_background(platform.server, tx, place, "supplies") as ctx,
        ):
            yield ctx

    for tenant in (town.t01, town.t02):
        async with at(tenant) as ctx:
            for code, kind in (("S1", "STATION"), ("B1", "BOX")):
                await Point.insert(Point(code=code, name=f"{code}点", kind=kind, opened_on=date(2020, 1, 1)))
                ctx.changed(Point, date(2020, 1, 1), onwards=True)
    return at


@pytest.fixture
def worked(platform: Platform) -> Work:
    """Run every job that is due, and those that they enqueue; how many were done."""
    runner = Runner(platform.database, job_handlers(platform.server), back_off=lambda attempt: 0.0)
    return runner.drain


@pytest.fixture
async def station(platform: Platform, town: Town, store: Store) -> Tenant:
    """The town's own store, a third unit, with the service on and a point."""
    async with platform.database.transaction(Scope.town(town.region.id)) as tx:
        opened = await open_tenant(
            tx, code="S01", name_zh="星河镇服务站", name_en="Xinghe Town Station", kind="town_station",
            opened_on=date(2025, 1, 1),
        )  # fmt: skip
    async with store(opened) as ctx:
        await switch_plugin(ctx, platform.registry, "supplies", True)
        await Point.insert(Point(code="W1", name="药具库", kind="STATION", opened_on=date(2020, 1, 1)))
        ctx.changed(Point, date(2020, 1, 1), onwards=True)
    return opened


async def person_at(ctx: TenantCtx, name: str = "王小明") -> UUID:
    """Somebody who is registered in the unit."""
    return await ctx.people.register(
        PersonDraft(name=name, sex="2", birth_date=date(1995, 5, 5), contact="门卫", registered_on=ctx.today)
    )


def act(ctx: TenantCtx, kind: Any, **changes: Any) -> Act:
    told: dict[str, Any] = {"kind": kind, "day": ctx.today, "point": "S1"}
    return Act(**(told | changes))


def line(quantity: int, lot: str = "A", **changes: Any) -> Line:
    told: dict[str, Any] = {"sku": "CON-M", "lot": lot, "quantity": quantity}
    return Line(**(told | changes))


async def receive(ctx: TenantCtx, quantity: int, lot: str = "A", **changes: Any) -> Posted:
    """So many of a lot come to the station."""
    goods = {"expiry": LATER} | {name: changes.pop(name) for name in ("sku", "expiry") if name in changes}
    return await post(ctx, act(ctx, "RECEIPT", **changes), [line(quantity, lot, **goods)])


def product(**rules: Any) -> Product:
    """A product with the rules that a test is about."""
    told: dict[str, Any] = {
        "sku": "COC-LNG21", "name_zh": "避孕药", "name_en": "Pill", "unit_zh": "板", "unit_en": "cycle",
        "method": "COC",
    }  # fmt: skip
    return Product(**(told | rules))


PILL = product(max_per_year=13, gate="clinician_first", days_per_unit=28, figure="SUP-02", cyp="1/15")
COIL = product(sku="IUD-CU380A", name_zh="宫内节育器", name_en="Copper IUD", method="CU_IUD", gate="facility")
EMERGENCY = product(
    sku="EC-LNG", name_zh="紧急避孕药", name_en="Emergency pill", method="ECP", gate="counsel", max_per_year=2
)
CONDOM = product(
    sku="CON-M", name_zh="男用避孕套", name_en="Male condom", method="MALE_CONDOM", unit_zh="只", unit_en="piece",
    is_anonymous_allowed=True, is_tracer=True, max_per_year=120, cyp="1/120", figure="SUP-01",
)  # fmt: skip


OTHER_CONDOM = product(
    sku="CON-F", name_zh="女用避孕套", name_en="Female condom", method="FEMALE_CONDOM", unit_zh="只",
    unit_en="piece", is_anonymous_allowed=True, substitutes=("CON-M",),
)  # fmt: skip
OTHER_PILL = product(
    sku="COC-LNG28", name_zh="避孕药28", name_en="Pill 28", max_per_year=13, gate="clinician_first"
)


async def publish_at(platform: Platform, town: Town, version: int, products: list[Product]) -> None:
    """Another version of the town's catalogue, as a folder of files would bring it."""
    async with platform.database.transaction(Scope.town(town.region.id)):
        await CatalogueVersion.insert(
            CatalogueVersion(
                region_id=town.region.id,
                version=version,
                valid_from=date(2020, 1, 1),
                factor_set="2022",
                body=json.encode(products).decode(),
                published_at=now(),
            )
        )


@pytest.fixture
async def catalogue(platform: Platform, town: Town) -> None:
    """The town publishes condoms, a pill that a clinician begins, an emergency pill and a copper IUD."""
    await publish_at(platform, town, 1, [CONDOM, PILL, EMERGENCY, COIL])


@pytest.fixture
async def substitutes(platform: Platform, town: Town, catalogue: None) -> None:
    """It then names the two condoms for each other, and another pill in the place of the pill."""
    condom = replace(CONDOM, substitutes=("CON-F",))
    pill = replace(PILL, substitutes=("COC-LNG28",))
    await publish_at(platform, town, 2, [condom, OTHER_CONDOM, pill, OTHER_PILL, EMERGENCY, COIL])
