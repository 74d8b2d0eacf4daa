from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from core.kernel import audit
from core.kernel.db import Database
from core.kernel.errors import BadInput, Conflict, NotFound
from core.kernel.scope import Scope
from core.tenancy.regions import list_regions, open_region, region_by_code, region_of
from core.tenancy.tenants import close_tenant, list_tenants, open_tenant, own_tenant, tenant_by_code

GARMENT: dict[str, Any] = {
    "code": "T01",
    "name_zh": "华星制衣职工服务协会",
    "name_en": "Huaxing Garment Workers' Service Association",
    "kind": "enterprise_association",
    "opened_on": date(2021, 8, 15),
    "books_from": date(2025, 1, 1),
}


async def audited(database: Database, scope: Scope) -> list[str]:
    async with database.transaction(scope) as tx:
        return [line.action for line in await audit.lines(tx)]


async def test_a_town_sees_its_own_tenants_in_order(database: Database, world: Any) -> None:
    async with database.transaction(Scope.town(world.town.id)) as tx:
        assert [t.code for t in await list_tenants(tx)] == ["T01", "T02"]
        assert await tenant_by_code(tx, "T01") == world.ours
    async with database.transaction(Scope.town(world.other_town.id)) as tx:
        assert await list_tenants(tx) == [world.elsewhere]
        assert await tenant_by_code(tx, "T02") is None


async def test_a_tenant_sees_itself_alone(database: Database, world: Any) -> None:
    async with database.transaction(Scope.of_tenant(world.theirs.id)) as tx:
        assert await own_tenant(tx) == world.theirs
        assert await tx.fetchval("SELECT count(*) FROM tenancy.tenant") == 1
        assert (await region_of(tx)) == world.town
        with pytest.raises(NotFound):
            await list_tenants(tx)


async def test_nobody_sees_any_tenant(database: Database, world: Any) -> None:
    async with database.transaction(Scope.nobody()) as tx:
        assert await tx.fetchval("SELECT count(*) FROM tenancy.tenant") == 0
        with pytest.raises(NotFound):
            await own_tenant(tx)
        with pytest.raises(NotFound):
            await region_of(tx)
        assert len(await list_regions(tx)) == 2


async def test_figures_see_all_tenants_and_change_none(database: Database, world: Any) -> None:
    async with database.transaction(Scope.nobody(), login="figures") as tx:
        assert await tx.fetchval("SELECT count(*) FROM tenancy.tenant") == 3
    with pytest.raises(Exception, match="permission denied"):
        async with database.transaction(Scope.nobody(), login="figures") as tx:
            await tx.execute("UPDATE tenancy.tenant SET code = 'X'")


async def test_a_town_cannot_touch_another_towns_tenant(database: Database, world: Any) -> None:
    with pytest.raises(NotFound):
        async with database.transaction(Scope.town(world.town.id)) as tx:
            await close_tenant(tx, world.elsewhere.id, date(2025, 6, 30))
    async with database.transaction(Scope.town(world.town.id)) as tx:
        assert (
            await tx.execute("UPDATE tenancy.tenant SET name_zh = '' WHERE id = $1", world.elsewhere.id) == 0
        )
        await close_tenant(tx, world.ours.id, date(2025, 6, 30))
    async with database.transaction(Scope.of_tenant(world.ours.id)) as tx:
        closed = await own_tenant(tx)
    assert closed.is_open_on(date(2025, 6, 30))
    assert not closed.is_open_on(date(2025, 7, 1))


async def test_the_same_code_in_two_towns_has_two_addresses(database: Database, world: Any) -> None:
    assert (world.ours.slug, world.theirs.slug, world.elsewhere.slug) == ("t01", "t02", "t01-000001102")


async def test_opening_again_changes_and_notes_nothing(database: Database, world: Any) -> None:
    scope = Scope.town(world.town.id)
    before = await audited(database, scope)
    again = await open_region(database, code="000001101", name_zh="星河镇", name_en="Xinghe Town")
    async with database.transaction(scope) as tx:
        assert await open_tenant(tx, **GARMENT) == world.ours
    assert again == world.town
    assert await audited(database, scope) == before


async def test_a_changed_name_is_kept_and_noted(database: Database, world: Any) -> None:
    scope = Scope.town(world.town.id)
    async with database.transaction(scope) as tx:
        renamed = await open_tenant(tx, **{**GARMENT, "name_zh": "华星服装职工服务协会"})
    assert renamed.id == world.ours.id
    assert (renamed.name("zh"), renamed.slug) == ("华星服装职工服务协会", "t01")
    assert (await audited(database, scope))[0] == "tenancy.tenant.change"


async def test_books_never_begin_later_than_they_once_did(database: Database, world: Any) -> None:
    async with database.transaction(Scope.town(world.town.id)) as tx:
        next_year = await open_tenant(tx, **{**GARMENT, "books_from": date(2026, 1, 1)})
        earlier = await open_tenant(tx, **{**GARMENT, "books_from": date(2020, 1, 1)})
    assert next_year.books_from == date(2025, 1, 1)
    assert earlier.books_from == date(2021, 8, 15)


async def test_what_makes_no_sense_is_refused(database: Database, world: Any) -> None:
    async with database.transaction(Scope.town(world.town.id)) as tx:
        for wrong in ({"code": "T 01"}, {"code": ""}, {"code": "../x"}, {"kind": "company"}):
            with pytest.raises(BadInput):
                await open_tenant(tx, **{**GARMENT, **wrong})
        with pytest.raises(BadInput):
            await close_tenant(tx, world.ours.id, date(2020, 1, 1))


async def test_a_town_hangs_below_its_county(database: Database, world: Any) -> None:
    with pytest.raises(NotFound):
        await open_region(
            database, code="000001101", name_zh="星河镇", name_en="Xinghe Town", parent="000001"
        )
    county = await open_region(database, code="000001", name_zh="星河县", name_en="Xinghe", level="county")
    town = await open_region(
        database, code="000001101", name_zh="星河镇", name_en="Xinghe Town", parent="000001"
    )
    assert (town.id, town.parent_id) == (world.town.id, county.id)
    kept = await open_region(database, code="000001101", name_zh="星河镇", name_en="Xinghe Town")
    assert kept.parent_id == county.id
    with pytest.raises(Conflict):
        await open_region(database, code="000001", name_zh="星河县", name_en="Xinghe", level="town")
    async with database.transaction(Scope.nobody()) as tx:
        assert await region_by_code(tx, "000001") == county
        assert [r.code for r in await list_regions(tx, "town")] == ["000001101", "000001102"]
