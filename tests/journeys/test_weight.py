"""What the first page costs on a thin line: bytes over the wire with an empty cache, and how many requests."""

from __future__ import annotations

import pytest
from playwright.async_api import Page

from core.testing import TOWN

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PLAIN, WITH_CHARTS = (140_000, 10), (400_000, 13)
"""Bytes and files."""
READY = "(() => { const t = performance.getEntriesByType('navigation')[0]; return Math.round(t.domInteractive) })()"


async def weigh(page: Page, path: str) -> tuple[int, int]:
    """Bytes and requests of a page that nothing was kept of."""
    session = await page.context.new_cdp_session(page)
    await session.send("Network.enable")
    await session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    sizes: list[int] = []
    asked: set[str] = set()
    session.on("Network.loadingFinished", lambda told: sizes.append(int(told["encodedDataLength"])))
    # Without a cache a file that is named twice is sent twice, such as the mark; a browser asks once.
    session.on("Network.requestWillBeSent", lambda told: asked.add(told["request"]["url"]))
    await page.goto(path, wait_until="networkidle")
    ready = await page.evaluate(READY)
    print(f"{path}: {sum(sizes):,} bytes, {len(asked)} requests, interactive after {ready} ms")  # noqa: T201
    return sum(sizes), len(asked)


@pytest.mark.parametrize(
    ("login", "path", "most"),
    [
        ("", "/sign-in", PLAIN),
        ("station_staff", "/t/t01", PLAIN),
        ("station_staff", "/t/t01/registration/people", PLAIN),
        ("town_admin", f"/town/{TOWN}", WITH_CHARTS),
    ],
)
async def test_the_first_page_is_light(side_by_side, login: str, path: str, most: tuple[int, int]) -> None:
    page = await side_by_side(login)
    size, requests = await weigh(page, path)
    assert 10_000 < size <= most[0]
    assert requests <= most[1]
