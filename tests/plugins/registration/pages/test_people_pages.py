"""The counter in a browser without script: find, register, open, correct, move, each kept when it goes wrong."""

from __future__ import annotations

import html
import re
from collections.abc import Awaitable, Callable
from urllib.parse import unquote
from uuid import UUID

import pytest

from core.testing import Town, Visitor
from plugins.registration.services.registering import register
from tests.plugins.registration.conftest import Counter, registration, resident

Visit = Callable[..., Awaitable[Visitor]]

BASE = "/t/t01/registration"
NEW = {"name": "李小红", "phone": "13700137000", "village": "东村", "day": "2026-11-03", "is_floating": "1"}


@pytest.fixture
async def clerk(counter: Counter, visit: Visit) -> Visitor:
    return await visit("station_staff")


@pytest.fixture
async def person(counter: Counter) -> UUID:
    async with counter() as ctx:
        return await register(ctx, registration())


async def test_an_empty_register_says_what_belongs_here(clerk: Visitor) -> None:
    answer = await clerk.get(f"{BASE}/people")
    assert answer.status_code == 200
    assert f"{BASE}/register" in answer.text
    assert f"{BASE}/roster" in answer.text


async def test_registering_leads_to_her_page(clerk: Visitor) -> None:
    await clerk.get(f"{BASE}/register")
    answer = await clerk.post(f"{BASE}/register", NEW, follow=True)
    assert re.fullmatch(rf"{BASE}/people/[0-9a-f-]{{36}}", answer.url.path)
    assert "李小红" in answer.text
    assert "登记完成" in answer.text
    listed = await clerk.post(f"{BASE}/people/search", {"q": "lxh"})
    assert "李小红" in listed.text
    assert "登记完成" not in listed.text


async def test_what_was_typed_is_kept_when_something_is_missing(clerk: Visitor) -> None:
    await clerk.get(f"{BASE}/register")
    typed = {**NEW, "village": "", "number": "123", "day": "2099-1-1"}
    answer = await clerk.post(f"{BASE}/register", typed)
    assert answer.status_code == 400
    assert 'value="李小红"' in answer.text
    assert {"#field-village", "#field-day"} <= set(re.findall(r'href="(#field-\w+)"', answer.text))
    assert "李小红" not in (await clerk.get(f"{BASE}/people")).text


async def test_a_known_number_opens_the_existing_record(clerk: Visitor, person: UUID) -> None:
    await clerk.get(f"{BASE}/register")
    answer = await clerk.post(f"{BASE}/register", {**NEW, "number": resident(7).number}, follow=True)
    assert answer.url.path == f"{BASE}/people/{person}"


async def test_near_matches_are_compared_before_she_is_saved(clerk: Visitor, person: UUID) -> None:
    await clerk.get(f"{BASE}/register")
    twin = {**NEW, "name": "王小明"}
    shown = await clerk.post(f"{BASE}/register", twin)
    assert shown.status_code == 200
    assert f"{BASE}/people/{person}" in shown.text
    assert 'name="is_acknowledged"' in shown.text
    answer = await clerk.post(f"{BASE}/register", {**twin, "is_acknowledged": "1"}, follow=True)
    assert answer.url.path not in (f"{BASE}/register", f"{BASE}/people/{person}")


async def test_elsewhere_is_said_without_where(clerk: Visitor, counter: Counter, town: Town) -> None:
    async with counter(town.t02) as ctx:
        await register(ctx, registration())
    await clerk.get(f"{BASE}/register")
    looked = await clerk.post(f"{BASE}/register/look", {"number": resident(7).number, "id_type": "01"})
    assert "别处" in looked.text
    assert "T02" not in looked.text
    assert "王小明" not in looked.text


async def test_she_is_found_as_one_types(clerk: Visitor, person: UUID) -> None:
    for text in ("王小", "wangxiaom", "wxm", resident(7).number[-4:], "13800138000", "8000"):
        answer = await clerk.post(f"{BASE}/people/search", {"q": text})
        assert str(person) in answer.text, text
        kept = answer.headers["HX-Replace-Url"]
        assert text not in unquote(kept)
        assert str(person) in (await clerk.get(kept)).text
        assert str(person) not in (await clerk.get(f"{kept}&present=no")).text
    theirs = (await clerk.post(f"{BASE}/people/search", {"q": "王小"})).headers["HX-Replace-Url"]
    assert (await clerk.get(theirs.replace("words=", "words=x"))).status_code == 400


async def test_filters_narrow_the_list(clerk: Visitor, person: UUID) -> None:
    for query, is_there in (("present=yes", True), ("present=no", False), ("arrived=1", True)):
        answer = await clerk.get(f"{BASE}/people?{query}")
        assert (str(person) in answer.text) is is_there, query


async def test_pages_of_the_list_lead_on(clerk: Visitor, counter: Counter) -> None:
    async with counter() as ctx:
        for number in range(53):
            draft = registration(name=f"人{number:02d}", document=None, phone=f"138{number:08d}")
            await register(ctx, draft)
    first = await clerk.get(f"{BASE}/people")
    more = re.search(rf'href="({BASE}/people\?after=[^"]+)"', first.text)
    assert more is not None
    second = await clerk.get(more[1].replace("&amp;", "&"))
    links = rf"{BASE}/people/[0-9a-f-]{{36}}"
    shown = [set(re.findall(links, page.text)) for page in (first, second)]
    assert (len(shown[0]), len(shown[1]), shown[0] & shown[1]) == (50, 3, set())


async def test_her_page_answers_who_and_what_next(clerk: Visitor, person: UUID) -> None:
    page = await clerk.get(f"{BASE}/people/{person}")
    assert page.status_code == 200
    assert "36 岁" in page.text
    assert resident(7).number not in page.text
    for path in ("move", "offer", "permit", "edit", "opt-out"):
        assert f"{BASE}/people/{person}/{path}" in page.text
        assert (await clerk.get(f"{BASE}/people/{person}/{path}")).status_code == 200


@pytest.mark.requirement("R43", "R45")
async def test_a_number_in_clear_is_asked_for_and_noted(clerk: Visitor, person: UUID) -> None:
    await clerk.get(f"{BASE}/people/{person}")
    answer = await clerk.post(f"{BASE}/people/{person}/reveal", {"field": "document"})
    assert resident(7).number in answer.text
    again = await clerk.get(f"{BASE}/people/{person}")
    assert resident(7).number not in again.text
    assert "station staff" in again.text


async def test_confirming_permits_and_moving_come_back_to_her_page(clerk: Visitor, person: UUID) -> None:
    page = f"{BASE}/people/{person}"
    await clerk.get(page)
    acts = (
        ("confirm", {"contact_verified": "1"}),
        ("permit", {"kind": "APPLY", "day": ""}),
        ("consent", {"purpose": "TRANSFER", "to": "give"}),
        ("consent", {"purpose": "TRANSFER", "to": "withdraw"}),
        ("move", {"kind": "TEMP_LEAVE", "day": "2026-11-04", "reason": "HOLIDAY"}),
        ("move", {"kind": "RETURN", "day": "2026-11-06"}),
        ("move", {"kind": "OPT_OUT"}),
    )
    for path, fields in acts:
        answer = await clerk.post(f"{page}/{path}", fields)
        assert (answer.status_code, answer.headers.get("Location")) == (303, page), path
    shown = await clerk.get(page)
    assert "退出登记" in shown.text


async def test_a_movement_that_does_not_fit_keeps_what_was_typed(clerk: Visitor, person: UUID) -> None:
    await clerk.get(f"{BASE}/people/{person}/move")
    answer = await clerk.post(f"{BASE}/people/{person}/move", {"kind": "RETURN", "day": "2026-11-04"})
    assert answer.status_code == 409
    assert 'value="2026-11-04"' in answer.text


async def test_a_correction_is_saved_section_by_section(clerk: Visitor, person: UUID) -> None:
    edit = f"{BASE}/people/{person}/edit"
    await clerk.get(edit)
    await clerk.post(f"{edit}/identity", {"version": "1", "name": "王晓明", "sex": "2", "is_floating": "1"})
    await clerk.post(f"{edit}/contact", {"version": "2", "phone": "13900139000"})
    await clerk.post(f"{edit}/residence", {"version": "1", "village": "西村", "dwelling": "OWNED"})
    shown = await clerk.get(f"{BASE}/people/{person}")
    assert "王晓明" in shown.text
    assert "西村" in shown.text
    assert "••••00" in shown.text


@pytest.mark.requirement("R35")
async def test_a_second_editor_overwrites_nothing(clerk: Visitor, person: UUID) -> None:
    edit = f"{BASE}/people/{person}/edit"
    await clerk.get(edit)
    told = {"version": "1", "sex": "2", "is_floating": "1"}
    assert (await clerk.post(f"{edit}/identity", {**told, "name": "第一"})).status_code == 303
    answer = await clerk.post(f"{edit}/identity", {**told, "name": "第二"})
    assert answer.status_code == 409
    assert 'value="第二"' in answer.text
    assert "第一" in (await clerk.get(f"{BASE}/people/{person}")).text


@pytest.mark.requirement("R29")
async def test_the_export_is_what_is_shown_and_harmless(clerk: Visitor, counter: Counter) -> None:
    async with counter() as ctx:
        await register(ctx, registration(name='=HYPERLINK("x")', document=resident(9)))
    answer = await clerk.get(f"{BASE}/exports/people/csv?present=yes")
    text = answer.content.decode("utf-8-sig")
    assert "'=HYPERLINK" in text
    assert resident(9).number not in text
    assert resident(9).number[-2:] in text
    book = await clerk.get(f"{BASE}/exports/people/xlsx")
    assert book.content.startswith(b"PK")
    assert "attachment" in book.headers["Content-Disposition"]


async def test_the_reader_chooses_order_and_columns_and_the_file_has_the_same(
    clerk: Visitor, counter: Counter
) -> None:
    async with counter() as ctx:
        for number, name in ((1, "安一"), (2, "边二")):
            await register(ctx, registration(name=name, document=resident(number)))
    asked = "sort=-name&columns=sex&columns=firm"
    page = (await clerk.get(f"{BASE}/people?{asked}")).text
    assert page.index("边二") < page.index("安一")
    heads = [
        re.sub(r"<.*?>", "", head).strip()
        for head in re.findall(r'<th scope="col"[^>]*>(.*?)</th>', page, re.S)
    ]
    assert heads == ["", "姓名", "性别", "企业"]
    assert 'aria-sort="descending"' in page
    file = re.search(r'href="([^"]*exports/people/csv[^"]*)"', page)
    assert file is not None
    lines = (await clerk.get(html.unescape(file[1]))).content.decode("utf-8-sig").splitlines()
    assert lines[0] == '"姓名","性别","企业"'
    assert [line.split(",")[0] for line in lines[1:]] == ['"边二"', '"安一"']


async def test_several_are_confirmed_at_once_but_nobody_of_another_unit(
    clerk: Visitor, visit: Visit, counter: Counter, person: UUID
) -> None:
    async with counter() as ctx:
        other = await register(ctx, registration(name="边二", document=resident(2)))
    await clerk.get(f"{BASE}/people")
    picked = {"picked": [str(person), str(other)]}
    answer = await clerk.post(f"{BASE}/people/confirm", picked, follow=True)
    assert "已确认今天仍在住：2 人" in answer.text
    for one in (person, other):
        assert "仍在住" in (await clerk.get(f"{BASE}/people/{one}")).text
    assert "请先勾选" in (await clerk.post(f"{BASE}/people/confirm", {}, follow=True)).text
    neighbour = await visit("station_staff.t02")
    await neighbour.get("/", follow=True)
    theirs = "/t/t02/registration/people/confirm"
    assert (await neighbour.post(theirs, {"picked": [str(person)]})).status_code == 404


async def test_home_counts_the_month_and_offers_the_counter(clerk: Visitor, person: UUID) -> None:
    home = await clerk.get("/t/t01/", follow=True)
    assert f"{BASE}/register" in home.text
    for month in ("", "2026-10", "0001-01", "October"):
        book = await clerk.get(f"{BASE}/book?month={month}")
        assert book.status_code == 200, month


@pytest.mark.requirement("R06")
async def test_others_see_what_their_role_sees(visit: Visit, counter: Counter, person: UUID) -> None:
    seen = {
        "tenant_officer": (404, ""),
        "medical_staff": (200, "东村"),
        "rights_consultant": (200, "8000"),
        "tenant_reporter": (403, ""),
        "station_staff.t02": (404, ""),
    }
    for role, (status, hidden) in seen.items():
        visitor = await visit(role)
        page = await visitor.get(f"{BASE}/people/{person}")
        assert page.status_code == status, role
        assert not hidden or hidden not in page.text, role
        assert f"{BASE}/people/{person}/edit" not in page.text
        for path in ("edit", "move", "offer"):
            assert (await visitor.get(f"{BASE}/people/{person}/{path}")).status_code in (403, 404), role


@pytest.mark.requirement("R06")
async def test_the_officer_sees_her_own_employees_basics(visit: Visit, counter: Counter) -> None:
    async with counter() as ctx:
        person = await register(ctx, registration(is_employee=True))
    officer = await visit("tenant_officer")
    page = await officer.get(f"{BASE}/people/{person}")
    assert page.status_code == 200
    assert "王小明" in page.text
    assert "东村" not in page.text
    assert "1990年1月1日" not in page.text


async def test_english_readers_get_english(visit: Visit, person: UUID) -> None:
    visitor = await visit("station_staff")
    await visitor.post("/language", {"language": "en", "next": "/"})
    page = await visitor.get(f"{BASE}/people/{person}")
    assert "Still here, contact verified" in page.text
