from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from msgspec import Struct

from core.kernel import audit
from core.kernel.db import Database
from core.kernel.errors import Forbidden
from core.kernel.scope import Scope
from core.tenancy.activations import activations_of_town, switch_off, switch_on, switched_on
from core.tenancy.regions import open_region
from core.tenancy.settings import forget_settings, read_settings, write_settings
from core.tenancy.town_settings import TownSettings, keep_town_settings, town_settings


class Colours(Struct, frozen=True, kw_only=True):
    wall: str = "white"
    door: str = "brown"


async def test_a_plugin_is_on_in_one_tenant_alone(database: Database, world: Any) -> None:
    async with database.transaction(Scope.of_tenant(world.ours.id)) as tx:
        assert await switch_on(tx, "registration")
        assert not await switch_on(tx, "registration")
        assert not await switch_off(tx, "supplies")
        assert await switched_on(tx) == {"registration"}
    async with database.transaction(Scope.of_tenant(world.theirs.id)) as tx:
        assert await switched_on(tx) == frozenset()
    async with database.transaction(Scope.of_tenant(world.ours.id)) as tx:
        assert await switch_off(tx, "registration", reason="moved to paper")
        assert await switched_on(tx) == frozenset()
    async with database.transaction(Scope.of_tenant(world.ours.id)) as tx:
        lines = await audit.lines(tx)
    assert [line.action for line in lines] == ["tenancy.plugin.switch-off", "tenancy.plugin.switch-on"]
    assert lines[0].detail == {"plugin": "registration"}


async def test_a_town_sees_what_its_own_tenants_switched_on(database: Database, world: Any) -> None:
    for tenant in (world.ours, world.elsewhere):
        async with database.transaction(Scope.of_tenant(tenant.id)) as tx:
            await switch_on(tx, "registration")
    async with database.transaction(Scope.town(world.town.id)) as tx:
        assert await activations_of_town(tx) == {world.ours.id: {"registration"}}
        assert await tx.execute("UPDATE tenancy.activation SET is_on = false") == 0
        assert await tx.fetchval("SELECT count(*) FROM tenancy.unit") == 0
    async with database.transaction(Scope.of_tenant(world.ours.id)) as tx:
        assert await switched_on(tx) == {"registration"}


async def test_a_setting_is_the_tenants_else_the_towns_else_the_countys(
    database: Database, world: Any
) -> None:
    county = await open_region(database, code="000001", name_zh="星河县", name_en="Xinghe", level="county")
    await open_region(database, code="000001101", name_zh="星河镇", name_en="Xinghe Town", parent="000001")
    ours, theirs = Scope.of_tenant(world.ours.id), Scope.of_tenant(world.theirs.id)
    elsewhere, town = Scope.of_tenant(world.elsewhere.id), Scope.town(world.town.id)

    async def colours(scope: Scope) -> tuple[str, str]:
        async with database.transaction(scope) as tx:
            chosen = await read_settings(tx, "house", Colours)
        return chosen.wall, chosen.door

    assert await colours(ours) == ("white", "brown")
    async with database.transaction(Scope.town(county.id)) as tx:
        await write_settings(tx, "house", Colours(wall="grey", door="grey"))
    async with database.transaction(town) as tx:
        await write_settings(tx, "house", Colours(wall="red"), only=["wall"])
    async with database.transaction(ours) as tx:
        assert await write_settings(tx, "house", Colours(wall="blue"), only=["wall"]) == ["wall"]
    assert await colours(ours) == ("blue", "grey")
    assert await colours(theirs) == await colours(town) == ("red", "grey")
    assert await colours(elsewhere) == ("white", "brown")
    async with database.transaction(ours) as tx:
        assert await forget_settings(tx, "house", ["wall", "door"]) == ["wall"]
    assert await colours(ours) == ("red", "grey")


async def test_writing_the_same_settings_notes_nothing(database: Database, world: Any) -> None:
    scope = Scope.of_tenant(world.ours.id)
    async with database.transaction(scope) as tx:
        assert await write_settings(tx, "house", Colours()) == ["door", "wall"]
    async with database.transaction(scope) as tx:
        assert await write_settings(tx, "house", Colours()) == []
        assert await forget_settings(tx, "house", ["roof"]) == []
    async with database.transaction(scope) as tx:
        assert [line.action for line in await audit.lines(tx)] == ["tenancy.settings.change"]


async def test_a_value_of_another_version_counts_as_not_set(database: Database, world: Any) -> None:
    class Later(Struct, frozen=True, kw_only=True):
        wall: int = 3

    async with database.transaction(Scope.of_tenant(world.ours.id)) as tx:
        await write_settings(tx, "house", Colours(wall="blue"))
        assert (await read_settings(tx, "house", Later)).wall == 3
        assert (await read_settings(tx, "house", Colours)).wall == "blue"


async def test_a_tenant_cannot_choose_what_the_platform_hides(database: Database, world: Any) -> None:
    async with database.transaction(Scope.of_tenant(world.ours.id)) as tx:
        with pytest.raises(Forbidden):
            await keep_town_settings(tx, TownSettings(k_normal=1))
    async with database.transaction(Scope.town(world.town.id)) as tx:
        await keep_town_settings(tx, TownSettings(k_normal=7))
    async with database.transaction(Scope.of_tenant(world.ours.id)) as tx:
        assert (await town_settings(tx)).k_normal == 7
    async with database.transaction(Scope.of_tenant(world.elsewhere.id)) as tx:
        assert (await town_settings(tx)).k_normal == 5


async def test_the_calendar_of_a_year_leaves_other_years_alone(database: Database, world: Any) -> None:
    new_year, national = date(2026, 1, 1), date(2025, 10, 1)
    first = TownSettings(synthetic_ids=True, holidays=(national, new_year, date(2025, 5, 1)))
    async with database.transaction(Scope.town(world.town.id)) as tx:
        assert "calendar.holidays" in await keep_town_settings(tx, first, 2025)
        await keep_town_settings(tx, TownSettings(holidays=(new_year, date(2026, 5, 1))), 2026)
        assert await keep_town_settings(tx, TownSettings(holidays=(new_year, date(2026, 5, 1))), 2026) == []
        kept = await town_settings(tx)
    assert kept.holidays == (date(2025, 5, 1), national, new_year, date(2026, 5, 1))


def test_a_report_is_due_on_a_working_day() -> None:
    town = TownSettings(
        holidays=(date(2025, 10, 1), date(2025, 10, 2), date(2025, 10, 3), date(2025, 10, 6)),
        worked_weekend_days=(date(2025, 10, 11),),
    )
    assert town.working_day(2025, 10, 1) == date(2025, 10, 7)
    assert town.working_day(2025, 10, 5) == date(2025, 10, 11)
    assert town.working_day(2025, 9, 1) == date(2025, 9, 1)
