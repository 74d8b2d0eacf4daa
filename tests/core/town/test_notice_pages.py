"""The town's pages of notices: who writes, who reads, and what stands on them."""

from __future__ import annotations

import re

from core.kernel.ids import new_id
from core.testing import TOWN

NOTICES = f"/town/{TOWN}/notices"
DRAFT = {"title": "消防演练", "body": "周五十点。\n\n请全体<b>参加</b>。", "to": ["all"]}


async def written(admin, **fields) -> str:
    """The address of a notice that was written through the form."""
    page = await admin.get(f"{NOTICES}/new")
    key = re.search(r'name="key" value="([0-9a-f-]{36})"', page.text)
    assert key
    answer = await admin.post(f"{NOTICES}/new", {**DRAFT, "key": key[1], **fields})
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


async def test_the_administrator_writes_and_sees_who_has_read(visit) -> None:
    admin, clerk = await visit("town_admin"), await visit("station_staff")
    assert "还没有发过通知" in (await admin.get(NOTICES)).text
    address = await written(admin, due_on="2020-01-06", needs_answer="1")
    unit = address.replace(f"/town/{TOWN}", "/t/t01")
    await clerk.get(unit)
    await clerk.post(f"{unit}/read", {"version": "1"})
    page = (await admin.get(address)).text
    assert "通知已发到各单位" in page
    assert "2个单位中的1个" in page
    assert page.index("尚未阅读") < page.index("T02") < page.index("各单位情况")
    assert "<p>周五十点。</p>" in page
    assert "请全体&lt;b&gt;参加&lt;/b&gt;。" in page
    assert "station staff" in page
    assert "2个单位中的1个" in (await admin.get(NOTICES)).text
    home = (await admin.get(f"/town/{TOWN}")).text
    assert "尚未完成通知“消防演练”要求的单位" in home
    assert "已逾期" in home
    records = (await (await visit("auditor")).get(f"/town/{TOWN}/audit")).text
    assert "向2个单位发了一份通知" in records


async def test_what_was_typed_stays_and_errors_stand_at_their_fields(visit) -> None:
    admin = await visit("town_admin")
    answer = await admin.post(
        f"{NOTICES}/new", {"title": "只有标题", "body": "", "to": [], "due_on": "2025-13-1"}
    )
    assert answer.status_code == 400
    assert 'value="只有标题"' in answer.text
    for field in ("body", "due_on"):
        assert f'href="#field-{field}"' in answer.text
    nobody = await admin.post(f"{NOTICES}/new", {**DRAFT, "to": ["unit:T99", "unit:T98"]})
    assert nobody.status_code == 400
    assert 'href="#field-to"' in nobody.text
    several = await admin.post(f"{NOTICES}/new", {**DRAFT, "to": ["unit:T01", "unit:T02"]}, follow=True)
    assert "2个单位中的0个" in several.text


async def test_a_correction_is_marked_and_a_stale_one_refused(visit) -> None:
    admin = await visit("town_admin")
    address = await written(admin)
    form = (await admin.get(f"{address}/correct")).text
    assert "消防演练" in form
    assert 'name="to"' not in form
    better = {"title": "消防演练改期", "body": "周一十点。", "version": "1"}
    assert (await admin.post(f"{address}/correct", {**better, "title": ""})).status_code == 400
    assert "第2版" in (await admin.post(f"{address}/correct", better, follow=True)).text
    stale = await admin.post(f"{address}/correct", {**better, "body": "周二十点。"})
    assert stale.status_code == 409
    assert "已更正" in (await admin.get(NOTICES)).text
    unit = (await (await visit("medical_staff")).get(address.replace(f"/town/{TOWN}", "/t/t01"))).text
    assert "周一十点" in unit
    assert "周五十点" not in unit
    assert "即使以前读过，也请重新阅读" in unit


async def test_what_is_withdrawn_says_why_and_is_changed_no_more(visit) -> None:
    admin = await visit("town_admin")
    address = await written(admin)
    assert "撤回后不能恢复" in (await admin.get(f"{address}/withdraw")).text
    assert (await admin.post(f"{address}/withdraw", {"reason": ""})).status_code == 400
    assert "日期错了" in (await admin.post(f"{address}/withdraw", {"reason": "日期错了"}, follow=True)).text
    assert (await admin.get(f"{address}/correct")).status_code == 409
    unit = (await (await visit("station_staff")).get(address.replace(f"/town/{TOWN}", "/t/t01"))).text
    assert "日期错了" in unit
    assert "我已阅读" not in unit


async def test_the_analyst_reads_and_nobody_else_writes(visit) -> None:
    admin, analyst, auditor = await visit("town_admin"), await visit("town_analyst"), await visit("auditor")
    address = await written(admin)
    page = (await analyst.get(address)).text
    assert "消防演练" in page
    assert f"{address}/correct" not in page
    assert "notices/new" not in (await analyst.get(NOTICES)).text
    assert (await auditor.get(NOTICES)).status_code == 403
    for path in (f"{NOTICES}/new", f"{address}/correct", f"{address}/withdraw"):
        assert (await analyst.get(path)).status_code == 403
        assert (await analyst.post(path, {"reason": "x"})).status_code == 403
    for path in (f"{NOTICES}/{new_id()}", f"{NOTICES}/{new_id()}/correct", f"{NOTICES}/{new_id()}/withdraw"):
        assert (await admin.get(path)).status_code == 404
    assert (await (await visit("tenant_officer")).get(NOTICES)).status_code == 404
