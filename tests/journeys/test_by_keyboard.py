"""The portal without a mouse, and on paper."""

from __future__ import annotations

import contextlib
import re

import pytest
from playwright.async_api import Page, TimeoutError  # noqa: A004

from core.people.documents import check_character
from core.testing import PASSWORD, TOWN
from tests.journeys.hands import Hands

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SECONDS = 20
HOME = "/t/t01/registration"
HERS = re.compile(rf".*{HOME}/people/[0-9a-f-]{{36}}")


def number(sequence: int) -> str:
    """A number that can be right, of nobody."""
    first = f"11010519491231{sequence:03d}"
    return first + check_character(first)


async def test_signing_in_needs_no_mouse(browser_page) -> None:
    await browser_page.goto("/sign-in?next=/t/t01/association")
    await browser_page.locator("input[name=login]:focus").wait_for()
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
    await browser_page.locator("input[name=login]:focus").wait_for()
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
    region = page.get_by_role("region", name="各单位对比")
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


async def test_a_registration_takes_less_than_twenty_seconds_of_typing(side_by_side) -> None:
    page = await side_by_side("station_staff")
    for place, (name, village) in enumerate((("陈丽华", "桥东村"), ("孙秀英", "桥东村"), ("欧阳小明", ""))):
        hands = Hands(page)
        await page.goto("/t/t01")
        await hands.press("g", "p")
        await page.wait_for_url(f"**{HOME}/people")
        await page.locator("#field-q:focus").wait_for()
        await hands.press("Escape", "n")
        await page.wait_for_url(f"**{HOME}/register")
        await page.locator("#field-number:focus").wait_for()
        await hands.type(number(800 + place))
        await hands.press("Enter")
        await page.locator("#known p").wait_for()
        assert await page.locator("#field-number").input_value() == (
            f"110105 19491231 {number(800 + place)[-4:]}"
        )
        assert await page.locator("#field-birth_date").input_value() == "1949-12-31"
        await hands.type(name)
        await hands.press("Tab")
        await hands.type(f"1380013800{place}")
        if village:
            await hands.press("Tab", "Tab", "Tab", "Tab")
            await hands.type(village)
        await hands.press("Enter")
        await page.wait_for_url(HERS)
        await page.get_by_role("heading", name=name).wait_for()
        assert hands.seconds < SECONDS, hands.keys


async def read_card(page: Page, card: str, leads_to: str) -> None:
    """As fast as a reader types; on a busy machine the browser is told of the keys too late now and then."""
    for _time in range(3):
        await page.keyboard.type(card)
        await page.keyboard.press("Enter")
        with contextlib.suppress(TimeoutError):
            return await page.wait_for_url(leads_to, timeout=3_000)
    raise AssertionError(f"no card was read: {page.url} instead of {leads_to}")


async def test_a_card_is_read_on_any_page(side_by_side) -> None:
    page = await side_by_side("station_staff")
    await page.goto("/t/t01/figures")
    await read_card(page, number(820), "**/t/t01/search")
    await page.locator("[data-hit] button:focus").wait_for()
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**{HOME}/register/start")
    await page.locator("#field-name:focus").wait_for()
    await page.keyboard.type("李小红")
    await page.keyboard.press("Tab")
    await page.keyboard.type("13700137020")
    await page.locator("#field-village").fill("东岸村")
    await page.keyboard.press("Enter")
    await page.wait_for_url(HERS)
    hers = page.url
    await page.goto("/t/t01/notices")
    await read_card(page, number(820), hers)
    await page.goto("/t/t01/notices")
    await page.keyboard.type(number(820), delay=60)
    await page.keyboard.press("Enter")
    assert page.url.endswith("/t/t01/notices")
    await page.goto(f"{HOME}/register")
    await page.locator("#field-number:focus").wait_for()
    await page.keyboard.type(number(820))
    await page.keyboard.press("Enter")
    await page.locator("[data-focus]:focus").wait_for()
    await page.keyboard.press("Enter")
    await page.wait_for_url(hers)


async def test_the_search_is_a_list_to_choose_from(side_by_side) -> None:
    page = await side_by_side("station_staff")
    await page.goto("/t/t01/figures")
    await page.keyboard.press("/")
    field = page.get_by_role("combobox", name="查找")
    assert await field.evaluate("field => field === document.activeElement")
    await page.keyboard.type("tongz")
    option = page.get_by_role("option", name="通知")
    await option.wait_for()
    assert await field.get_attribute("aria-expanded") == "true"
    await page.keyboard.press("ArrowDown")
    assert await field.get_attribute("aria-activedescendant") == await option.get_attribute("id")
    await page.keyboard.press("Escape")
    assert await field.get_attribute("aria-expanded") == "false"
    assert await field.input_value() == "tongz"
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/t/t01/notices")
    await page.keyboard.press("/")
    await page.keyboard.type("登记")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/t/t01/search")


async def test_single_keys_are_listed_do_nothing_in_fields_and_can_be_switched_off(side_by_side) -> None:
    page = await side_by_side("medical_staff")
    await page.goto("/t/t01/notices")
    await page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="快捷键")
    await keys.wait_for()
    assert await keys.locator("kbd").count() > 8
    await page.keyboard.press("Escape")
    await keys.wait_for(state="hidden")
    await page.keyboard.press("/")
    await page.keyboard.type("gh?n")
    assert await page.locator("#search").input_value() == "gh?n"
    assert page.url.endswith("/t/t01/notices")
    await page.goto("/me")
    await page.get_by_label("启用单键快捷").uncheck()
    await page.get_by_role("button", name="保存").click()
    await page.get_by_role("status").filter(has_text="单键快捷已停用。").wait_for()
    await page.goto("/t/t01/notices")
    await page.keyboard.press("?")
    await page.keyboard.press("/")
    assert not await keys.is_visible()
    assert await page.evaluate("document.activeElement.id") != "search"
