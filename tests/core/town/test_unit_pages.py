"""The town opens a unit in one form, looks after it and after its own staff."""

from __future__ import annotations

import re

import msgspec
import pytest

from core.app import PROFILES, plugins
from core.host.offers import withdraw_plugin
from core.host.profiles import read_profiles
from core.identity.accounts import account_by_login
from core.identity.memberships import list_members
from core.kernel import audit
from core.kernel.errors import Misconfigured
from core.kernel.scope import Scope
from core.tenancy.activations import switched_on
from core.tenancy.tenants import tenant_by_code
from core.tenancy.units import list_units
from core.testing import TOWN, without_chance

UNITS = f"/town/{TOWN}/tenants"
STAFF = f"/town/{TOWN}/staff"
CODE = re.compile(r"/invitation/([0-9A-Z]{26})")
NEW = "violet harbour seven stones"
UNIT = {
    "code": "T03",
    "kind": "enterprise_association",
    "name_zh": "新苗电子职工服务协会",
    "name_en": "Xinmiao Electronics Workers' Service Association",
    "opened_on": "2025-06-01",
    "profile": "enterprise",
    "officer": "周明",
    "officer_login": "zhouming",
}


def test_every_starter_profile_fits_the_installed_modules() -> None:
    registry, profiles = plugins(), read_profiles(PROFILES)
    assert {kind for profile in profiles for kind in profile.kinds} == {
        "enterprise_association",
        "joint_branch",
        "town_station",
    }
    for profile in profiles:
        assert profile.title("zh") != profile.title("en")
        assert set(profile.settings) <= set(profile.modules)
        for name, values in profile.settings.items():
            entry = registry.get(name)
            if entry is not None:
                assert entry.settings is not None
                assert set(values) <= set(entry.settings.__struct_fields__), profile.name
                msgspec.convert(values, entry.settings)


def test_a_broken_profile_names_its_file(tmp_path) -> None:
    (tmp_path / "odd.toml").write_text('title_zh = "甲"\ncolour = "red"\n', encoding="utf-8")
    with pytest.raises(Misconfigured, match="cannot be used"):
        read_profiles(tmp_path)


async def test_one_form_opens_a_unit_and_the_officer_comes_in(platform, town, visit) -> None:
    admin = await visit("town_admin")
    assert 'value="T03"' in (await admin.get(f"{UNITS}/open")).text
    proposed = (await admin.post(f"{UNITS}/open", {**UNIT, "officer_login": ""})).text
    assert 'value="zhouming"' in proposed
    assert "T03" not in without_chance((await admin.get(UNITS)).text)
    await admin.get(f"{UNITS}/open")
    opened = (await admin.post(f"{UNITS}/open", UNIT)).text
    assert "http://localhost:8000/t/t03/" in opened
    again = CODE.search((await admin.post(f"{UNITS}/open", UNIT)).text)
    assert again, "the same words complete it"
    async with platform.database.transaction(Scope.town(town.region.id)) as tx:
        unit = await tenant_by_code(tx, "T03")
    assert unit is not None
    async with platform.database.transaction(Scope.of_tenant(unit.id)) as tx:
        assert "registration" in await switched_on(tx)
        assert len(await list_units(tx)) == 3
        assert [(each.login, each.role) for each in await list_members(tx)] == [
            ("zhouming", "tenant_officer")
        ]
    officer = await visit()
    await officer.get(f"/invitation/{again[1]}")
    await officer.post(f"/invitation/{again[1]}", {"password": NEW, "again": NEW})
    assert (await officer.get("/t/t03")).status_code == 200
    assert (await officer.get("/t/t01")).status_code == 404


async def test_a_form_that_cannot_be_used_opens_nothing(platform, town, visit) -> None:
    admin = await visit("town_admin")
    await admin.get(f"{UNITS}/open")
    for change in (
        {"code": "T01"},
        {"code": "T 3"},
        {"profile": "town-station"},
        {"profile": "nothing"},
        {"officer_login": "station_staff"},
        {"opened_on": "soon"},
        {"kind": "factory"},
    ):
        assert (await admin.post(f"{UNITS}/open", {**UNIT, **change})).status_code == 400, change
    async with platform.database.transaction(Scope.town(town.region.id)) as tx:
        assert await tenant_by_code(tx, "T03") is None
        assert await account_by_login(tx, "zhouming") is None
        unit = await tenant_by_code(tx, "T01")
    assert unit is not None
    assert unit.name_zh == town.t01.name_zh


async def test_a_module_that_is_not_offered_is_skipped_and_told(platform, town, visit) -> None:
    async with platform.database.transaction(Scope.town(town.region.id)) as tx:
        await withdraw_plugin(tx, town.region.id, "registration")
    admin = await visit("town_admin")
    await admin.get(f"{UNITS}/open")
    assert "以下服务模块未启用" in (await admin.post(f"{UNITS}/open", UNIT)).text


async def test_the_town_names_serves_appoints_and_closes(platform, town, visit) -> None:
    admin = await visit("town_admin")
    unit = f"{UNITS}/{town.t01.id}"
    page = (await admin.get(unit)).text
    assert "tenant officer" in page
    assert "station staff" not in page, "the unit's own people are its own business"
    await admin.post(f"{unit}/names", {"name_zh": "华星协会", "name_en": "Huaxing"})
    assert "华星协会" in (await (await visit("station_staff")).get("/me")).text
    bad = {"name_zh": "新厂", "uscc": "91000002MAGCL8W07X", "served_from": "2025-01-01"}
    assert (await admin.post(f"{unit}/firms", bad)).status_code == 400
    await admin.post(f"{unit}/firms", {**bad, "uscc": "91000002magcl8w07y", "industry": "c"})
    page = (await admin.get(unit)).text
    firm = re.search(rf'action="({unit}/firms/[^"]+)"', page)
    assert firm
    assert "91000002MAGCL8W07Y" in page
    assert (await admin.post(firm[1], {"served_to": "2024-01-01"})).status_code == 400
    assert (await admin.post(firm[1], {"served_to": "2025-09-01"})).status_code == 303
    new = {"name": "许安", "login": "xuan", "role": "rights_consultant"}
    assert CODE.search((await admin.post(f"{unit}/staff", new)).text)
    assert (await admin.post(f"{unit}/staff", {**new, "role": "station_staff"})).status_code == 400
    async with platform.database.transaction(Scope.of_tenant(town.t01.id)) as tx:
        lines = await audit.lines(tx)
    assert {"tenancy.firm.add", "tenancy.firm.end", "identity.role.grant"} <= {line.action for line in lines}
    assert (await admin.get(f"{unit}/close")).status_code == 200
    assert (await admin.post(f"{unit}/close", {"closed_on": "2024-01-01"})).status_code == 400
    assert (await admin.post(f"{unit}/close", {"closed_on": "2025-12-31"})).status_code == 303
    assert (await (await visit("auditor")).get(unit)).status_code == 403
    assert (await admin.get(f"{UNITS}/{town.region.id}")).status_code == 404


async def test_the_town_takes_on_changes_and_lets_go(platform, visit) -> None:
    admin = await visit("town_admin")
    await admin.get(f"{STAFF}/add")
    new = {"name": "许安", "login": "xuan", "role": "town_analyst"}
    assert CODE.search((await admin.post(f"{STAFF}/add", new)).text)
    assert (await admin.post(f"{STAFF}/add", {**new, "role": "station_staff"})).status_code == 400
    async with platform.database.transaction(Scope.nobody()) as tx:
        account, own = await account_by_login(tx, "xuan"), await account_by_login(tx, "town_admin")
    assert account is not None
    assert own is not None
    analyst = await visit("town_analyst")
    hers = f"{STAFF}/{account.id}"
    await admin.get(hers)
    await admin.post(f"{hers}/roles", {"role": "auditor"})
    assert (await admin.get(f"{hers}/roles/auditor")).status_code == 200
    await admin.post(f"{hers}/roles/auditor")
    assert (await admin.post(f"{hers}/leave")).status_code == 303
    assert (await admin.get(hers)).status_code == 404
    for path in ("leave", "roles/town_admin"):
        assert (await admin.post(f"{STAFF}/{own.id}/{path}")).status_code == 409
    assert (await analyst.get(STAFF)).status_code == 403
    assert CODE.search((await admin.post(f"{STAFF}/link", {"login": "station_staff.t02"})).text)
    assert (await admin.post(f"{STAFF}/link", {"login": "nobody"})).status_code == 400
