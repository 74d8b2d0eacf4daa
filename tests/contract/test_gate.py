"""THE gate, at every address that there is: of the platform and of every installed plug-in."""

from __future__ import annotations

import pytest

from core.app import Platform
from core.host.offers import withdraw_plugin
from core.kernel.scope import Scope
from core.testing import Town
from tests.contract.conftest import Knock
from tests.contract.places import doors, of_plugins

# The plug-in of the suite fails on purpose at these, after it was let in.
FAILING = {"GET /t/{tenant_slug}/lantern/broken": 500, "GET /t/{tenant_slug}/lantern/slow": 503}


@pytest.mark.requirement("R01")
async def test_who_may_is_let_in(platform: Platform, knock: Knock) -> None:
    wrong: list[str] = []
    for door in doors(platform):
        for role in door.may:
            status = (await knock(role, door)).status_code
            fine = {200, 201, 204, 303, 400, 409} | ({404} if door.names_something else set())
            if status not in fine | {FAILING.get(str(door), 200)}:
                wrong.append(f"{door} as {role}: {status}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.requirement("R04")
async def test_every_address_can_be_reached_by_somebody(platform: Platform) -> None:
    assert [str(door) for door in doors(platform) if not door.may] == []


@pytest.mark.requirement("R06")
async def test_a_colleague_without_the_permission_is_told_so(platform: Platform, knock: Knock) -> None:
    wrong: list[str] = []
    for door in doors(platform):
        for role in door.may_not:
            status = (await knock(role, door)).status_code
            if status != 403:
                wrong.append(f"{door} as {role}: {status}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.requirement("R01", "R05")
async def test_an_outsider_finds_nothing(platform: Platform, knock: Knock) -> None:
    wrong: list[str] = []
    for door in doors(platform):
        role = (door.may or ("station_staff",))[0]
        outsiders = ["stranger", f"{role}.t02" if door.is_of_tenant else "station_staff"]
        outsiders += ["town_admin"] if door.is_of_tenant else ["tenant_officer"]
        for outsider in outsiders:
            status = (await knock(outsider, door)).status_code
            if status != 404:
                wrong.append(f"{door} as {outsider}: {status}")
    assert not wrong, "\n".join(wrong)


async def test_nobody_is_asked_to_sign_in_first(platform: Platform, knock: Knock) -> None:
    wrong: list[str] = []
    for door in doors(platform):
        answer = await knock("", door)
        if not door.is_api and door.address.method == "GET":
            is_right = answer.status_code == 303 and answer.headers["Location"].startswith("/sign-in?next=")
        else:
            is_right = answer.status_code == 401
        if not is_right:
            wrong.append(f"{door}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


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
