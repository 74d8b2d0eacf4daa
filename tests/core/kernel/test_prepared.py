"""A query that is built once: the tenant and the values of every call are its own."""

from __future__ import annotations

from uuid import UUID

import pytest

from core.identity.tables import Account
from core.kernel.errors import NoScope
from core.kernel.prepared import Prepared, among
from core.kernel.scope import Scope
from core.tenancy.firms import add_firm
from core.tenancy.tables import Firm
from core.testing import Town

by_name = Prepared(lambda name: Firm.select(Firm.id, Firm.tenant_id).where(Firm.name_zh == name))
some = Prepared(
    lambda names: Firm.select(Firm.name_zh).where(among(Firm.name_zh, names)).order_by(Firm.name_zh)
)


async def test_every_call_asks_in_the_tenant_of_its_transaction(in_tenant, town: Town):
    seen: dict[UUID, UUID] = {}
    for tenant in (town.t01, town.t02, town.t01):
        async with in_tenant(tenant=tenant) as tx:
            await add_firm(tx, name_zh="同名制衣厂")
            row = await by_name.first("同名制衣厂")
            assert row is not None
            assert row["tenant_id"] == tenant.id
            seen[tenant.id] = row["id"]
    assert len(set(seen.values())) == 2


async def test_every_call_has_its_own_values_in_one_text(in_tenant):
    async with in_tenant() as tx:
        for name in ("甲厂", "乙厂", "丙厂"):
            await add_firm(tx, name_zh=name)
        assert [row["name_zh"] for row in await some(["甲厂", "丙厂"])] == ["丙厂", "甲厂"]
        assert [row["name_zh"] for row in await some(["乙厂"])] == ["乙厂"]
        assert await some([]) == []
        assert await by_name.first("丁厂") is None


async def test_a_table_without_tenants_can_be_asked_as_well(platform):
    by_login = Prepared(lambda login: Account.select(Account.login).where(Account.login == login))
    async with platform.database.transaction(Scope.nobody()):
        assert [row["login"] for row in await by_login("stranger")] == ["stranger"]


async def test_nothing_is_asked_outside_a_transaction():
    with pytest.raises(NoScope):
        await by_name("甲厂")
