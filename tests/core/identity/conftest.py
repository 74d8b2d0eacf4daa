"""A town with two tenants of the same look, another town, and somebody who may sign in."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec import Struct

from core.identity.accounts import Account, add_account
from core.identity.credentials import set_password
from core.kernel.db import Database
from core.kernel.scope import Scope
from core.tenancy.regions import Region, open_region
from core.tenancy.tenants import Tenant, open_tenant

PASSWORD = "lantern orchard seven rivers"


class World(Struct, frozen=True, kw_only=True):
    town: Region
    other_town: Region
    ours: Tenant
    theirs: Tenant
    elsewhere: Tenant
    clerk: Account
    password: str


async def opened(database: Database, town: Region, code: str) -> Tenant:
    async with database.transaction(Scope.town(town.id)) as tx:
        return await open_tenant(
            tx,
            code=code,
            name_zh="华星制衣职工服务协会",
            name_en="Huaxing Garment Workers' Service Association",
            kind="enterprise_association",
            opened_on=date(2021, 8, 15),
        )


@pytest.fixture
async def world(database: Database) -> World:
    town = await open_region(database, code="000001101", name_zh="星河镇", name_en="Xinghe Town")
    other = await open_region(database, code="000001102", name_zh="星河镇", name_en="Xinghe Town")
    async with database.transaction(Scope.town(town.id)) as tx:
        clerk = await add_account(tx, "t01.desk", "彭文辉")
        await set_password(tx, clerk.id, PASSWORD)
    return World(
        town=town,
        other_town=other,
        ours=await opened(database, town, "T01"),
        theirs=await opened(database, town, "T02"),
        elsewhere=await opened(database, other, "T01"),
        clerk=clerk,
        password=PASSWORD,
    )
