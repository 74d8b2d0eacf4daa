"""The page of the association itself, and the switch of its service modules."""

from __future__ import annotations

from datetime import date

from core.host.offers import offer_plugin
from core.kernel import audit
from core.kernel.scope import Scope
from core.tenancy.firms import add_firm, end_firm
from core.tenancy.units import add_unit


async def test_it_says_who_the_unit_is(visit, in_tenant) -> None:
    async with in_tenant() as tx:
        await add_firm(tx, name_zh="华星制衣有限公司", short_zh="华星", former_zh="华兴制衣厂")
        gone = await add_firm(tx, name_zh="旧厂")
        await end_firm(tx, gone.id, date(2025, 6, 1))
        await add_unit(tx, "一车间")
    page = (await (await visit("tenant_reporter")).get("/t/t01/association")).text
    for words in ("企业协会", "华星", "原名 华兴制衣厂", "服务中", "2025年6月1日", "一车间", "报表员"):
        assert words in page


async def test_what_is_empty_says_what_belongs_there(visit) -> None:
    page = (await (await visit("station_staff")).get("/t/t01/association")).text
    assert page.count('class="empty"') == 2


async def test_the_officer_switches_a_module_off_and_on_at_once(visit, in_tenant) -> None:
    officer, clerk = await visit("tenant_officer"), await visit("station_staff")
    page = (await officer.post("/t/t01/association/modules/lantern", {"to": "off"}, follow=True)).text
    assert "服务模块已停用" in page
    assert (await clerk.get("/t/t01/lantern")).status_code == 404
    assert (await (await visit("station_staff.t02")).get("/t/t02/lantern")).status_code == 200
    await officer.post("/t/t01/association/modules/lantern", {"to": "on"})
    assert (await clerk.get("/t/t01/lantern")).status_code == 200
    async with in_tenant() as tx:
        actions = [line.action for line in await audit.lines(tx, limit=2)]
    assert actions == ["tenancy.plugin.switch-on", "tenancy.plugin.switch-off"]


async def test_a_required_module_is_marked_and_stays_on(platform, town, visit) -> None:
    async with platform.database.transaction(Scope.town(town.region.id)) as tx:
        await offer_plugin(tx, town.region.id, platform.registry, "lantern", "required")
    officer = await visit("tenant_officer")
    page = (await officer.get("/t/t01/association")).text
    assert "镇协会规定必用" in page
    assert "modules/lantern" not in page
    assert (await officer.post("/t/t01/association/modules/lantern", {"to": "off"})).status_code == 409
    assert (await officer.get("/t/t01/lantern")).status_code == 200


async def test_colleagues_see_the_modules_without_a_switch(visit) -> None:
    page = (await (await visit("station_staff")).get("/t/t01/association")).text
    assert "灯笼" in page
    assert "association/modules/" not in page


async def test_a_module_that_is_not_offered_cannot_be_switched(visit) -> None:
    officer = await visit("tenant_officer")
    assert (await officer.post("/t/t01/association/modules/nothing", {"to": "on"})).status_code == 404
    assert (await officer.post("/t/t01/association/modules/lantern", {"to": "sideways"})).status_code == 400
    extra = {"to": "off", "tenant_id": "x"}
    assert (await officer.post("/t/t01/association/modules/lantern", extra)).status_code == 400
