"""The product itself, served with its worker as for a user, and a real browser in front of it.

`served` is the address of a town that all browser tests share; `browser_page` is a page of a browser of its own,
in which an error on the console fails the test.
"""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, ViewportSize, async_playwright

from core.app import open_platform
from core.host.discovery import Found
from core.kernel.ids import new_id
from core.testing import PASSWORD, Server, platform_settings
from tests.journeys.goods import open_store, stock_up
from tests.serving import serving

FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
SideBySide = Callable[..., Awaitable[Page]]


@pytest.fixture(scope="session")
async def served_database(
    database_server: Server, furnished_database: str, installed_plugins: Sequence[Found], home: Path
) -> AsyncIterator[str]:
    """The database behind `served`: the town of the tests, with goods on a shelf."""
    name = f"served_{new_id().hex}"
    await database_server.run(f'CREATE DATABASE "{name}" TEMPLATE "{furnished_database}"')
    settings = platform_settings(database_server, name, home)
    async with open_platform(settings, found=installed_plugins) as platform:
        await stock_up(platform)
        await open_store(platform)
    yield name
    await database_server.run(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def served(
    database_server: Server, served_database: str, home: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """`townbridge serve` on a free port."""
    log = tmp_path_factory.mktemp("served") / "log"
    with serving(database_server, served_database, home, log, TOWNBRIDGE_DEMO="1") as address:
        yield address


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Debian's chromium."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.fail("The browser tests need chromium: apt-get install chromium")
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield started
        await started.close()


@pytest.fixture
async def side_by_side(browser: Browser, served: str) -> AsyncIterator[SideBySide]:
    """Open pages that share nothing, each as somebody: `await side_by_side("station_staff", width=360)`.

    `settings` are those of a context of Playwright: `java_script_enabled=False`, `color_scheme="dark"`.
    """
    errors: list[str] = []
    contexts = []

    async def come(login: str = "", width: int = 1280, height: int = 800, **settings: Any) -> Page:
        chosen: dict[str, Any] = {"locale": "zh-CN", "reduced_motion": "reduce", **settings}
        size: ViewportSize = {"width": width, "height": height}
        context = await browser.new_context(base_url=served, viewport=size, **chosen)
        contexts.append(context)
        context.set_default_timeout(10_000)
        page = await context.new_page()
        page.on("console", lambda message: _note(errors, message))
        page.on("pageerror", lambda error: errors.append(str(error)))
        if login:
            await page.goto("/sign-in")
            await page.get_by_label("用户名").fill(login)
            await page.get_by_label("密码").fill(PASSWORD)
            await page.keyboard.press("Enter")
            await page.wait_for_url(lambda url: "/sign-in" not in url)
        return page

    yield come
    for context in contexts:
        await context.close()
    assert not errors, "\n".join(errors)


@pytest.fixture
async def browser_page(side_by_side: SideBySide) -> Page:
    """A page of a browser where nobody is signed in."""
    return await side_by_side()


def _note(errors: list[str], message: ConsoleMessage) -> None:
    # A refused page is an error to the console; the tests look at it themselves.
    if message.type == "error" and "Failed to load resource" not in message.text:
        errors.append(message.text)
