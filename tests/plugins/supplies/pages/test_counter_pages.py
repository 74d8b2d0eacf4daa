"""The counter in a browser without script: for somebody, for nobody by name, what is refused, the receipt, the book."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import pytest

from core.testing import Visitor
from plugins.supplies.tables import Client, Stock, Voucher
from tests.plugins.supplies.conftest import Store, person_at, receive

Visit = Callable[..., Awaitable[Visitor]]

BASE = "/t/t01/supplies"
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')

pytestmark = pytest.mark.usefixtures("catalogue")


@pytest.fixture
async def clerk(store: Store, visit: Visit) -> Visitor:
    async with store() as ctx:
        await receive(ctx, 500, "LATE01")
        await receive(ctx, 30, "EARLY01", expiry=ctx.today + timedelta(days=30))
        await receive(ctx, 40, "PILL01", sku="COC-LNG21")
    return await visit("station_staff")


@pytest.fixture
async def person(clerk: Visitor, store: Store) -> UUID:
    async with store() as ctx:
        return await person_at(ctx)


async def test_the_counter_begins_at_a_station_though_a_box_has_the_earlier_code(clerk: Visitor) -> None:
    page = (await clerk.get(f"{BASE}/issue")).text
    assert "S1点 (S1)" in page
    assert "B1点 (B1)" not in page


def form_to(page: str, action: str) -> dict[str, list[str]]:
    """The hidden fields of the first form of a page that goes there."""
    form = next(part for part in page.split("<form ")[1:] if f'action="{BASE}/{action}"' in part)
    fields: dict[str, list[str]] = {}
    for name, value in HIDDEN.findall(form.partition("</form>")[0]):
        if not name.startswith("_"):
            fields.setdefault(name, []).append(value)
    return fields


async def proposed(clerk: Visitor, path: str, quantity: str, sku: str = "CON-M") -> str:
    page = await clerk.get(f"{BASE}/{path}")
    assert page.status_code == 200
    asked = form_to(page.text, "issue/look")
    answer = await clerk.post(f"{BASE}/issue/look", {**asked, "sku": sku, "quantity": quantity})
    return answer.text


async def test_without_a_name_is_one_enter_and_the_receipt_names_nobody(clerk: Visitor, store: Store) -> None:
    answer = await clerk.post(f"{BASE}/find", {"q": "", "point": "S1"})
    assert answer.headers["Location"] == f"{BASE}/issue?point=S1"
    page = await proposed(clerk, "issue?point=S1", "40")
    assert "EARLY01" in page
    assert "LATE01" in page
    answer = await clerk.post(f"{BASE}/issue", form_to(page, "issue"), follow=True)
    assert re.fullmatch(rf"{BASE}/vouchers/[0-9a-f-]{{36}}/receipt", answer.url.path)
    for said in ("已发放", "EARLY01", "男用避孕套", "Male condom", "下一位"):
        assert said in answer.text
    book = await clerk.get(f"{BASE}/book?point=S1")
    assert "-30" in book.text
    async with store():
        assert await Voucher.count().where(Voucher.is_anonymous.eq(True)) == 1


async def test_one_who_is_found_is_served_at_once(clerk: Visitor, person: UUID) -> None:
    answer = await clerk.post(f"{BASE}/find", {"q": "wxm", "point": "S1"})
    assert answer.headers["Location"] == f"{BASE}/issue/{person}?point=S1"
    nobody = await clerk.post(f"{BASE}/find", {"q": "无此人", "point": "S1"})
    assert "没有找到" in nobody.text
    page = await clerk.get(f"{BASE}/issue/{person}?point=S1")
    assert "王小明" in page.text
    assert "今天可领 120" in page.text
    # The pill is begun by medical staff; what can be had is said beside what cannot.
    assert "首次由医务人员发放" in page.text


async def test_the_limit_is_said_and_passed_over_with_a_reason(clerk: Visitor, person: UUID) -> None:
    page = await proposed(clerk, f"issue/{person}?point=S1", "121")
    assert "每年最多 120" in page
    fields = form_to(page, "issue")
    refused = await clerk.post(f"{BASE}/issue", fields)
    assert refused.status_code == 400
    assert "#field-override" in refused.text
    done = await clerk.post(
        f"{BASE}/issue", {**form_to(refused.text, "issue"), "override": "ASKED_FOR_MORE"}, follow=True
    )
    assert done.url.path.endswith("/receipt")
    voucher = await clerk.get(done.url.path.removesuffix("/receipt"))
    assert "本人有理由要求多领" in voucher.text
    home = await clerk.get("/t/t01")
    assert f"{BASE}/issue" in home.text


async def test_a_wrong_number_loses_nothing(clerk: Visitor) -> None:
    page = await proposed(clerk, "issue?point=S1", "10")
    asked = form_to(page, "issue/look")
    asked.pop("without", None)
    answer = await clerk.post(f"{BASE}/issue/look", {**asked, "sku": "CON-M", "quantity": "many"})
    assert answer.status_code == 400
    assert "#field-quantity" in answer.text
    assert form_to(answer.text, "issue")["quantities"] == ["10"]
    missing = await clerk.post(f"{BASE}/issue/look", {**asked, "sku": "CON-M", "quantity": "9999"})
    assert "所需数量比此处今天可发放的多 9479" in missing.text


async def test_the_same_form_sent_twice_at_once_hands_out_once(clerk: Visitor, store: Store) -> None:
    fields = form_to(await proposed(clerk, "issue?point=S1", "10"), "issue")
    answers = await asyncio.gather(*(clerk.post(f"{BASE}/issue", fields) for _time in range(4)))
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["Location"] for answer in answers}) == 1
    async with store():
        assert await Voucher.count().where(Voucher.kind == "ISSUE") == 1


async def test_a_lot_that_is_gone_is_said_and_another_is_proposed(clerk: Visitor, store: Store) -> None:
    fields = form_to(await proposed(clerk, "issue?point=S1", "10"), "issue")
    async with store() as ctx:
        await Stock.update({"held_since": ctx.today}).where(Stock.lot == "EARLY01")
    answer = await clerk.post(f"{BASE}/issue", fields)
    assert answer.status_code == 409
    assert "LATE01" in answer.text
    again = await clerk.post(f"{BASE}/issue", form_to(answer.text, "issue"))
    assert again.status_code == 303


async def test_another_lot_and_taking_a_product_out(clerk: Visitor) -> None:
    page = await proposed(clerk, "issue?point=S1", "10")
    forms = [part for part in page.split("<form ")[1:] if 'name="instead"' in part]
    assert len(forms) == 1
    fields = {
        name: value for name, value in HIDDEN.findall(forms[0].partition("</form>")[0]) if name[0] != "_"
    }
    other = await clerk.post(f"{BASE}/issue/look", fields)
    assert "越过了效期更早的批号：EARLY01" in other.text
    emptied = await clerk.post(
        f"{BASE}/issue/look", {**form_to(other.text, "issue/look"), "without": "CON-M"}
    )
    assert f'action="{BASE}/issue"' not in emptied.text


async def test_packs_come_back_and_an_issue_is_taken_back_from_its_page(
    clerk: Visitor, person: UUID, store: Store
) -> None:
    fields = form_to(await proposed(clerk, f"issue/{person}?point=S1", "10"), "issue")
    done = await clerk.post(f"{BASE}/issue", fields, follow=True)
    at = done.url.path.removesuffix("/receipt").removeprefix(f"{BASE}/")
    page = await clerk.get(f"{BASE}/{at}")
    assert "王小明" in page.text
    back = form_to(page.text, f"{at}/return")
    refused = await clerk.post(f"{BASE}/{at}/return", {**back, "quantity": "11"})
    assert refused.status_code == 400
    assert 'value="11"' in refused.text
    returned = await clerk.post(f"{BASE}/{at}/return", {**back, "quantity": "4"}, follow=True)
    assert "已退回原批号" in returned.text
    stays = await clerk.post(f"{BASE}/{at}/reverse", {"reason": "NOT_TAKEN"})
    assert stays.status_code == 409
    path = returned.url.path
    undone = await clerk.post(f"{path}/reverse", {"reason": "WRONG_GOODS"}, follow=True)
    assert "已冲销" in undone.text
    last = await clerk.post(f"{BASE}/{at}/reverse", {"reason": "NOT_TAKEN"}, follow=True)
    assert "已冲销" in last.text
    async with store():
        row = await Stock.select(Stock.balance).where(Stock.lot == "EARLY01").first()
        assert row is not None
        assert row["balance"] == 30
    hers = await clerk.get(f"/t/t01/registration/people/{person}")
    assert f"{BASE}/issue/{person}" in hers.text
    assert "领取男用避孕套 10" in hers.text


async def test_medical_staff_begins_and_is_shown_what_to_look_for(
    clerk: Visitor, person: UUID, visit: Visit
) -> None:
    refused = await proposed(clerk, f"issue/{person}?point=S1", "1", "COC-LNG21")
    fields = form_to(refused, "issue")
    assert (await clerk.post(f"{BASE}/issue", fields)).status_code == 400
    assert "世卫组织" not in refused
    nurse = await visit("medical_staff")
    page = await proposed(nurse, f"issue/{person}?point=S1", "1", "COC-LNG21")
    assert "有先兆偏头痛" in page
    assert "需当地确认" in page
    done = await nurse.post(f"{BASE}/issue", {**form_to(page, "issue"), "eligibility": "4"}, follow=True)
    assert done.url.path.endswith("/receipt")
    # It was begun, so the station goes on.
    page = await proposed(clerk, f"issue/{person}?point=S1", "1", "COC-LNG21")
    assert (await clerk.post(f"{BASE}/issue", form_to(page, "issue"))).status_code == 303


async def test_whether_she_is_told_of_recalls_is_hers_to_say_and_to_take_back(
    clerk: Visitor, person: UUID, store: Store
) -> None:
    path = f"{BASE}/issue/{person}"
    for to, said in (("tell", "今后召回时会通知本人"), ("not", "今后召回时不再通知本人")):
        await clerk.get(path)
        answer = await clerk.post(f"{path}/recalls", {"to": to}, follow=True)
        assert said in answer.text
        async with store() as ctx:
            row = await Client.select(Client.recall_agreed_on).where(Client.person_id == person).first()
            assert row is not None
            assert row["recall_agreed_on"] == (ctx.today if to == "tell" else None)


async def test_others_do_not_come_in(clerk: Visitor, person: UUID, visit: Visit) -> None:
    for login, status in (("tenant_officer", 403), ("rights_consultant", 403), ("station_staff.t02", 404)):
        visitor = await visit(login)
        for path in ("", "issue", f"issue/{person}", "book"):
            assert (await visitor.get(f"{BASE}/{path}".rstrip("/"))).status_code == status
    officer = await visit("tenant_officer")
    assert BASE not in (await officer.get(f"/t/t01/registration/people/{person}")).text
    assert (await clerk.get(f"{BASE}/vouchers/{person}")).status_code == 404


async def test_what_the_form_does_not_have_is_refused_and_writes_nothing(
    clerk: Visitor, store: Store
) -> None:
    fields = form_to(await proposed(clerk, "issue?point=S1", "10"), "issue")
    for wrong in ({"is_clinician": "1"}, {"quantities": ["1", "2"]}, {"override": "BECAUSE"}):
        assert (await clerk.post(f"{BASE}/issue", {**fields, **wrong})).status_code == 400
    assert (await clerk.post(f"{BASE}/issue/look", {**fields, "key": "", "x": "1"})).status_code == 400
    async with store():
        assert await Voucher.count().where(Voucher.kind == "ISSUE") == 0
