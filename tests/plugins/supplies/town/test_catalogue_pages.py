"""The town's catalogue and recalls over HTTP: changed from a day on, readable as it was, called back, taken back."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from core.kernel import clock
from core.testing import TOWN, Visitor
from plugins.supplies.services.catalogue import catalogue_on
from plugins.supplies.services.recalls import recalls_for_unit
from tests.plugins.supplies.conftest import product, publish_at

BASE = f"/town/{TOWN}/supplies"
API = f"/api/v1{BASE}"
CONDOM = f"{BASE}/catalogue/products/CON-M"


def seen_in(page: str) -> str:
    return page.split('name="seen" value="')[1].split('"')[0]


def fields_of(page: str) -> dict[str, str]:
    """What the form would send if nothing was changed."""
    form = page[page.index('<form method="post" action="/town') :]
    texts = dict(re.findall(r'name="(\w+)" type="text" value="([^"]*)"', form))
    ticks = dict(re.findall(r'name="(\w+)" type="checkbox" value="(1)" checked', form))
    chosen = re.findall(r'<select[^>]*name="(\w+)".*?<option value="(\w*)" selected', form, re.DOTALL)
    substitutes = re.findall(r'name="substitutes" type="checkbox" value="([^"]*)" checked', form)
    return {"seen": seen_in(page), **texts, **ticks, **dict(chosen), "substitutes": ",".join(substitutes)}


@pytest.fixture
async def admin(visit) -> Visitor:
    return await visit("town_admin")


async def test_a_changed_limit_holds_from_its_day_and_the_earlier_version_stays(
    admin: Visitor, store
) -> None:
    page = (await admin.get(CONDOM)).text
    told = fields_of(page)
    assert (told["max_per_year"], told["gate"], told["is_anonymous_allowed"]) == ("120", "none", "1")
    day = clock.today() + timedelta(days=40)
    done = await admin.post(CONDOM, told | {"max_per_year": "200", "valid_from": f"{day}"}, follow=True)
    assert done.status_code == 200
    assert "第 1 版" in done.text
    version = (await admin.get(f"{BASE}/catalogue/versions/1")).text
    assert ">120<" in version
    assert ">200<" in version
    assert "系统自带" in (await admin.get(f"{BASE}/catalogue/versions/0")).text
    for absent in ("2", "x", "99999999999", "²", "-1"):
        assert (await admin.get(f"{BASE}/catalogue/versions/{absent}")).status_code == 404
    async with store() as ctx:
        today, then = (await catalogue_on(ctx, ctx.today)), (await catalogue_on(ctx, day))
        assert [each.products["CON-M"].max_per_year for each in (today, then)] == [120, 200]


async def test_substitutes_are_shown_chosen_and_keep_their_order(admin: Visitor, store) -> None:
    pill = f"{BASE}/catalogue/products/COC-LNG21"
    assert "可替代：COC-LNG28、COC-TRI" in (await admin.get(f"{BASE}/catalogue")).text
    page = (await admin.get(pill)).text
    told = fields_of(page)
    assert told["substitutes"] == "COC-LNG28,COC-TRI,COC-NET,COC-MEG"
    assert 'value="COC-LNG21"' not in page
    await admin.post(pill, told | {"substitutes": "POP,COC-TRI"})
    told = fields_of((await admin.get(pill)).text)
    assert told["substitutes"] == "POP,COC-TRI"
    assert "POP、COC-TRI" in (await admin.get(f"{BASE}/catalogue/versions/1")).text
    for wrong in ("COC-LNG21", "NO-SUCH"):
        answer = await admin.post(pill, told | {"substitutes": wrong})
        assert answer.status_code == 400
        assert "本目录中的另一个品种" in answer.text
        assert "#field-substitutes" in answer.text
    await admin.post(pill, told | {"substitutes": ""})
    async with store() as ctx:
        assert (await catalogue_on(ctx, ctx.today)).products["COC-LNG21"].substitutes == ()


async def test_a_catalogue_that_names_what_it_does_not_have_is_changed_all_the_same(
    admin: Visitor, store, platform, town
) -> None:
    condom, pill = product(sku="CON-F", substitutes=("CON-M",)), product(substitutes=("COC-NET", "CON-F"))
    await publish_at(platform, town, 1, [condom, pill])
    path = f"{BASE}/catalogue/products/COC-LNG21"
    told = fields_of((await admin.get(path)).text)
    assert told["substitutes"] == "CON-F"
    answer = await admin.post(path, told | {"name_zh": "改名", "is_sure": "1", "factor_set": "2022"})
    assert answer.status_code == 303
    async with store() as ctx:
        found = (await catalogue_on(ctx, ctx.today)).products
    assert [each.substitutes for each in found.values()] == [(), ("CON-F",)]


async def test_two_who_change_at_once_do_not_undo_each_other(admin: Visitor) -> None:
    told = fields_of((await admin.get(CONDOM)).text)
    assert (await admin.post(CONDOM, told | {"max_per_visit": "30"})).status_code == 303
    late = await admin.post(CONDOM, told | {"max_per_visit": "20"})
    assert late.status_code == 409


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"cyp": "0.0067"}, "cyp"),
        ({"cyp": "1/1200"}, "是否多写了一个零"),
        ({"is_anonymous_allowed": ""}, "避孕套人人可领"),
        ({"gate": "clinician_each"}, "避孕套人人可领"),
        ({"valid_from": "2020-01-01"}, "不得早于今天"),
        ({"max_per_year": "-1"}, "max_per_year"),
        ({"sku": "OTHER"}, "sku"),
    ],
)
async def test_what_cannot_hold_is_told_and_nothing_is_lost(
    admin: Visitor, changes: dict[str, str], message: str
) -> None:
    told = fields_of((await admin.get(CONDOM)).text) | {"name_zh": "避孕套（改）"} | changes
    answer = await admin.post(CONDOM, told)
    assert answer.status_code == 400
    assert message in answer.text
    assert 'value="避孕套（改）"' in answer.text
    assert "第 1 版" not in (await admin.get(f"{BASE}/catalogue")).text


async def test_rules_of_a_place_are_looked_at_before_they_are_laid_over(admin: Visitor) -> None:
    assert (await admin.get(f"{BASE}/catalogue/preset")).status_code == 200
    page = (await admin.get(f"{BASE}/catalogue/preset?preset=xian")).text
    assert "CON-M" in page
    assert "IUD-CU380A" not in page
    told = {"seen": seen_in(page), "preset": "xian", "valid_from": f"{clock.today()}"}
    assert (await admin.post(f"{BASE}/catalogue/preset", told)).status_code == 303
    assert "没有变化" in (await admin.get(f"{BASE}/catalogue/preset?preset=xian")).text


async def test_a_product_is_added_once(admin: Visitor) -> None:
    page = (await admin.get(f"{BASE}/catalogue/new")).text
    told = fields_of(page) | {
        "sku": "RING-1", "name_zh": "阴道环", "name_en": "Ring", "unit_zh": "个", "unit_en": "piece",
        "method": "RING", "gate": "clinician_first", "cyp": "1/15",
    }  # fmt: skip
    assert (await admin.post(f"{BASE}/catalogue/new", told)).status_code == 303
    again = await admin.post(f"{BASE}/catalogue/new", told | {"seen": "1"})
    assert again.status_code == 400
    assert 'value="Ring"' in again.text


async def test_a_recall_holds_in_the_units_until_it_is_taken_back(admin: Visitor, store) -> None:
    told = {"sku": "CON-M", "lot": "0012", "recalled_on": f"{clock.today()}", "reason": "包装渗漏"}
    assert (await admin.post(f"{BASE}/recalls", told, follow=True)).status_code == 200
    assert (await admin.post(f"{BASE}/recalls", told)).status_code == 409
    wrong = await admin.post(f"{BASE}/recalls", told | {"sku": "NO", "lot": "<b>"})
    assert wrong.status_code == 400
    assert 'value="&lt;b&gt;"' in wrong.text
    async with store() as ctx:
        (recall,) = await recalls_for_unit(ctx)
    back = f"{BASE}/recalls/{recall.id}/take-back"
    assert (await admin.post(back)).status_code == 303
    assert (await admin.post(back)).status_code == 409
    async with store() as ctx:
        assert await recalls_for_unit(ctx) == []
    assert (await admin.post(f"{BASE}/recalls", told)).status_code == 303


async def test_an_analyst_reads_and_does_not_publish(visit) -> None:
    analyst = await visit("town_analyst")
    assert (await analyst.get(f"{BASE}/catalogue")).status_code == 200
    assert (await analyst.get(f"{BASE}/recalls")).status_code == 200
    assert (await analyst.get(CONDOM)).status_code in (403, 404)
    station = await visit("station_staff")
    assert (await station.get(f"{BASE}/catalogue")).status_code in (403, 404)


async def test_a_program_publishes_a_whole_catalogue(program) -> None:
    it = await program("town_admin")
    read = (await it.get(f"{API}/catalogue")).json()
    body = {
        "seen": read["latest"], "valid_from": date.max.isoformat(), "factor_set": "2022",
        "products": [{**product, "max_per_30d": 7} for product in read["products"]],
    }  # fmt: skip
    done = await it.send("POST", f"{API}/catalogue", body)
    assert (done.status_code, done.json()["version"]) == (201, 1)
    version = (await it.get(f"{API}/catalogue/versions/1")).json()
    assert {change["field"] for change in version["changes"]} == {"max_per_30d", "factor_set"}
    assert (await it.get(f"{API}/catalogue")).json()["version"] == 0
    twice = await it.send(
        "POST", f"{API}/catalogue", body | {"products": [read["products"][0]] * 2, "seen": 1}
    )
    assert twice.status_code == 400
