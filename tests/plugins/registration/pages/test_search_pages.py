"""The search of a unit finds its people for who may see them, by words that stand in no address."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest

from core.testing import Program, Town, Visitor
from plugins.registration.services.registering import register
from tests.plugins.registration.conftest import Counter, registration, resident

Visit = Callable[..., Awaitable[Visitor]]

SEARCH, BASE = "/t/t01/search", "/t/t01/registration"


@pytest.fixture
async def clerk(counter: Counter, visit: Visit) -> Visitor:
    return await visit("station_staff")


@pytest.fixture
async def person(counter: Counter) -> UUID:
    async with counter() as ctx:
        return await register(ctx, registration(is_employee=True))


@pytest.fixture
async def twin(counter: Counter, town: Town) -> UUID:
    """The same person in the unit that looks alike."""
    async with counter(town.t02) as ctx:
        return await register(ctx, registration(is_employee=True))


async def found(visitor: Visitor, words: str, path: str = f"{SEARCH}/look") -> str:
    answer = await visitor.post(path, {"words": words})
    assert answer.status_code == 200, words
    return answer.text


@pytest.mark.requirement("R41")
async def test_she_is_found_by_whatever_is_known_of_her(clerk: Visitor, person: UUID, twin: UUID) -> None:
    number = resident(7).number
    for words in ("王小", "wangxiaom", "wxm", number[-4:], "8000", "13800138000"):
        page = await found(clerk, words)
        assert f"{BASE}/people/{person}" in page, words
        assert str(twin) not in page, words
    answer = await clerk.post(SEARCH, {"words": "wxm"})
    assert str(person) in answer.text
    assert "wxm" not in str(answer.url)
    assert number not in answer.text


async def test_a_whole_number_opens_her_record_at_once(clerk: Visitor, person: UUID) -> None:
    number = resident(7).number
    for typed in (number, f"{number[:6]} {number[6:14]} {number[14:]}", number.lower()):
        answer = await clerk.post(SEARCH, {"words": typed})
        assert (answer.status_code, answer.headers["Location"]) == (303, f"{BASE}/people/{person}")
    assert f"{BASE}/people/{person}" in await found(clerk, number)


async def test_an_unknown_number_is_offered_for_registration(clerk: Visitor, twin: UUID) -> None:
    number = resident(7).number
    page = await found(clerk, number, SEARCH)
    assert f'action="{BASE}/register/start"' in page
    started = await clerk.post(f"{BASE}/register/start", {"id_type": "01", "number": number})
    assert started.status_code == 200
    assert f'value="{number}"' in started.text
    assert "别处" in started.text
    assert re.search(r'id="field-name"[^>]*autofocus', started.text)
    assert "register/start" not in await found(clerk, number[:-1] + "?", SEARCH)


async def test_firms_and_the_pages_of_the_counter_are_found_too(clerk: Visitor, person: UUID) -> None:
    assert f'href="{BASE}/register"' in await found(clerk, "登记")
    assert f'href="{BASE}/register"' in await found(clerk, "regist")
    assert f'href="{BASE}/people"' in await found(clerk, "fwdx")


@pytest.mark.requirement("R06")
async def test_each_role_finds_what_it_sees(visit: Visit, counter: Counter, person: UUID) -> None:
    number = resident(7).number
    by_name = {
        "tenant_officer": True,
        "medical_staff": True,
        "tenant_reporter": False,
        "station_staff.t02": None,
    }
    for role, is_found in by_name.items():
        visitor = await visit(role)
        path = f"{SEARCH}/look" if is_found is not None else "/t/t02/search/look"
        assert (str(person) in await found(visitor, "王小明", path)) is bool(is_found), role
    officer, nurse = await visit("tenant_officer"), await visit("medical_staff")
    assert str(person) not in await found(officer, number, SEARCH)
    assert "register/start" not in await found(officer, resident(8).number, SEARCH)
    assert (await nurse.post(SEARCH, {"words": number})).status_code == 303


async def test_a_program_finds_the_same(
    program: Callable[..., Awaitable[Program]], counter: Counter, person: UUID
) -> None:
    desk = await program("station_staff")
    hits = (await desk.send("POST", "/api/v1/t/t01/search", {"words": resident(7).number})).json()["hits"]
    assert [(hit["address"], hit["is_exact"]) for hit in hits] == [(f"{BASE}/people/{person}", True)]
    unknown = (await desk.send("POST", "/api/v1/t/t01/search", {"words": resident(8).number})).json()["hits"]
    assert unknown[0]["fields"] == {"id_type": "01", "number": resident(8).number}
    home_only = await program("station_staff", "tenant.*")
    assert (await home_only.send("POST", "/api/v1/t/t01/search", {"words": "王小明"})).json()["hits"] == []
    assert (await desk.send("POST", "/api/v1/t/t01/search", {"words": "x" * 201})).status_code == 400
