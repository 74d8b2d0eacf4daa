"""Two towns with tenants of the same codes and names: what is mixed up would not be seen by its name."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec import Struct

from core.kernel.db import Database
from core.kernel.scope import Scope
from core.tenancy.regions import Region, open_region
from core.tenancy.tenants import Tenant, open_tenant


class World(Struct, frozen=True, kw_only=True):
    town: Region
    other_town: Region
    ours: Tenant
    theirs: Tenant
    elsewhere: Tenant


async def opened(database: Database, town: Region, code: str) -> Tenant:
    async with database.transaction(Scope.town(town.id)) as tx:
        return await open_tenant(
            tx,
            code=code,
            name_zh="华星制衣职工服务协会",
            name_en="Huaxing Garment Workers' Service Association",
            kind="enterprise_association",
            opened_on=date(2021, 8, 15),
            books_from=date(2025, 1, 1),
        )


@pytest.fixture
async def world(database: Database) -> World:
    town = await open_region(database, code="000001101", name_zh="星河镇", name_en="Xinghe Town")
    other = await open_region(database, code="000001102", name_zh="星河镇", name_en="Xinghe Town")
    return World(
        town=town,
        other_town=other,
        ours=await opened(database, town, "T01"),
        theirs=await opened(database, town, "T02"),
        elsewhere=await opened(database, other, "T01"),
    )
