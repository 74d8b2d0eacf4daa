"""Charts in a browser: drawn from their tables, shown as tables again, taken along as pictures, in light and dark."""

from __future__ import annotations

import struct
import time
import zlib
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from core.kernel.clock import today
from core.testing import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.slow]

YEAR = f"/t/t01/year/{today().year}"
INK = """figure => {
  const canvas = figure.querySelector('canvas');
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const seen = new Set();
  for (let at = 0; at < data.length; at += 4) if (data[at + 3]) seen.add(data.slice(at, at + 3).join());
  return [...seen];
}"""


async def first_chart(page: Page) -> None:
    """The page once the worker has made the first figures."""
    begun = time.monotonic()
    while not await page.locator("figure.chart").count():
        assert time.monotonic() - begun < 30
        await page.goto(YEAR)
        await page.wait_for_timeout(200)


def colours(png: bytes) -> int:
    """How many different bytes the rows of a PNG hold; a blank sheet has hardly any."""
    assert png.startswith(b"\x89PNG")
    packed, at = b"", 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            packed += png[at + 8 : at + 8 + length]
        at += length + 12
    return len(set(zlib.decompress(packed)))


async def test_a_chart_is_drawn_and_its_table_and_picture_are_a_key_away(
    side_by_side, tmp_path: Path
) -> None:
    page = await side_by_side("station_staff")
    await first_chart(page)
    chart = page.locator("figure.chart").first
    await chart.locator("canvas").wait_for()
    table = chart.locator("table")
    assert not await table.is_visible()
    assert await chart.get_by_role("img").get_attribute("aria-label")
    light = set(await chart.evaluate(INK))
    assert len(light) > 3
    await chart.get_by_role("button", name="表格").focus()
    await page.keyboard.press("Enter")
    assert await table.is_visible()
    assert await table.locator("tbody tr").count() == 12
    async with page.expect_download() as coming:
        await chart.get_by_role("button", name="图片").click()
    picture = await coming.value
    assert picture.suggested_filename.endswith(".png")
    await picture.save_as(tmp_path / "chart.png")
    assert colours((tmp_path / "chart.png").read_bytes()) > 50
    await page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
    await page.wait_for_function("document.querySelector('figure.chart canvas')")
    assert set(await chart.evaluate(INK)) != light


async def test_without_a_script_the_tables_are_there(browser: Browser, served: str) -> None:
    context = await browser.new_context(base_url=served, locale="zh-CN", java_script_enabled=False)
    page = await context.new_page()
    await page.goto("/sign-in")
    await page.get_by_label("用户名").fill("station_staff")
    await page.get_by_label("密码").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url(lambda url: "/sign-in" not in url)
    await first_chart(page)
    chart = page.locator("figure.chart").first
    assert await chart.locator("table").is_visible()
    assert await chart.locator("td.number").first.inner_text()
    assert not await chart.locator("canvas").count()
    await context.close()
