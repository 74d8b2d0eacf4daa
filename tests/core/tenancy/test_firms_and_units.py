from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from core.kernel import audit
from core.kernel.db import Database
from core.kernel.errors import BadInput, NotFound
from core.kernel.scope import Scope
from core.tenancy.firms import FirmNames, add_firm, end_firm, find_firm, list_firms
from core.tenancy.units import add_unit, close_unit, list_units

HARDWARE: dict[str, Any] = {
    "uscc": "91000001MA4J283F6Q",
    "name_zh": "星河镇华星制衣有限公司",
    "short_zh": "华星制衣",
    "name_en": "Huaxing Garment Co., Ltd.",
    "former_zh": "星河华星制衣厂",
    "industry": "C",
}


async def test_a_firm_is_found_by_each_of_its_names(database: Database, world: Any) -> None:
    async with database.transaction(Scope.of_tenant(world.ours.id)) as tx:
        firm = await add_firm(tx, **HARDWARE)
        for name in ("星河镇华星制衣有限公司", "华星制衣", "星河华星制衣厂", " 华星 制衣 "):
            assert await find_firm(tx, name) == firm
        assert await find_firm(tx, "华星") is None
        assert firm.served_from == world.ours.opened_on
    async with database.transaction(Scope.of_tenant(world.theirs.id)) as tx:
        assert await find_firm(tx, "华星制衣") is None
        assert await list_firms(tx) == []


async def test_a_firm_is_served_from_a_day_to_a_day(database: Database, world: Any) -> None:
    async with database.transaction(Scope.of_tenant(world.ours.id)) as tx:
        first = await add_firm(tx, **HARDWARE, served_from=date(2024, 1, 1))
        await end_firm(tx, first.id, date(2025, 3, 1))
        second = await add_firm(tx, **HARDWARE, served_from=date(2025, 9, 1))
        names = FirmNames(await list_firms(tx))
        assert second.id != first.id
        assert names.find("华星制衣", date(2025, 2, 28)).id == first.id  # pyright: ignore[reportOptionalMemberAccess]
        assert names.find("华星制衣", date(2025, 3, 1)) is None
        assert names.find("华星制衣", date(2025, 9, 1)) == second
        assert names.find("华星制衣") == second
        assert [f.id for f in await list_firms(tx, date(2025, 1, 1))] == [first.id]


async def test_adding_a_firm_again_notes_nothing(database: Database, world: Any) -> None:
    scope = Scope.of_tenant(world.ours.id)
    async with database.transaction(scope) as tx:
        first = await add_firm(tx, **HARDWARE)
    async with database.transaction(scope) as tx:
        assert await add_firm(tx, **HARDWARE) == first
        assert await add_firm(tx, **{**HARDWARE, "former_zh": ""}) != first
    async with database.transaction(scope) as tx:
        lines = await audit.lines(tx)
    assert [line.action for line in lines] == ["tenancy.firm.change", "tenancy.firm.add"]
    assert lines[0].detail == {"columns": ["former_zh"]}


async def test_a_firm_without_a_code_is_known_by_its_name(database: Database, world: Any) -> None:
    async with database.transaction(Scope.of_tenant(world.ours.id)) as tx:
        kitchen = await add_firm(tx, name_zh="分会食堂")
        assert await add_firm(tx, name_zh="分会食堂", short_zh="食堂") != kitchen
        assert [firm.id for firm in await list_firms(tx)] == [kitchen.id]
        assert (await add_firm(tx, name_zh="分会车队")).id != kitchen.id


async def test_a_firm_of_another_tenant_cannot_be_ended(database: Database, world: Any) -> None:
    async with database.transaction(Scope.of_tenant(world.ours.id)) as tx:
        firm = await add_firm(tx, **HARDWARE)
    with pytest.raises(NotFound):
        async with database.transaction(Scope.of_tenant(world.theirs.id)) as tx:
            await end_firm(tx, firm.id, date(2025, 3, 1))
    async with database.transaction(Scope.of_tenant(world.ours.id)) as tx:
        with pytest.raises(BadInput):
            await end_firm(tx, firm.id, date(2020, 1, 1))
        assert (await end_firm(tx, firm.id, date(2025, 3, 1))).served_to == date(2025, 3, 1)


async def test_units_belong_to_one_tenant(database: Database, world: Any) -> None:
    async with database.transaction(Scope.of_tenant(world.ours.id)) as tx:
        sewing = await add_unit(tx, "缝纫车间")
        assert await add_unit(tx, "缝纫车间") == sewing
        group = await add_unit(tx, "第一小组", "group", sewing.id)
        assert await list_units(tx) == [group, sewing]
    async with database.transaction(Scope.of_tenant(world.theirs.id)) as tx:
        assert await list_units(tx) == []
        with pytest.raises(NotFound):
            await add_unit(tx, "第二小组", "group", sewing.id)
        with pytest.raises(NotFound):
            await close_unit(tx, sewing.id, date(2025, 3, 1))
    async with database.transaction(Scope.of_tenant(world.ours.id)) as tx:
        assert (await close_unit(tx, sewing.id, date(2025, 3, 1))).closed_on == date(2025, 3, 1)
        assert (await close_unit(tx, sewing.id, None)).closed_on is None
