"""Every table of a tenant in this area: nothing without a tenant, its own rows with one, never another's."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from core.kernel.db import Database
from core.kernel.errors import Forbidden
from core.kernel.scope import Scope
from core.tenancy.activations import switch_on
from core.tenancy.firms import add_firm
from core.tenancy.settings import read_settings, write_settings
from core.tenancy.tenants import tenant_scope
from core.tenancy.town_settings import TownSettings
from core.tenancy.units import add_unit

TABLES = ("tenancy.unit", "tenancy.firm", "tenancy.activation", "tenancy.setting")
COMPARTMENTS = ("registry", "supplies", "health", "rights", "benefits", "membership", "reports")


@pytest.fixture
async def furnished(database: Database, world: Any) -> Any:
    for tenant in (world.ours, world.theirs):
        async with database.transaction(tenant_scope(tenant)) as tx:
            await add_unit(tx, "缝纫车间")
            await add_firm(tx, name_zh="华星制衣", served_from=date(2025, 1, 1))
            await switch_on(tx, "registration")
            await write_settings(tx, "registration", TownSettings(), only=["synthetic_ids"])
    return world


@pytest.mark.parametrize("table", TABLES)
async def test_a_row_is_seen_by_its_tenant_alone(database: Database, furnished: Any, table: str) -> None:
    async def seen(scope: Scope) -> list[Any]:
        async with database.transaction(scope) as tx:
            return [row["tenant_id"] for row in await tx.fetch(f"SELECT tenant_id FROM {table}")]

    assert await seen(Scope.nobody()) == []
    assert await seen(Scope.of_tenant(furnished.elsewhere.id, COMPARTMENTS)) == []
    for tenant in (furnished.ours, furnished.theirs):
        assert await seen(Scope.of_tenant(tenant.id)) == [tenant.id]
    assert len(await seen(Scope.town(furnished.town.id))) == (2 if table == "tenancy.activation" else 0)
    assert await seen(Scope.town(furnished.other_town.id)) == []


@pytest.mark.parametrize("table", TABLES)
async def test_a_row_is_not_given_to_another_tenant(database: Database, furnished: Any, table: str) -> None:
    change = f"UPDATE {table} SET tenant_id = $1"
    with pytest.raises(Exception, match="row-level security"):
        async with database.transaction(Scope.of_tenant(furnished.ours.id)) as tx:
            await tx.execute(change, furnished.elsewhere.id)
    async with database.transaction(Scope.of_tenant(furnished.ours.id)) as tx:
        assert await tx.execute(change, furnished.ours.id) == 1


async def test_the_second_transaction_of_a_connection_sees_nothing_of_the_first(
    addresses: Any, furnished: Any
) -> None:
    single = await Database.connect({"app": addresses["app"]}, pool_size=1)
    try:
        for tenant in (furnished.ours, furnished.theirs) * 3:
            async with single.transaction(tenant_scope(tenant)) as tx:
                rows = await tx.fetch("SELECT tenant_id FROM tenancy.unit")
                assert [row["tenant_id"] for row in rows] == [tenant.id]
            async with single.transaction(Scope.nobody()) as tx:
                assert await tx.fetch("SELECT tenant_id FROM tenancy.unit") == []
    finally:
        await single.close()


async def test_settings_have_a_place(database: Database, furnished: Any) -> None:
    async with database.transaction(Scope.nobody()) as tx:
        assert await read_settings(tx, "registration", TownSettings) == TownSettings()
        with pytest.raises(Forbidden):
            await write_settings(tx, "registration", TownSettings())
