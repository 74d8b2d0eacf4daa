"""The town of the bench: a home of its own with the embedded servers, and tenants full of people."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

from msgspec import Struct

from core.app import Platform, open_platform
from core.host.offers import offer_plugin
from core.identity.accounts import add_account
from core.identity.memberships import grant_role
from core.identity.tokens import issue_token
from core.kernel.embedded import Services
from core.kernel.log import configure_logging
from core.kernel.scope import Scope
from core.kernel.settings import Settings
from core.people.bulk import upsert_people
from core.people.drafts import Document, PersonRow
from core.people.movements import MovementRow, write_movements
from core.people.presence import MovementKind
from core.tenancy.firms import add_firm
from core.tenancy.regions import Region, open_region
from core.tenancy.tenants import Tenant, open_tenant
from tests.bench.sizes import Sizes

__all__ = ["FIRST_DAY", "Bench", "Place", "invented", "open_bench", "open_one"]

CODE = "000001101"
FIRST_DAY = date(2025, 1, 1)
LOGINS = ("app", "figures", "dispatch")
FIRMS = 12

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
GIVEN = ("秀英", "桂兰", "建国", "小芳", "志强", "丽娟", "海燕", "春梅", "文博", "雪", "玉兰", "立新", "晓东")


class Place(Struct, frozen=True, kw_only=True):
    """A tenant with somebody of its station, her API token, and its people."""

    tenant: Tenant
    account: UUID
    token: str
    people: list[UUID]

    @property
    def slug(self) -> str:
        return self.tenant.slug


class Bench(Struct, frozen=True, kw_only=True):
    platform: Platform
    services: Services
    region: Region
    places: list[Place]
    sizes: Sizes

    @property
    def home(self) -> Path:
        return self.platform.settings.home

    def address(self, login: str) -> str:
        return self.services.postgres_dsn(login)


@asynccontextmanager
async def open_bench(sizes: Sizes) -> AsyncIterator[Bench]:
    """Everything that the workloads need, and nothing of it left afterwards."""
    configure_logging("error")
    with tempfile.TemporaryDirectory(prefix="townbridge-bench-") as folder:
        settings = Settings(home=Path(folder))
        services = Services(settings.home).start()
        try:
            async with open_platform(settings, LOGINS) as platform:
                region = await open_region(platform.database, code=CODE, name_zh="星河镇", name_en="Xinghe")
                async with platform.database.transaction(Scope.town(region.id)) as tx:
                    for entry in platform.registry.plugins:
                        await offer_plugin(tx, region.id, platform.registry, entry.name, "required")
                places = [
                    await open_one(platform, region, number, sizes.people) for number in range(sizes.tenants)
                ]
                yield Bench(platform=platform, services=services, region=region, places=places, sizes=sizes)
        finally:
            services.discard()


async def open_one(platform: Platform, region: Region, number: int, people: int) -> Place:
    """A tenant, its officer, its firms and its people, in the ways of the product."""
    database = platform.database
    async with database.transaction(Scope.town(region.id)) as tx:
        tenant = await open_tenant(
            tx, code=f"T{number:03}", name_zh=f"第{number}服务协会", name_en=f"Association {number}",
            kind="enterprise_association", opened_on=FIRST_DAY,
        )  # fmt: skip
        account = (await add_account(tx, f"clerk{number}", f"Clerk {number}")).id
        token = await issue_token(tx, account, "bench")
    scope = Scope.of_tenant(tenant.id, ("registry", "membership"))
    async with database.transaction(scope) as tx:
        await grant_role(tx, account, "station_staff", FIRST_DAY)
        firms = [
            (await add_firm(tx, name_zh=f"第{place}制衣厂", name_en=f"Mill {place}")).id
            for place in range(FIRMS)
        ]
        done = await upsert_people(tx, platform.keyring, [invented(number, place) for place in range(people)])
        known = [each.person_id for each in done]
        await write_movements(tx, [_arrival(person, place) for place, person in enumerate(known)])
        await tx.execute(RECORDS, tenant.id, known, [firms[place % FIRMS] for place in range(people)])
    return Place(tenant=tenant, account=account, token=token, people=known)


RECORDS = """
INSERT INTO registration.record (tenant_id, id, person_id, village, firm_id)
SELECT $1, gen_random_uuid(), u.person, '桥头社区', u.firm FROM unnest($2::uuid[], $3::uuid[]) AS u (person, firm)
"""


def invented(tenant: int, place: int) -> PersonRow:
    """Nobody; the numbers are those of no passport."""
    names = itertools.islice(itertools.cycle(GIVEN), place % len(GIVEN), None)
    return PersonRow(
        document=Document(id_type="03", number=f"Q{tenant:03}{place:07}"),
        name=SURNAMES[place % len(SURNAMES)] + next(names),
        registered_on=FIRST_DAY,
        sex="2" if place % 3 else "1",
        birth_date=date(1970, 1, 1) + timedelta(days=place * 11 % 12000),
        origin="43",
        phone=f"1{place % 10}{tenant:03}{place:06}"[:11],
    )


def _arrival(person: UUID, place: int) -> MovementRow:
    return MovementRow(
        person_id=person,
        kind=MovementKind.ARRIVE,
        day=FIRST_DAY + timedelta(days=place % 300),
        ref=f"bench-{place}",
    )
