"""The register form for fast hands: number first, what it tells, what was chosen last; also without script."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import date
from uuid import UUID

import pytest

from core.people.documents import check_character
from core.testing import Program, Town, Visitor
from plugins.registration.services.registering import register
from tests.plugins.registration.conftest import Counter, registration, resident

Visit = Callable[..., Awaitable[Visitor]]

BASE = "/t/t01/registration"
FORM = f"{BASE}/register"
NEW = {"name": "李小红", "phone": "13700137000", "village": "东村", "day": "2026-11-03", "is_floating": "1"}
PLACE = {"village": "东村", "dwelling": "DORM_ENTERPRISE", "purpose": "WORK"}
ENTER = {"step": "look", "is_floating": "1", "sex": "9", "id_type": "01"}
"""What a browser sends of an empty form when somebody presses Enter in the number."""


@pytest.fixture
async def clerk(counter: Counter, visit: Visit) -> Visitor:
    """Where somebody lives in 东村 already."""
    async with counter() as ctx:
        await register(ctx, registration(name="郑一", document=None, phone="13500000001"))
    visitor = await visit("station_staff")
    await visitor.get(FORM)
    return visitor


def shown(page: str, name: str) -> str:
    """The value of a field as the page has it."""
    if found := re.search(rf'<input id="field-{name}"[^>]*? value="([^"]*)"', page):
        return found[1]
    inside = page.partition(f'id="field-{name}"')[2].partition("</select>")[0]
    chosen = re.search(r'value="([^"]*)" selected', inside)
    return chosen[1] if chosen else ""


async def test_enter_in_the_number_fills_what_it_tells_and_goes_on_to_the_name(clerk: Visitor) -> None:
    first = "43052219900615002"
    answer = await clerk.post(FORM, {**ENTER, "number": first + check_character(first)})
    assert answer.status_code == 200
    told = {name: shown(answer.text, name) for name in ("sex", "birth_date", "origin")}
    assert told == {"sex": "2", "birth_date": "1990-06-15", "origin": "43"}
    assert re.search(r'id="field-name"[^>]*autofocus', answer.text)
    assert not re.search(r'id="field-number"[^>]*autofocus', answer.text)
    said = await clerk.post(FORM, {**ENTER, "number": first + check_character(first), "sex": "1"})
    assert shown(said.text, "sex") == "1"


async def test_enter_in_the_number_opens_whom_it_names(clerk: Visitor, counter: Counter) -> None:
    async with counter() as ctx:
        person = await register(ctx, registration())
    number = resident(7).number
    for typed in ({**ENTER, "number": number}, {**ENTER, **NEW, "village": "", "number": number}):
        answer = await clerk.post(FORM, typed)
        assert answer.headers["Location"] == f"{BASE}/people/{person}"
    looked = await clerk.post(f"{FORM}/look", {**ENTER, "number": number})
    assert "data-focus" in looked.text
    assert str(person) not in (await clerk.post(f"{FORM}/look", {**ENTER, "number": resident(8).number})).text


async def test_a_mistyped_number_is_told_at_once_and_asked_for_nowhere(
    clerk: Visitor, counter: Counter, town: Town
) -> None:
    async with counter(town.t02) as ctx:
        await register(ctx, registration())
    number = resident(7).number
    wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
    answer = await clerk.post(FORM, {**ENTER, "number": wrong})
    assert answer.status_code == 400
    assert shown(answer.text, "number") == wrong
    assert "#field-number" in answer.text
    looked = await clerk.post(f"{FORM}/look", {**ENTER, "number": wrong})
    assert "别处" not in looked.text
    assert "data-fill" not in looked.text
    assert "别处" in (await clerk.post(f"{FORM}/look", {**ENTER, "number": number})).text


async def test_enter_with_more_than_a_number_registers(clerk: Visitor) -> None:
    answer = await clerk.post(FORM, {**ENTER, **NEW, "number": resident(3).number})
    assert re.fullmatch(rf"{BASE}/people/[0-9a-f-]{{36}}", answer.headers["Location"])


async def test_the_button_says_what_is_missing_beside_a_number(clerk: Visitor) -> None:
    answer = await clerk.post(FORM, {**ENTER, "step": "", "village": "东村", "number": resident(3).number})
    assert answer.status_code == 400
    assert {"#field-name", "#field-phone"} <= set(re.findall(r'href="(#field-\w+)"', answer.text))


async def test_the_next_form_begins_with_the_places_of_the_last_one(clerk: Visitor, visit: Visit) -> None:
    hers = {
        "alias": "阿红",
        "contact": "找门卫",
        "address_detail": "3栋",
        "job_title": "车工",
        "workshop": "一车间",
    }
    await clerk.post(
        FORM, {**NEW, **PLACE, **hers, "number": resident(3).number, "expected_departure": "2027-1-1"}
    )
    page = (await clerk.get(FORM)).text
    assert {name: shown(page, name) for name in PLACE} == PLACE
    assert page.count("沿用上次；") == len(PLACE)
    for name in ("name", "phone", "number", "expected_departure", *hers):
        assert shown(page, name) == "", name
    assert shown(page, "day") != NEW["day"]
    other = await visit("station_staff.t02")
    assert shown((await other.get("/t/t02/registration/register")).text, "village") == ""


async def test_a_village_of_one_person_alone_is_not_kept_for_the_next(clerk: Visitor) -> None:
    await clerk.post(FORM, {**NEW, **PLACE, "village": "阿红的家"})
    page = (await clerk.get(FORM)).text
    assert (shown(page, "village"), shown(page, "dwelling")) == ("", PLACE["dwelling"])
    twin = {"name": "孙六", "phone": "13700137009", "village": "阿红的家"}
    await clerk.post(FORM, {**NEW, **PLACE, **twin})
    assert shown((await clerk.get(FORM)).text, "village") == "阿红的家"


async def test_what_was_chosen_last_is_emptied_at_once_and_the_rest_is_kept(clerk: Visitor) -> None:
    await clerk.post(FORM, {**NEW, **PLACE})
    emptied = await clerk.post(f"{FORM}/forget", {**ENTER, **PLACE, "purpose": "STUDY", "name": "孙六"})
    assert (shown(emptied.text, "name"), shown(emptied.text, "purpose")) == ("孙六", "STUDY")
    assert (shown(emptied.text, "village"), shown(emptied.text, "dwelling")) == ("", "")
    assert "沿用上次；" not in emptied.text
    assert shown((await clerk.get(FORM)).text, "village") == ""


async def test_a_program_can_have_the_form_begin_empty(
    clerk: Visitor, program: Callable[..., Awaitable[Program]]
) -> None:
    await clerk.post(FORM, {**NEW, **PLACE})
    desk = await program("station_staff")
    assert (await desk.send("POST", f"/api/v1{FORM}/forget")).status_code == 200
    assert shown((await clerk.get(FORM)).text, "village") == ""


async def test_her_line_of_time_tells_all_that_happened(clerk: Visitor, counter: Counter) -> None:
    async with counter() as ctx:
        person: UUID = await register(ctx, registration(day=date(2025, 3, 2)))
    page = f"{BASE}/people/{person}"
    await clerk.get(page)
    await clerk.post(f"{page}/permit", {"kind": "APPLY", "day": "2026-1-5"})
    await clerk.post(f"{page}/move", {"kind": "TEMP_LEAVE", "day": "2026-2-1", "reason": "HOLIDAY"})
    line = (await clerk.get(page)).text.partition('id="timeline"')[2].partition("</section>")[0]
    days = re.findall(r'datetime="([\d-]+)"', line)
    assert days == sorted(days, reverse=True)
    assert {"2026-02-01", "2026-01-05", "2025-03-02"} <= set(days)
    for words in ("暂离", "休假", "申领", "同意：保存我的登记信息", "/movements/", 'id="year-2025"'):
        assert words in line, words


async def test_others_see_only_their_part_of_it(
    visit: Visit, counter: Counter, program: Callable[..., Awaitable[Program]]
) -> None:
    async with counter() as ctx:
        person = await register(ctx, registration())
    nurse = await visit("medical_staff")
    assert "同意：" not in (await nurse.get(f"{BASE}/people/{person}")).text
    desk, foreign = await program("station_staff"), await program("station_staff.t02")
    moments = (await desk.get(f"/api/v1{BASE}/people/{person}/timeline")).json()["moments"]
    assert {"流入", "仍在住"} <= {moment["title"] for moment in moments}
    assert {tuple(moment["compartments"]) for moment in moments} == {("registry",)}
    assert (await foreign.get(f"/api/v1/t/t02/registration/people/{person}/timeline")).status_code == 404
