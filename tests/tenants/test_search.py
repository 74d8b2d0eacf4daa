"""The search of a unit and of the town: pages by their titles, units and figures for the town, no people there."""

from __future__ import annotations

import pytest

from core.testing import TOWN


async def test_pages_are_found_by_title_pinyin_and_initials(visit) -> None:
    clerk = await visit("station_staff")
    for words in ("通知", "tongzhi", "tz", "noti"):
        assert 'href="/t/t01/notices"' in (await clerk.post("/t/t01/search/look", {"words": words})).text, (
            words
        )
    assert "/t/t01/notices" not in (await clerk.post("/t/t01/search/look", {"words": "通告"})).text
    assert (await clerk.post("/t/t01/search/look", {"words": "  "})).text.strip() == ""


async def test_only_pages_that_she_may_open_are_found(visit) -> None:
    for role, is_found in (("tenant_officer", True), ("medical_staff", False)):
        page = (await (await visit(role)).post("/t/t01/search/look", {"words": "操作记录"})).text
        assert ('href="/t/t01/records"' in page) is is_found, role


async def test_the_page_of_results_works_without_a_script(visit) -> None:
    clerk = await visit("station_staff")
    asked = await clerk.get("/t/t01/search")
    assert 'name="words"' in asked.text
    page = (await clerk.post("/t/t01/search", {"words": "通知"})).text
    assert 'value="通知"' in page
    assert "没有找到" in (await clerk.post("/t/t01/search", {"words": "zzzz"})).text
    assert (await clerk.post("/t/t01/search", {"words": "x" * 201})).status_code == 400


@pytest.mark.requirement("R41")
async def test_words_of_an_address_are_not_looked_for(visit) -> None:
    page = (await (await visit("station_staff")).get("/t/t01/search?words=%E9%80%9A%E7%9F%A5")).text
    assert 'href="/t/t01/notices"' not in page.partition("<main")[2].partition("</main>")[0]


async def test_the_town_finds_units_figures_and_pages(visit, town) -> None:
    admin = await visit("town_admin")
    look = f"/town/{TOWN}/search/look"
    page = (await admin.post(look, {"words": "华星"})).text
    assert f"/tenants/{town.t01.id}" in page
    assert f"/tenants/{town.t02.id}" in page
    assert f"/town/{TOWN}/figures#POP-01" in (await admin.post(look, {"words": "pop-01"})).text
    assert f'href="/town/{TOWN}/notices"' in (await admin.post(look, {"words": "通知"})).text
    opened = await admin.post(f"/town/{TOWN}/search", {"words": "t02"})
    assert opened.headers["Location"].endswith(f"/tenants/{town.t02.id}")
    auditor = await visit("auditor")
    assert "POP-01" not in (await auditor.post(look, {"words": "pop-01"})).text


async def test_a_program_of_the_town_finds_the_same(program, town) -> None:
    admin = await program("town_admin")
    hits = (await admin.send("POST", f"/api/v1/town/{TOWN}/search", {"words": "T02"})).json()["hits"]
    assert [hit["address"] for hit in hits if hit["is_exact"]] == [f"/town/{TOWN}/tenants/{town.t02.id}"]


async def test_single_keys_are_switched_off_for_an_account(visit) -> None:
    clerk, other = await visit("station_staff"), await visit("tenant_officer")
    assert 'data-keys="on"' in (await clerk.get("/t/t01")).text
    await clerk.get("/me")
    assert (await clerk.post("/me/keys")).headers["Location"] == "/me"
    assert 'data-keys="off"' in (await clerk.get("/t/t01")).text
    assert 'data-keys="on"' in (await other.get("/t/t01")).text
    await clerk.post("/me/keys", {"has_keys": "1"})
    assert 'data-keys="on"' in (await clerk.get("/help/keys")).text
    assert (await (await visit()).get("/help/keys")).headers["Location"].startswith("/sign-in")
