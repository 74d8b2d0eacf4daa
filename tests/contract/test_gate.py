"""THE gate at addresses that are switched off; who may and who may not is asked in `tests/walls`."""

from __future__ import annotations

import pytest

from core.app import Platform
from core.host.offers import withdraw_plugin
from core.kernel.scope import Scope
from core.testing import Town
from tests.contract.conftest import Knock
from tests.contract.places import doors, of_plugins


@pytest.mark.requirement("R04")
async def test_every_address_can_be_reached_by_somebody(platform: Platform) -> None:
    assert [str(door) for door in doors(platform) if not door.may] == []


async def test_what_is_off_is_not_there_for_anybody(platform: Platform, town: Town, knock: Knock) -> None:
    async with platform.database.transaction(Scope.town(town.region.id)) as tx:
        for entry in platform.registry.plugins:
            await withdraw_plugin(tx, town.region.id, entry.name)
    wrong: list[str] = []
    for door in of_plugins(platform):
        for role in (*door.may, *door.may_not):
            status = (await knock(role, door)).status_code
            if status != 404:
                wrong.append(f"{door} as {role}: {status}")
    assert not wrong, "\n".join(wrong)


async def test_what_is_off_stands_in_no_navigation(platform: Platform, town: Town, visit) -> None:
    async with platform.database.transaction(Scope.town(town.region.id)) as tx:
        for entry in platform.registry.plugins:
            await withdraw_plugin(tx, town.region.id, entry.name)
    for login, path in (("station_staff", "/t/t01"), ("town_admin", f"/town/{town.region.code}")):
        page = (await (await visit(login)).get(path)).text
        for entry in platform.registry.plugins:
            assert f"{path}/{entry.name}" not in page
