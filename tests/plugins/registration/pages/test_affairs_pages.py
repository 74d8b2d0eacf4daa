"""Her own affairs at the counter: a copy of all that is kept, her erasure, two records put together and apart."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import date
from io import BytesIO
from uuid import UUID

import msgspec
import openpyxl
import pytest

from core.testing import Visitor
from plugins.registration.services import confirming, offers
from plugins.registration.services.registering import register
from tests.plugins.registration.conftest import Counter, Work, registration, resident

Visit = Callable[..., Awaitable[Visitor]]

BASE = "/t/t01/registration"


@pytest.fixture
async def person(counter: Counter) -> UUID:
    async with counter() as ctx:
        person = await register(ctx, registration(alias="小王"))
        await confirming.help_with_permit(ctx, person, "APPLY", date(2026, 11, 5))
        await offers.offer_move(ctx, person, "T02", date(2026, 11, 6))
    return person


async def test_she_gets_a_copy_of_everything_in_clear(person: UUID, visit: Visit) -> None:
    clerk = await visit("station_staff")
    page = await clerk.get(f"{BASE}/people/{person}/copy")
    assert page.status_code == 200
    wanted = ("王小明", "小王", resident(7).number, "13800138000", "东村", "2026-11-05", "华星")
    assert not [word for word in wanted if word not in page.text]
    told = msgspec.json.decode((await clerk.get(f"{BASE}/people/{person}/copy/json")).content)
    assert not [word for word in wanted if word not in str(told)]
    titles = [part["title"] for part in told["parts"]]
    assert len(titles) == len(set(titles)) >= 9
    book = await clerk.get(f"{BASE}/people/{person}/copy/xlsx")
    sheet = openpyxl.load_workbook(BytesIO(book.content), read_only=True).worksheets[0]
    values = "\n".join(str(value) for row in sheet.iter_rows(values_only=True) for value in row)
    assert not [word for word in wanted if word not in values]
    # That her numbers were seen is noted where she sees it.
    shown = await clerk.get(f"{BASE}/people/{person}")
    assert "证件号码" in shown.text.split("谁看过")[-1]
    for role in ("tenant_officer", "medical_staff", "rights_consultant"):
        assert (await (await visit(role)).get(f"{BASE}/people/{person}/copy")).status_code == 403
    other = await visit("station_staff.t02")
    assert (await other.get(f"{BASE}/people/{person}/copy")).status_code == 404
    assert (await other.get(f"/t/t02/registration/people/{person}/copy")).status_code == 404
    assert (await other.get(f"/t/t02/registration/people/{person}/erase")).status_code == 404


async def test_erasing_asks_for_her_name_and_then_she_is_gone(
    person: UUID, visit: Visit, worked: Work
) -> None:
    clerk = await visit("station_staff")
    address = f"{BASE}/people/{person}"
    assert "王小明" in (await clerk.get(f"{address}/erase")).text
    wrong = await clerk.post(f"{address}/erase", {"reason": "ASKED", "confirm": "王小月"})
    assert wrong.status_code == 400
    assert "field-confirm" in wrong.text
    assert (await clerk.post(f"{address}/erase", {"confirm": "王小明"})).status_code == 400
    assert "正在删除" not in (await clerk.get(address)).text
    done = await clerk.post(f"{address}/erase", {"reason": "ASKED", "confirm": " 王小明 "})
    assert (done.status_code, done.headers["Location"]) == (303, f"{BASE}/people")
    assert "正在删除" in (await clerk.get(address)).text
    assert "正在删除" in (await clerk.get(f"{address}/erase")).text
    await worked()
    for path in ("", "/copy", "/erase", "/merge", "/edit"):
        assert (await clerk.get(address + path)).status_code == 404
    assert "王小明" not in (await clerk.get(f"{BASE}/people")).text


async def test_the_last_characters_of_her_document_confirm_as_well(person: UUID, visit: Visit) -> None:
    clerk = await visit("station_staff")
    await clerk.get(f"{BASE}/people/{person}/erase")
    given = {"reason": "WITHDRAWN", "confirm": resident(7).number[-2:]}
    assert (await clerk.post(f"{BASE}/people/{person}/erase", given)).status_code == 303


async def test_two_records_are_put_together_and_taken_apart(
    counter: Counter, visit: Visit, worked: Work
) -> None:
    async with counter() as ctx:
        bare = {"document": None, "phone": None, "contact": "same dormitory"}
        one = await register(ctx, registration(**bare))
        two = await register(ctx, registration(name="王晓明"))
    clerk = await visit("station_staff")
    found = await clerk.get(f"{BASE}/people/{one}/merge")
    assert f"{BASE}/people/{one}/merge/{two}" in found.text
    assert f"{BASE}/people/{one}/merge/{one}" not in found.text
    pair = f"{BASE}/people/{one}/merge/{two}"
    page = await clerk.get(pair)
    assert {"take_document", "take_phone"} <= set(re.findall(r'name="(\w+)"', page.text))
    assert (await clerk.get(f"{BASE}/people/{one}/merge/{one}")).status_code == 404
    form = {"keep": "this", "reason": "SHE_SAYS_SO", "take_document": "1"}
    done = await clerk.post(pair, form)
    assert (done.status_code, done.headers["Location"]) == (303, f"{BASE}/people/{one}")
    again = await clerk.post(pair, form)
    assert again.status_code == 409
    assert 'role="alert"' in again.text
    assert "正在合并" in (await clerk.get(f"{BASE}/people/{one}")).text
    await worked()
    kept = await clerk.get(f"{BASE}/people/{one}")
    assert resident(7).number[-2:] in kept.text
    assert (await clerk.get(f"{BASE}/people/{two}")).status_code == 404
    told = (await clerk.get(f"{BASE}/people/{one}/copy")).text
    assert told.count(resident(7).number) == 2
    assert "13800138000" in told
    merge = re.findall(r'name="merge" value="([0-9a-f-]+)"', kept.text)
    assert len(merge) == 1
    assert (await clerk.post(f"{BASE}/people/{one}/unmerge", {"merge": str(two)})).status_code == 404
    undone = await clerk.post(f"{BASE}/people/{one}/unmerge", {"merge": merge[0]})
    assert undone.status_code == 303
    await worked()
    assert (await clerk.get(f"{BASE}/people/{two}")).status_code == 200


async def test_an_offer_that_waits_is_answered_first(counter: Counter, person: UUID, visit: Visit) -> None:
    async with counter() as ctx:
        two = await register(ctx, registration(document=resident(8)))
    clerk = await visit("station_staff")
    await clerk.get(f"{BASE}/people/{person}/merge/{two}")
    answer = await clerk.post(
        f"{BASE}/people/{person}/merge/{two}", {"keep": "other", "reason": "TYPING_ERROR"}
    )
    assert answer.status_code == 409
