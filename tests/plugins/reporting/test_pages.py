"""The report of a month over HTTP: filled, sent, returned, sent again, approved, locked; refused out of turn."""

from __future__ import annotations

import re

from core.figures.rebuild import rebuild
from core.kernel.scope import Scope
from core.tenancy.settings import write_settings
from core.testing import Town, Visitor
from plugins.reporting.settings import Settings
from tests.plugins.reporting.conftest import BASE, CELLS, MARCH, OFFICE, Visit, version_in

ODD_PERIODS = (
    "9999-12",
    "0000-01",
    "2025-Q1",
    "2025",
    "2025-13",
    "2024-12",
    "2025-05",
    "x",
    "%00",
    "2025-03%0A",
    "²",
)


async def sent(reporter: Visitor, **changes: str) -> None:
    page = await reporter.get(MARCH)
    fields = {**CELLS, **changes, "act": "submit", "version": version_in(page.text)}
    answer = await reporter.post(MARCH, fields, follow=True)
    assert answer.status_code == 200, answer.text


async def test_a_month_is_filled_already_and_keeps_what_is_typed(reporter: Visitor):
    listed = await reporter.get(BASE)
    assert f'href="{MARCH}"' in listed.text
    page = (await reporter.get(MARCH)).text
    assert re.search(r'POP-02</span></th>\s*<td class="number main">\s*3 ', page)
    assert version_in(page) == "0"
    wrong = await reporter.post(
        MARCH, {**CELLS, "com_02": "many", "remark_com_02": "<b>so</b>", "version": "0"}
    )
    assert wrong.status_code == 400
    assert 'value="many"' in wrong.text
    assert 'value="60"' in wrong.text
    assert "&lt;b&gt;so&lt;/b&gt;" in wrong.text
    assert "<b>so" not in wrong.text
    for number in ("-1", "10000001", "9" * 5000, "1.5", "１２x"):
        assert (await reporter.post(MARCH, {**CELLS, "com_02": number, "version": "0"})).status_code == 400
    huge = await reporter.post(MARCH, {**CELLS, "version": "9" * 400})
    assert huge.status_code in (400, 409)
    incomplete = await reporter.post(MARCH, {**CELLS, "com_02": "", "act": "submit", "version": "0"})
    assert incomplete.status_code == 409
    assert 'value="60"' in incomplete.text
    assert version_in(incomplete.text) == version_in((await reporter.get(MARCH)).text)
    few = {**CELLS, "com_02": "9", "com_02_measure_participants": "3", "act": "submit"}
    fewer = await reporter.post(MARCH, {**few, "version": version_in(incomplete.text)})
    assert fewer.status_code == 409
    told = {
        **few,
        "remark_com_02_measure_participants": "Small\x00 groups.",
        "version": version_in(fewer.text),
    }
    done = await reporter.post(MARCH, told, follow=True)
    assert done.status_code == 200
    assert "Small groups." in done.text
    assert '<td class="number">60</td>' in (await reporter.get(f"{MARCH}/print")).text


async def test_a_page_that_was_only_opened_tells_of_no_older_one(reporter: Visitor):
    fields = {**CELLS, "act": "save", "version": version_in((await reporter.get(MARCH)).text)}
    await reporter.post(MARCH, fields)
    assert "您在旧页面上填写的内容" not in (await reporter.get(MARCH)).text


async def test_a_second_click_changes_nothing(reporter: Visitor, visit: Visit):
    version = version_in((await reporter.get(MARCH)).text)
    fields = {**CELLS, "act": "submit", "version": version}
    assert [(await reporter.post(MARCH, fields)).status_code for _ in range(2)] == [303, 303]
    assert (await reporter.post(MARCH, {**fields, "com_02": "5"})).status_code == 409
    assert (
        'name="seen" value="T01:1"'
        in (await (await visit("town_admin")).get(f"{OFFICE}/month?period=2025-03")).text
    )


async def test_an_older_page_overwrites_nothing_and_loses_nothing(reporter: Visitor, colleague: Visitor):
    await reporter.get(MARCH)
    await colleague.get(MARCH)
    assert (await reporter.post(MARCH, {**CELLS, "version": "0"})).status_code == 303
    late = await colleague.post(
        MARCH, {**CELLS, "emp_01_sex_1": "777", "remark_com_02": "mine", "version": "0"}
    )
    assert late.status_code == 409
    assert 'value="60"' in late.text
    assert ": 777</li>" in late.text
    assert ": mine</li>" in late.text
    assert 'value="777"' not in (await reporter.get(MARCH)).text
    assert (await colleague.post(MARCH, {**CELLS, "version": version_in(late.text)})).status_code == 303


async def test_one_prepares_and_another_one_submits(reporter: Visitor, colleague: Visitor):
    page = await reporter.get(MARCH)
    refused = await reporter.post(MARCH, {**CELLS, "act": "submit", "version": version_in(page.text)})
    assert refused.status_code == 409
    assert 'value="60"' in refused.text
    ready = await reporter.post(
        MARCH, {**CELLS, "act": "prepare", "version": version_in(refused.text)}, follow=True
    )
    assert ready.status_code == 200
    assert f'action="{MARCH}/submit"' not in ready.text
    version = {"version": version_in(ready.text.split("/take-back")[1])}
    assert (await reporter.post(f"{MARCH}/submit", version)).status_code == 409
    assert (await reporter.post(MARCH, {**CELLS, **version})).status_code == 409
    assert f'action="{MARCH}/submit"' in (await colleague.get(MARCH)).text
    assert (await colleague.post(f"{MARCH}/submit", {"version": "1"})).status_code == 409
    for _ in range(2):
        assert (await colleague.post(f"{MARCH}/submit", version)).status_code == 303
    assert (await colleague.post(f"{MARCH}/take-back", version)).status_code == 409
    shown = (await reporter.get(MARCH)).text
    assert shown.count("second ") == 1


async def test_a_unit_that_decided_so_needs_one_person_alone(
    platform, town: Town, reporter: Visitor, colleague: Visitor
):
    async with platform.database.transaction(Scope.of_tenant(town.t01.id, ["reports"])) as tx:
        await write_settings(tx, "reporting", Settings(second_person=False))
    await sent(reporter)
    assert 'class="badge submitted"' in (await colleague.get(MARCH)).text


async def test_returned_with_a_reason_it_is_corrected_and_approved(reporter: Visitor, visit: Visit, settled):
    await sent(reporter)
    officer, analyst = await visit("town_admin"), await visit("town_analyst")
    review = f"{OFFICE}/T01/2025-03"
    page = (await officer.get(review)).text
    # Three people are too few to be told; her own page told them exactly.
    assert "&lt;5" in page
    assert not re.search(r">\s*3\s*<", page)
    assert f'href="{review}"' in (await officer.get(OFFICE)).text
    empty = await officer.post(f"{review}/return", {"submission": "1", "cell": "EMP-01 sex=1"})
    assert empty.status_code == 400
    told = {"submission": "1", "cell": "EMP-01 sex=1", "reason": "<i>Count</i> the men again."}
    assert (await officer.post(f"{review}/return", {**told, "cell": "POP-99"})).status_code == 404
    assert (await analyst.get(review)).status_code == 200
    assert (await analyst.post(f"{review}/return", told)).status_code == 403
    for _ in range(2):
        assert (await officer.post(f"{review}/return", told)).status_code == 303
    assert (await officer.post(f"{review}/approve", {"submission": "1"})).status_code == 409
    shown = (await reporter.get(MARCH)).text
    row = shown.split('id="field-emp_01_sex_1"')[1].split('id="field-emp_01_sex_2"')[0]
    assert "&lt;i&gt;Count&lt;/i&gt; the men again." in row
    await settled()
    await sent(reporter, emp_01_sex_1="61")
    assert (await officer.post(f"{review}/approve", {"submission": "1"})).status_code == 409
    inbox = (await officer.get(OFFICE)).text
    # The men, and with them all employees.
    assert "比上次上报改动 2 处" in inbox
    changed = (await officer.get(review)).text
    assert "男: 60 → 61</li>" in changed
    for _ in range(2):
        assert (await officer.post(f"{review}/approve", {"submission": "2"})).status_code == 303
    assert (await officer.post(f"{review}/return", {**told, "submission": "2"})).status_code == 409
    assert (await reporter.post(MARCH, {**CELLS, "version": "1"})).status_code == 409
    for _ in range(2):
        assert (await officer.post(f"{review}/lock", {"submission": "2"})).status_code == 303
    assert (await officer.post(f"{review}/reopen", {"submission": "2"})).status_code == 400
    reopened = {"submission": "2", "reason": "A late correction."}
    assert (await officer.post(f"{review}/reopen", reopened)).status_code == 303
    assert "A late correction." in (await reporter.get(MARCH)).text
    for act in ("explode", "submit", "prepare"):
        assert (await officer.post(f"{review}/{act}", {"submission": "2"})).status_code == 404
    assert (await officer.get(f"{review}/approve")).status_code in (404, 405)


async def test_a_month_of_the_town_is_approved_as_it_was_seen(
    reporter: Visitor, visit: Visit, platform, settled
):
    await sent(reporter)
    officer = await visit("town_admin")
    page = (await officer.get(f"{OFFICE}/month?period=2025-03")).text
    assert 'name="seen" value="T01:1"' in page
    numbers = re.findall(r'<p class="value">(\d+)</p>', page)
    assert numbers == ["2", "1", "1", "0"]
    # Of two that have one name, the one that is missing.
    assert page.split("<section>")[0].split("<main")[1].count("华星制衣职工服务协会") == 1
    approve = f"{OFFICE}/month/2025-03/approve"
    for seen in ("T01:²", "T01:9999999999999", "T01", "T01:0", "T01:2"):
        assert (await officer.post(approve, {"seen": seen})).status_code == 409, seen
    for seen in ("T02:1", "T99:1", ":", "é\x00:1"):
        assert (await officer.post(approve, {"seen": seen})).status_code == 404, seen
    assert (await officer.post(approve, {"seen": "x" * 5000})).status_code == 400
    assert 'class="badge submitted"' in (await officer.get(f"{OFFICE}/month?period=2025-03")).text
    for _ in range(2):
        assert (await officer.post(approve, {"seen": "T01:1"})).status_code == 303
    assert (await officer.post(f"{OFFICE}/month/2025-03/lock", {"seen": "T01:1"})).status_code == 303
    assert (await officer.post(approve, {"seen": "T01:1"})).status_code == 409
    await settled()
    totals = (await officer.get(f"{OFFICE}/month?period=2025-03")).text.split('id="totals"')[1]
    assert re.search(r'EMP-01</span></th>\s*<td class="number">100<br>', totals)
    assert await rebuild(platform.database, platform.catalogue) == 0


async def test_a_breakdown_is_shown_where_no_unit_has_a_small_number_in_it(
    reporter: Visitor, visit: Visit, settled
):
    """The town's own breakdown less those of the other units would give a hidden part away."""
    other, analyst = await visit("tenant_reporter.t02"), await visit("town_analyst")
    march = MARCH.replace("t01", "t02")
    for submission, (men, is_shown) in enumerate((("3", False), ("70", True)), start=1):
        await sent(reporter)
        page = await other.get(march)
        fields = {**CELLS, "emp_01_sex_1": men, "act": "submit", "version": version_in(page.text)}
        assert (await other.post(march, fields, follow=True)).status_code == 200
        await settled()
        for unit in ("T01", "T02"):
            review = (await analyst.get(f"{OFFICE}/{unit}/2025-03")).text
            employees = review.split("EMP-01</span>")[1].split("</tbody>")[0]
            assert ("<details>" in employees) is is_shown, (unit, men)
            assert ("here or in another unit" in employees or "本单位或其他单位" in employees) is not is_shown
        officer = await visit("town_admin")
        for unit in ("T01", "T02"):
            await officer.get(f"{OFFICE}/{unit}/2025-03")
            told = {"submission": str(submission), "reason": "again", "cell": ""}
            assert (await officer.post(f"{OFFICE}/{unit}/2025-03/return", told)).status_code == 303


async def test_no_odd_address_is_an_error_of_ours(reporter: Visitor, visit: Visit):
    await sent(reporter)
    officer = await visit("town_admin")
    for period in ODD_PERIODS:
        assert (await reporter.get(f"{BASE}/{period}")).status_code == 404, period
        assert (await reporter.get(f"{BASE}/{period}/print")).status_code == 404, period
        for act in ("", "/submit", "/take-back"):
            assert (await reporter.post(f"{BASE}/{period}{act}", {"version": "1"})).status_code == 404, period
        assert (await officer.get(f"{OFFICE}/T01/{period}")).status_code == 404, period
        for act in ("return", "approve"):
            answer = await officer.post(f"{OFFICE}/T01/{period}/{act}", {"submission": "1", "reason": "x"})
            assert answer.status_code == 404, period
        if period not in ("9999-12", "2024-12", "2025-05"):
            answer = await officer.post(f"{OFFICE}/month/{period}/approve", {"seen": ""})
            assert answer.status_code == 404, period
        assert (await officer.get(f"{OFFICE}/month?period={period}")).status_code == 200, period
    for unit in ("T99", "t01", "%00", "T01%27", "..", "T02"):
        assert (await officer.get(f"{OFFICE}/{unit}/2025-03")).status_code == 404, unit
    for year in ("1900", "2999", "0", "99999", "x"):
        assert (await reporter.get(f"{BASE}?year={year}")).status_code in (200, 400), year


async def test_others_find_nothing_here(reporter: Visitor, visit: Visit):
    await sent(reporter)
    for login in ("station_staff", "tenant_officer"):
        other = await visit(login)
        for path in ("", "/2025-03", "/2025-03/print"):
            assert (await other.get(f"{BASE}{path}")).status_code == 403, (login, path)
        assert (await other.post(MARCH, {**CELLS, "version": "1"})).status_code == 403
    foreign = await visit("tenant_reporter.t02")
    assert (await foreign.get(MARCH)).status_code == 404
    assert (await foreign.get(OFFICE)).status_code == 404
    assert 'value="60"' not in (await foreign.get("/t/t02/reporting/2025-03")).text
    auditor = await visit("auditor")
    for path in ("", "/month", "/T01/2025-03"):
        assert (await auditor.get(f"{OFFICE}{path}")).status_code == 403, path


async def test_what_waits_stands_on_the_home_pages(reporter: Visitor, visit: Visit):
    officer = await visit("town_admin")
    assert f'href="{MARCH}"' in (await reporter.get("/t/t01/", follow=True)).text
    assert f'href="{OFFICE}"' not in (await officer.get("/town/000001101")).text.split("<main")[1]
    await sent(reporter)
    assert f'href="{MARCH}"' not in (await reporter.get("/t/t01/", follow=True)).text
    assert f'href="{OFFICE}"' in (await officer.get("/town/000001101")).text.split("<main")[1]
    await officer.get(f"{OFFICE}/T01/2025-03")
    await officer.post(f"{OFFICE}/T01/2025-03/return", {"submission": "1", "reason": "Again."})
    assert f'href="{MARCH}"' in (await reporter.get("/t/t01/", follow=True)).text


async def test_each_cell_opens_the_people_whom_it_counts(
    people: list[str], reporter: Visitor, colleague: Visitor, visit: Visit
):
    figures = "/t/t01/registration/figures"
    page = (await colleague.get(MARCH)).text
    assert f'href="{figures}/POP-01?period=2025-03&amp;cut=sex%3D2"' in page
    assert f"{figures}/" not in (await reporter.get(MARCH)).text
    women = (await colleague.get(f"{figures}/POP-01?period=2025-03&cut=sex=2")).text
    assert [name in women for name in people] == [False, True, True]
    events = (await colleague.get(f"{figures}/POP-02?period=2025-03")).text
    assert all(name in events for name in people)
    assert "2025年3月6日" in events
    assert "王小一" not in events
    staff, officer = await visit("station_staff"), await visit("tenant_officer")
    assert (await staff.get(f"{figures}/POP-01?period=2025-03")).status_code == 200
    for other in (officer, reporter):
        assert (await other.get(f"{figures}/POP-01?period=2025-03")).status_code == 403
    for query in (
        "period=2025-03&cut=x",
        "period=2025-03&cut=%00",
        "period=9999-12",
        "period=2999-12&cut=sex=2",
    ):
        assert (await staff.get(f"{figures}/POP-01?{query}")).status_code in (200, 404), query
    for path in (
        "POP-01",
        "POP-01?period=0000-01",
        "EMP-01?period=2025-03",
        "X?period=2025-03",
        "%00?period=2025",
    ):
        assert (await staff.get(f"{figures}/{path}")).status_code == 404, path
