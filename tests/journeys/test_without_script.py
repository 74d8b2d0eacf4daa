"""The clerk's day in a browser that runs no script; and what a script adds to a form in one that does."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BASE = "/t/t01/registration"


async def fill_in(page: Page, name: str) -> None:
    await page.goto(f"{BASE}/register")
    await page.locator("#field-name").fill(name)
    await page.locator("#field-contact").fill("宿舍4栋118")
    await page.locator("#field-village").fill("南山村")


async def test_every_job_of_the_counter_goes_without_script(side_by_side) -> None:
    page = await side_by_side("station_staff", width=360, java_script_enabled=False)
    await fill_in(page, "严无声")
    await page.locator("main form button[type=submit]").last.click()
    await page.wait_for_url(re.compile(rf"{BASE}/people/[0-9a-f-]{{36}}$"))
    assert "严无声" in await page.locator("h1").inner_text()
    await page.get_by_role("button", name=re.compile("仍在住")).first.click()
    await page.get_by_role("status").wait_for()
    # The menu stands behind a button that opens it without a script.
    await page.get_by_role("button", name="菜单").click()
    await page.locator("#menu").get_by_role("link", name="服务对象").click()
    await page.locator("#field-q").fill("yws")
    await page.locator("#field-q").press("Enter")
    assert await page.locator("tbody tr").count() == 1
    await page.locator("details.menu summary", has_text="显示列").click()
    await page.get_by_label("性别").check()
    await page.locator("details.menu[open] button[type=submit]").click()
    assert await page.locator("tbody td[data-label=性别]").count() == 1
    await page.locator("td.pick input").check()
    await page.get_by_role("button", name="确认所选仍在住").click()
    assert "已确认今天仍在住：1 人" in await page.get_by_role("status").inner_text()


async def test_a_dialog_opens_by_its_address_alone_and_by_a_script_over_the_page(side_by_side) -> None:
    for settings in ({"java_script_enabled": False}, {}):
        page = await side_by_side(**settings)
        await page.goto("/town/kit")
        dialog = page.locator("#kit-dialog")
        assert not await dialog.is_visible()
        await page.locator("#dialogs .actions a").first.click()
        assert await dialog.is_visible()
        await dialog.locator("[data-closes]").click()
        assert not await dialog.is_visible()


async def test_what_is_not_sent_is_not_lost_by_a_wrong_click(side_by_side) -> None:
    page = await side_by_side("station_staff")
    asked: list[str] = []

    async def stay(dialog) -> None:
        asked.append(dialog.type)
        await dialog.dismiss()

    page.on("dialog", stay)
    await fill_in(page, "还没发")
    await page.locator(".trail a").first.click(no_wait_after=True)
    await page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    assert await page.locator("#field-name").input_value() == "还没发"
    # What is sent goes without a question, and without a second press of the button.
    button = page.locator("main form button[type=submit]").last
    await button.click()
    await page.wait_for_url(re.compile(rf"{BASE}/people/[0-9a-f-]{{36}}$"))
    assert asked == ["beforeunload"]


async def test_the_language_is_kept_and_every_page_speaks_it(side_by_side) -> None:
    page = await side_by_side("rights_consultant")
    await page.get_by_role("button", name="English").click()
    for path, heading in (("/me", "My account"), (f"{BASE}/people", "People")):
        await page.goto(path)
        assert await page.locator("html").get_attribute("lang") == "en"
        assert heading in await page.locator("h1").inner_text()
    assert not re.search(r"[\u4e00-\u9fff]", await page.locator("#menu").inner_text())
    await page.get_by_role("button", name="中文").click()
    assert await page.locator("html").get_attribute("lang") == "zh-CN"
