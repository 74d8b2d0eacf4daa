"""Corrections, households and papers in a browser without script, and who is kept out of them."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest

from core.testing import Town, Visitor
from plugins.registration.services.registering import register
from tests.plugins.registration.conftest import Counter, registration, resident

Visit = Callable[..., Awaitable[Visitor]]

BASE = "/t/t01/registration"
SEEN = {"seen_kind": "ARRIVE", "seen_day": "2026-11-02", "seen_reason": ""}


@pytest.fixture
async def person(counter: Counter) -> UUID:
    """An employee, so that the association officer sees her too."""
    async with counter() as ctx:
        return await register(ctx, registration(is_employee=True))


@pytest.fixture
async def clerk(person: UUID, visit: Visit) -> Visitor:
    return await visit("station_staff")


async def movement_of(clerk: Visitor, person: UUID) -> str:
    page = await clerk.get(f"{BASE}/people/{person}")
    found = re.search(rf'href="({BASE}/people/{person}/movements/[0-9a-f-]{{36}})"', page.text)
    assert found is not None
    return found[1]


async def test_a_wrong_day_is_corrected_and_told_on_her_page(clerk: Visitor, person: UUID) -> None:
    form = await movement_of(clerk, person)
    shown = await clerk.get(form)
    assert {f'value="{value}"' for value in SEEN.values() if value} <= set(
        re.findall(r'value="[^"]*"', shown.text)
    )
    told = {**SEEN, "kind": "ARRIVE", "day": "2026-10-08", "reason": ""}
    refused = await clerk.post(form, told)
    assert (refused.status_code, "#field-why" in refused.text) == (400, True)
    assert 'value="2026-10-08"' in refused.text
    unfit = await clerk.post(form, {**told, "kind": "DEPART", "why": "抄错"})
    assert (unfit.status_code, 'value="抄错"' in unfit.text) == (409, True)

    done = await clerk.post(form, {**told, "why": "名单抄错"}, follow=True)
    assert "station staff将“流入”的日期由2026年11月2日改为2026年10月8日。" in done.text
    assert "原因：名单抄错" in done.text
    again = await clerk.post(form, {**told, "why": "名单抄错"}, follow=True)
    assert again.text.count("名单抄错") == 1

    late = await clerk.post(form, {**told, "day": "2026-10-20", "why": "另一份名单"})
    assert late.status_code == 409
    assert 'name="seen_day" value="2026-10-08"' in late.text
    assert 'value="2026-10-20"' in late.text


async def test_what_never_happened_is_cancelled(clerk: Visitor, person: UUID) -> None:
    form = await movement_of(clerk, person)
    await clerk.get(f"{form}/cancel")
    done = await clerk.post(f"{form}/cancel", {**SEEN, "why": "登记错人"}, follow=True)
    assert "station staff取消了2026年11月2日的“流入”：从未发生。" in done.text
    assert (await clerk.get(form)).status_code == 404
    late = await clerk.post(form, {**SEEN, "kind": "ARRIVE", "day": "2026-11-01", "why": "抄错"})
    assert (late.status_code, "已取消" in late.text) == (409, True)


async def test_a_corrected_birth_date_is_told_with_the_old_one(clerk: Visitor, person: UUID) -> None:
    edit = f"{BASE}/people/{person}/edit"
    await clerk.get(edit)
    told = {"version": "1", "name": "王小明", "sex": "1", "birth_date": "1991-02-03", "origin": "43"}
    await clerk.post(f"{edit}/identity", {**told, "is_floating": "1", "why": "按身份证"})
    page = await clerk.get(f"{BASE}/people/{person}")
    assert "station staff将出生日期由1990年1月1日改为1991年2月3日。" in page.text
    assert "station staff将性别由女改为男。" in page.text
    assert page.text.count("按身份证") == 2


async def test_a_household_is_kept_from_her_page(clerk: Visitor, counter: Counter, person: UUID) -> None:
    async with counter() as ctx:
        sister = await register(ctx, registration(name="王小红", document=resident(9)))
    here = f"{BASE}/people/{person}/household"
    assert "尚未登记家庭户" in (await clerk.get(here)).text
    found = await clerk.post(f"{here}/find", {"q": "王小红"})
    assert found.status_code == 200
    assert str(sister) in found.text
    unsaid = await clerk.post(f"{here}/add", {"member": str(sister), "relation": ""})
    assert unsaid.status_code == 400
    shown = await clerk.post(f"{here}/add", {"member": str(sister), "relation": "7"}, follow=True)
    assert "王小红" in shown.text
    for path, fields in (
        ("relation", {"member": str(sister), "relation": "8"}),
        ("head", {"member": str(sister)}),
    ):
        answer = await clerk.post(f"{here}/{path}", fields)
        assert (answer.status_code, answer.headers["Location"]) == (303, here)
    page = await clerk.get(f"{BASE}/people/{sister}")
    assert f'<a href="{BASE}/people/{person}">王小明</a>' in page.text
    assert "其他关系" in page.text
    assert (await clerk.post(f"{here}/remove", {"member": str(sister)})).status_code == 409
    assert (await clerk.post(f"{here}/remove", {"member": str(person)})).status_code == 303


async def test_others_see_no_household_no_history_and_no_paper(
    clerk: Visitor, visit: Visit, counter: Counter, person: UUID
) -> None:
    async with counter() as ctx:
        spouse = await register(ctx, registration(name="李大山", document=resident(9)))
    form = await movement_of(clerk, person)
    await clerk.post(f"{BASE}/people/{person}/household/add", {"member": str(spouse), "relation": "1"})
    await clerk.post(form, {**SEEN, "kind": "ARRIVE", "day": "2026-11-01", "why": "名单抄错"})
    page = (await clerk.get(f"{BASE}/people/{person}")).text
    assert all(word in page for word in ("李大山", "配偶", "名单抄错", "/slip"))
    for role in ("tenant_officer", "medical_staff", "rights_consultant", "station_staff.t02"):
        visitor = await visit(role)
        page = (await visitor.get(f"{BASE}/people/{person}")).text
        for word in ("李大山", "配偶", "名单抄错", "/slip", "/household", "/movements"):
            assert word not in page, (role, word)
        for path in ("household", "slip", "notice", form.removeprefix(f"{BASE}/people/{person}/")):
            answer = await visitor.get(f"{BASE}/people/{person}/{path}")
            assert answer.status_code in (403, 404), (role, path)
        for path, fields in (
            ("household/add", {"member": str(spouse), "relation": "1"}),
            ("household/find", {}),
        ):
            answer = await visitor.post(f"{BASE}/people/{person}/{path}", fields)
            assert answer.status_code in (403, 404), (role, path)


async def test_papers_speak_both_languages(clerk: Visitor, town: Town, person: UUID) -> None:
    for path, words in (
        (
            "slip",
            (
                "登记凭条",
                "Registration slip",
                "Registration",
                "本单位提供的服务",
                "2 Nov 2026",
                "to leave the register",
            ),
        ),
        ("notice", ("个人信息告知同意书", "Consent notice", "☐", "Your employer never sees", "监护人签名")),
    ):
        page = (await clerk.get(f"{BASE}/people/{person}/{path}")).text
        for word in (*words, town.t01.name_zh, town.t01.name_en.replace("'", "&#39;"), "data-print"):
            assert word in page, (path, word)
        assert resident(7).number not in page


async def test_consent_says_when_it_was_given_and_withdrawn(clerk: Visitor, person: UUID) -> None:
    page = f"{BASE}/people/{person}"
    await clerk.get(page)
    for to in ("give", "withdraw"):
        await clerk.post(f"{page}/consent", {"purpose": "CONTACT", "to": to})
    shown = (await clerk.get(page)).text
    assert re.search(r"日同意 · \d{4}年\d+月\d+日撤回", shown)
    assert shown.count("日同意") == 2
