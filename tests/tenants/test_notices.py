"""A unit's pages of notices: everybody reads, reading is said and not guessed, the unit answers once."""

from __future__ import annotations

from datetime import date

import pytest

from core.identity.accounts import account_by_login
from core.kernel.ids import new_id
from core.kernel.scope import Scope
from core.notices.posting import Draft, post_notice

TELLS = Draft(title="放假安排", body="周五休息。")
ASKS = Draft(title="核对花名册", body="请核对。", due_on=date(2020, 1, 6))


@pytest.fixture
async def post(platform, town):
    async def post_it(draft: Draft, *to: str) -> str:
        async with platform.database.transaction(Scope.nobody()) as tx:
            admin = await account_by_login(tx, "town_admin")
        assert admin is not None
        async with platform.database.transaction(Scope.town(town.region.id, admin.id)) as tx:
            return str(await post_notice(tx, draft, to, town.t01.opened_on))

    return post_it


async def test_to_look_at_a_notice_notes_nothing_to_say_so_does(visit, post) -> None:
    nurse, clerk = await visit("medical_staff"), await visit("station_staff")
    assert "镇协会还没有发过通知" in (await nurse.get("/t/t01/notices")).text
    notice = f"/t/t01/notices/{await post(TELLS, 'all')}"
    assert "通知：放假安排" in (await nurse.get("/t/t01")).text
    for _time in range(2):
        page = (await nurse.get(notice)).text
        assert "周五休息。" in page
        assert "我已阅读" in page
        assert "还没有人" in page
    assert "您未阅读" in (await nurse.get("/t/t01/notices")).text
    for _time in range(2):
        page = (await nurse.post(f"{notice}/read", {"version": "1"}, follow=True)).text
        assert page.count("medical staff") == 2  # in the head of the page, and once as a reader
        assert "我已阅读" not in page
    assert "您已阅读" in (await nurse.get("/t/t01/notices")).text
    assert "放假安排" not in (await nurse.get("/t/t01")).text
    assert "通知：放假安排" in (await clerk.get("/t/t01")).text


async def test_done_ends_it_for_the_unit_and_not_for_the_other(visit, post) -> None:
    officer, clerk, nurse = (
        await visit("tenant_officer"),
        await visit("station_staff"),
        await visit("medical_staff"),
    )
    there = await visit("tenant_officer.t02")
    notice = f"/t/t01/notices/{await post(ASKS, 'all')}"
    home = (await clerk.get("/t/t01")).text
    assert "通知：核对花名册" in home
    assert "已逾期" in home
    await clerk.get(notice)
    await clerk.post(f"{notice}/read", {"version": "1"})
    assert "通知：核对花名册" in (await clerk.get("/t/t01")).text
    shown = (await nurse.get(notice)).text
    assert f'action="{notice}/done"' not in shown
    assert "完成后由专干、服务站人员或报表员确认" in shown
    assert (await nurse.post(f"{notice}/done", {"version": "1"})).status_code == 403
    await officer.get(notice)
    assert (await officer.post(f"{notice}/done", {"version": "2"})).status_code == 409
    page = (await officer.post(f"{notice}/done", {"version": "1"}, follow=True)).text
    assert "已记录：本单位已完成" in page
    assert "核对花名册" not in (await clerk.get("/t/t01")).text
    assert "核对花名册" in (await there.get("/t/t02")).text


async def test_what_another_unit_got_is_not_there(visit, post) -> None:
    clerk = await visit("station_staff")
    theirs = await post(ASKS, "unit:T02")
    assert "核对花名册" not in (await clerk.get("/t/t01/notices")).text
    for notice in (theirs, str(new_id()), "nothing"):
        assert (await clerk.get(f"/t/t01/notices/{notice}")).status_code == 404
        for act in ("read", "done"):
            assert (await clerk.post(f"/t/t01/notices/{notice}/{act}", {"version": "1"})).status_code == 404
    assert (await clerk.get(f"/t/t02/notices/{theirs}")).status_code == 404
