"""The town offers, requires and withdraws service modules; refused ones stand there with their reason."""

from __future__ import annotations

import importlib

import pytest

from core.app import open_platform
from core.host.discovery import Found
from core.testing import TOWN, Visitor

MODULES = f"/town/{TOWN}/plugins"


async def test_require_asks_first_then_is_on_everywhere(visit, in_tenant) -> None:
    admin, officer = await visit("town_admin"), await visit("tenant_officer")
    await officer.post("/t/t01/association/modules/lantern", {"to": "off"})
    question = (await admin.get(f"{MODULES}/lantern/require")).text
    assert "尚未启用的 1 个单位将立即启用" in question
    assert (await officer.get("/t/t01/lantern")).status_code == 404
    page = (await admin.post(f"{MODULES}/lantern/require", follow=True)).text
    assert "已设为必用" in page
    assert (await officer.get("/t/t01/lantern")).status_code == 200


async def test_withdraw_tells_what_goes_and_is_off_everywhere(visit) -> None:
    admin, clerk = await visit("town_admin"), await visit("station_staff")
    question = (await admin.get(f"{MODULES}/lantern/withdraw")).text
    assert "2 个单位将立即停用" in question
    assert "不会丢失任何数据" in question
    assert (await clerk.get("/t/t01/lantern")).status_code == 200
    await admin.post(f"{MODULES}/lantern/withdraw")
    assert (await clerk.get("/t/t01/lantern")).status_code == 404
    assert "未提供" in (await admin.get(MODULES)).text
    await admin.post(f"{MODULES}/lantern/offer")
    assert (await clerk.get("/t/t01/lantern")).status_code == 200


async def test_others_of_the_town_look_but_do_not_touch(visit) -> None:
    analyst = await visit("town_analyst")
    page = (await analyst.get(MODULES)).text
    assert "灯笼" in page
    assert "/lantern/offer" not in page
    assert (await analyst.post(f"{MODULES}/lantern/withdraw")).status_code == 403


@pytest.mark.parametrize("act", ["offer", "require"])
async def test_what_is_not_installed_cannot_be_offered(visit, act: str) -> None:
    admin = await visit("town_admin")
    assert (await admin.post(f"{MODULES}/nothing/{act}")).status_code == 404
    assert (await admin.get(f"{MODULES}/nothing/require")).status_code == 404


async def test_faults_are_counted(visit) -> None:
    admin, nurse = await visit("town_admin"), await visit("medical_staff")
    assert "本次启动以来" not in (await admin.get(MODULES)).text
    await nurse.get("/t/t01/lantern/broken")
    assert "本次启动以来" in (await admin.get(MODULES)).text


async def test_a_refused_module_stands_there_with_its_reason(platform, installed_plugins, browse) -> None:
    found = [*installed_plugins, Found("crooked", lambda: importlib.import_module("tests.lantern"))]
    async with open_platform(platform.settings, found=found) as other:
        admin: Visitor = await browse(other)
        page = (await admin.get(MODULES)).text
        assert "crooked" in page
        assert "plugin.py has no object" in page
        assert (await admin.post(f"{MODULES}/crooked/offer")).status_code == 404
        assert (await admin.get("/")).status_code == 303
