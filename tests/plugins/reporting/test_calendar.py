"""Who is missing, and the calendar of the year: in words and signs, each cell with the page where it is looked at."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from core.kernel.clock import freeze
from core.testing import TOWN, Visitor
from plugins.reporting.services.calendar import last_months, months_of_year
from tests.plugins.reporting.conftest import CELLS, MARCH, OFFICE, Visit, version_in

YEAR = f"/town/{TOWN}/year/2025"


def calendar(page: str) -> list[list[str]]:
    """The rows of the calendar, as words."""
    found = re.search(r'<table class="table calendar">.*?</table>', page, re.S)
    assert found
    return [
        [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in re.split(r"</t[hd]>", row)[:-1]]
        for row in re.findall(r"<tr>.*?</tr>", found[0], re.S)
    ]


async def send(reporter: Visitor) -> None:
    page = await reporter.get(MARCH)
    fields = {**CELLS, "act": "submit", "version": version_in(page.text)}
    assert (await reporter.post(MARCH, fields, follow=True)).status_code == 200


async def test_the_town_sees_every_unit_and_month(reporter: Visitor, visit: Visit) -> None:
    await send(reporter)
    page = (await (await visit("town_analyst")).get(YEAR)).text
    rows = calendar(page)
    assert rows[0] == ["协会单位", "2025年", "2月", "3月", "4月"]
    assert rows[1][1:] == ["✕ 未报", "✕ 未报", "● 已上报", "○ 未上报"]
    assert rows[2][1:] == ["✕ 未报", "✕ 未报", "○ 未上报", "○ 未上报"]
    assert rows[3] == ["已报", "0 / 2", "0 / 2", "1 / 2", "0 / 2"]
    assert rows[4] == ["按时", "0", "0", "1", "0"]
    assert f'href="{OFFICE}/T01/2025-03"' in page
    assert f'href="{OFFICE}/month?period=2025-02"' in page


async def test_what_came_late_says_so_and_what_came_back_too(people: list[str], visit: Visit) -> None:
    with freeze(datetime(2025, 5, 20, 4, tzinfo=UTC)):
        await send(await visit("tenant_reporter"))
        admin = await visit("town_admin")
        assert calendar((await admin.get(YEAR)).text)[1][3] == "● 已上报 逾期"
        decision = {"submission": "1", "reason": "See the activities.", "cell": ""}
        await admin.post(f"{OFFICE}/T01/2025-03/return", decision)
        assert calendar((await admin.get(YEAR)).text)[1][3] == "↩ 已退回 逾期"


async def test_the_overview_says_who_is_missing_by_name(reporter: Visitor, visit: Visit) -> None:
    await send(reporter)
    admin = await visit("town_admin")
    page = (await admin.get(f"/town/{TOWN}")).text
    section = page[page.index("月报表 <span") :]
    assert "已报 1 / 2 个单位，其中按时 1 个" in section
    assert section.index("未报：") < section.index("近十二个月的月报")
    assert page.index("现在要做什么") < page.index("月报表 <span") < page.index('class="periods"')
    assert "月报表 <span" not in (await (await visit("auditor")).get(f"/town/{TOWN}/tenants")).text


async def test_a_unit_sees_its_own_months_and_nobody_elses(reporter: Visitor, visit: Visit) -> None:
    await send(reporter)
    page = (await reporter.get("/t/t01/year/2025")).text
    own = re.findall(r'<li class="(\w*)"><a href="(/t/t01/reporting/[\d-]+)">', page)
    assert own == [
        (tone, f"/t/t01/reporting/2025-0{month}")
        for month, tone in enumerate(("bad", "bad", "wait", ""), start=1)
    ]
    assert "calendar" not in re.findall(r'<table class="table (\w+)">', page)
    # Who has no part in reports is not shown them.
    assert "本单位月报" not in (await (await visit("tenant_officer")).get("/t/t01/year/2025")).text


def test_the_months_that_are_over_and_those_of_a_year() -> None:
    assert [month.name for month in last_months(date(2026, 1, 31))][::11] == ["2025-01", "2025-12"]
    assert len(last_months(date(2028, 2, 29))) == 12
    assert [month.name for month in months_of_year("2025", date(2025, 2, 1))] == ["2025-01", "2025-02"]
    assert not months_of_year("2025-02", date(2025, 2, 1))
    assert not months_of_year("x", date(2025, 2, 1))
