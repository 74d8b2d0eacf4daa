"""Somebody stands at the counter: from opening it to goods in her hand, by keyboard and without a script."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page

from tests.journeys.goods import CLIENT
from tests.journeys.hands import Hands

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BASE = "/t/t01/supplies"
RECEIPT = re.compile(rf".*{BASE}/vouchers/[0-9a-f-]{{36}}/receipt")
SECONDS_WITHOUT_A_NAME = 2
SECONDS_FOR_SOMEBODY = 4


async def open_counter(page: Page, hands: Hands) -> None:
    await hands.press("g", "s")
    await page.wait_for_url(f"**{BASE}")
    await page.locator("#field-q:focus").wait_for()


async def hand_out(page: Page, hands: Hands, quantity: str) -> None:
    """From the cursor in the number to the receipt."""
    await page.locator("#field-quantity:focus").wait_for()
    await hands.type(quantity)
    await hands.press("Enter")
    await page.locator("[data-main]:focus").wait_for()
    await hands.press("Enter")
    await page.wait_for_url(RECEIPT)


async def test_goods_are_in_her_hand_within_seconds_of_typing(side_by_side) -> None:
    page = await side_by_side("station_staff")
    await page.goto("/t/t01")
    for name, most in (("", SECONDS_WITHOUT_A_NAME), (CLIENT, SECONDS_FOR_SOMEBODY)):
        hands = Hands(page)
        await open_counter(page, hands)
        await hands.type("zxm" if name else "")
        await hands.press("Enter")
        await page.get_by_role("heading", name=name or "不记名").wait_for()
        await hand_out(page, hands, "10")
        assert "男用避孕套" in await page.locator(".paper").inner_text()
        assert not name or name not in await page.locator("main").inner_text()
        assert hands.seconds <= most, hands.keys
    # The next one is a key away, and what is left is less by what she has.
    await page.keyboard.press("n")
    await page.locator("#field-q:focus").wait_for()


async def test_the_receipt_is_a_slip_on_paper(side_by_side) -> None:
    page = await side_by_side("station_staff")
    await page.goto(BASE)
    hands = Hands(page)
    await hands.press("Enter")
    await hand_out(page, hands, "1")
    await page.emulate_media(media="print")
    assert not await page.get_by_role("link", name="下一位").is_visible()
    assert await page.locator(".paper").is_visible()


async def test_the_counter_needs_no_script(side_by_side) -> None:
    page = await side_by_side("station_staff", width=360, java_script_enabled=False)
    await page.goto(BASE)
    await page.locator("#field-q").fill(CLIENT)
    await page.locator("#field-q").press("Enter")
    await page.locator("#field-quantity").fill("121")
    await page.locator("#field-quantity").press("Enter")
    assert "超出限量" in await page.locator("main").inner_text()
    await page.get_by_role("button", name="发放", exact=True).click()
    await page.get_by_role("alert").wait_for()
    await page.locator("#field-override").select_option("ASKED_FOR_MORE")
    await page.get_by_role("button", name="发放", exact=True).click()
    await page.wait_for_url(RECEIPT)
    await page.get_by_role("link", name="单据").click()
    await page.get_by_label(re.compile("男用避孕套")).last.fill("1")
    await page.get_by_role("button", name="退回入库").last.click()
    await page.get_by_role("status").filter(has_text="已退回原批号").wait_for()
    await page.locator("#field-reason").select_option("WRONG_GOODS")
    await page.get_by_role("button", name="冲销").click()
    await page.get_by_role("status").filter(has_text="已冲销").wait_for()
    await page.goto(f"{BASE}/book")
    assert await page.locator("tbody tr").count() >= 4
