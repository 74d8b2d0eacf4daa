"""Three people and one report: the clerk registers, the reporter submits, the town returns it, and then approves it."""

from __future__ import annotations

import re
import time

import pytest
from playwright.async_api import Page

from core.kernel import clock
from core.testing import TOWN
from tests.journeys.test_worker_becomes_a_figure import register

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SECONDS = 2.0
ACTIVITIES = "举办活动场次"
REASON = "活动应为 6 场，请核对。"


async def fill(page: Page, **cells: str) -> None:
    for name, value in cells.items():
        await page.locator(f"#field-{name}").fill(value)


async def cell_of(page: Page, title: str) -> str:
    row = page.locator("tr").filter(has=page.get_by_role("rowheader", name=title)).first
    return (await row.locator("td").first.inner_text()).strip()


async def approved_total(page: Page, code: str) -> str:
    await page.reload()
    row = page.locator("table.totals tr").filter(has_text=code)
    return re.sub(r"\s.*", "", (await row.locator("td").first.inner_text()).strip(), flags=re.DOTALL)


async def test_a_report_goes_to_the_town_and_back_and_is_counted(side_by_side) -> None:
    clerk, reporter = await side_by_side("station_staff"), await side_by_side("tenant_reporter")
    officer, analyst = await side_by_side("town_admin"), await side_by_side("town_analyst")
    month = clock.month_of(clock.today())
    report, inbox = f"/t/t01/reporting/{month}", f"/town/{TOWN}/reporting"
    await register(clerk, "何莲")

    await analyst.goto(f"{inbox}/month?period={month}")
    assert await approved_total(analyst, "EMP-01") == "—"
    await reporter.goto(report)
    assert int((await cell_of(reporter, "期末登记流动人口")).split()[0]) >= 1
    await fill(reporter, emp_01_sex_1="120", emp_01_sex_2="230", com_02="2")
    await reporter.get_by_role("button", name="保存并上报镇协会").click()
    # What is missing is told beside its cell, and nothing that was typed is lost.
    assert await reporter.locator("#field-emp_01_sex_2").input_value() == "230"
    await reporter.get_by_text("请填写；没有就填 0。").wait_for()
    await fill(reporter, com_02_measure_participants="57")
    await reporter.get_by_role("button", name="保存并上报镇协会").click()
    await reporter.get_by_role("status").wait_for()

    await officer.goto(inbox)
    await officer.locator(f'a[href$="/T01/{month}"]').click()
    await officer.locator("#field-cell").select_option("COM-02")
    await officer.locator("#field-reason").fill(REASON)
    await officer.get_by_role("button", name="退回单位").click()
    await officer.get_by_role("status").wait_for()

    await reporter.goto("/t/t01")
    await reporter.get_by_role("link", name="更正").first.click()
    await reporter.locator("#note-com_02", has_text=REASON).wait_for()
    await fill(reporter, com_02="6")
    await reporter.get_by_role("button", name="保存并上报镇协会").click()
    await reporter.get_by_role("status").wait_for()

    await officer.goto(inbox)
    await officer.get_by_text("比上次上报改动 1 处").first.wait_for()
    await officer.locator(f'a[href$="/T01/{month}"]').click()
    await officer.get_by_text(f"{ACTIVITIES.removeprefix('举办')}: 2 → 6").wait_for()
    begun = time.monotonic()
    await officer.get_by_role("button", name="审核通过", exact=True).click()
    await officer.get_by_role("status").wait_for()
    while (await approved_total(analyst, "EMP-01"), await approved_total(analyst, "COM-02")) != ("350", "6"):
        assert time.monotonic() - begun < SECONDS
    assert time.monotonic() - begun < SECONDS
    await reporter.goto(report)
    await reporter.get_by_text("已审核", exact=True).first.wait_for()
    assert await reporter.locator("#field-com_02").count() == 0
