"""The portal without a mouse, and on paper."""

from __future__ import annotations

import pytest

from core.testing import PASSWORD, TOWN

pytestmark = [pytest.mark.browser, pytest.mark.slow]


async def test_signing_in_needs_no_mouse(browser_page) -> None:
    await browser_page.goto("/sign-in?next=/t/t01/association")
    await browser_page.keyboard.type("station_staff")
    await browser_page.keyboard.press("Tab")
    await browser_page.keyboard.type(PASSWORD)
    await browser_page.keyboard.press("Enter")
    await browser_page.get_by_role("heading", name="华星制衣职工服务协会").wait_for()
    assert browser_page.url.endswith("/t/t01/association")


async def test_the_first_tab_leads_past_the_navigation(side_by_side) -> None:
    page = await side_by_side("station_staff")
    await page.goto("/t/t01/figures")
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.querySelector('main').contains(document.activeElement)")


async def test_a_wrong_password_is_told_first_and_what_was_typed_stays(browser_page) -> None:
    await browser_page.goto("/sign-in")
    await browser_page.keyboard.type("station_staff")
    await browser_page.keyboard.press("Tab")
    await browser_page.keyboard.type("not this one")
    await browser_page.keyboard.press("Enter")
    await browser_page.get_by_role("alert").wait_for()
    assert await browser_page.evaluate("document.activeElement.className") == "problems"
    assert await browser_page.get_by_label("用户名").input_value() == "station_staff"
    assert await browser_page.get_by_label("密码").input_value() == ""


async def test_a_period_is_chosen_by_keyboard_and_bookmarked(side_by_side) -> None:
    page = await side_by_side("station_staff")
    await page.goto("/t/t01/figures")
    await page.locator("#period").focus()
    await page.keyboard.press("ArrowDown")
    chosen = await page.locator("#period").input_value()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**/t/t01/figures?period={chosen}")
    await page.go_back()
    assert page.url.endswith("/t/t01/figures")


async def test_a_table_wider_than_the_screen_is_scrolled_by_keyboard(side_by_side) -> None:
    page = await side_by_side("town_admin", width=360)
    await page.goto(f"/town/{TOWN}")
    region = page.locator(".table-responsive").first
    await region.focus()
    await page.keyboard.press("ArrowRight")
    moved = 0
    for _ in range(50):
        moved = moved or await region.evaluate("region => region.scrollLeft")
        await page.wait_for_timeout(20)
    assert moved > 0


async def test_on_paper_stands_what_is_known_and_no_button(side_by_side) -> None:
    page = await side_by_side("station_staff")
    await page.goto("/t/t01/figures")
    await page.emulate_media(media="print")
    assert not await page.locator("header nav").is_visible()
    assert not await page.locator(".periods").is_visible()
    assert await page.locator("table.sheet").is_visible()


async def test_language_is_kept_with_the_account(side_by_side) -> None:
    page = await side_by_side("tenant_reporter.t02")
    await page.get_by_role("button", name="English").click()
    await page.get_by_role("heading", name="What is to be done now").wait_for()
    assert await page.evaluate("document.documentElement.lang") == "en"
    again = await side_by_side("tenant_reporter.t02")
    await again.get_by_role("heading", name="What is to be done now").wait_for()
    await again.get_by_role("button", name="中文").click()
    await again.get_by_role("heading", name="现在要做什么").wait_for()


async def test_signing_out_leaves_nothing_behind_the_back_button(side_by_side) -> None:
    page = await side_by_side("station_staff")
    await page.goto("/t/t01/association")
    await page.locator("summary.who").click()
    await page.get_by_role("button", name="退出登录").click()
    await page.wait_for_url("**/sign-in")
    await page.go_back()
    await page.wait_for_url("**/sign-in?next=**")
    assert await page.get_by_text("工作人员").count() == 0
