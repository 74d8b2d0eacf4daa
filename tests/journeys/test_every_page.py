"""Every page that can be opened without choosing something, and one of each kind that these lead to.

They are accessible, and inside the screen at every width; 640 px is 1280 px at 200 %. Each role sees hers in one look
(width, appearance, language), the next role in another; at full size in every one, and pictures stay in `.artefacts`.
"""

from __future__ import annotations

import os
import re
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import product
from pathlib import Path
from typing import NamedTuple

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Error, Page

from core.app import CORE_PAGES, plugins
from core.host.routing import addresses
from core.identity.roles import ROLES
from core.testing import TOWN

FULL = os.environ.get("TOWNBRIDGE_TEST_PAGES") == "full"
pytestmark = [pytest.mark.browser, pytest.mark.slow]


class Look(NamedTuple):
    """How a page is looked at."""

    width: int
    theme: str
    language: str

    def __str__(self) -> str:
        return "-".join(map(str, self))


WIDTHS = (1280, 640, 360)
EVERY = [Look(*look) for look in product(WIDTHS, ("light", "dark"), ("zh", "en"))]
LOOKS = EVERY if FULL else [Look(1280, "light", "zh"), Look(360, "dark", "en")]
PICTURES = Path(__file__).parents[2] / ".artefacts" / "pages"


def looks_of(turn: int) -> list[Look]:
    """Of the role with this number: steps of five go through all twelve."""
    return EVERY if FULL else [EVERY[turn * 5 % len(EVERY)]]


def pages_by_role() -> dict[str, list[str]]:
    """Every page, at one role that may open it; the home page of every role besides."""
    registry = plugins()
    permissions = {p.code: p for part in CORE_PAGES for p in part.permissions} | registry.permissions()
    found: dict[str, list[str]] = {role: ["/"] for role in ROLES}
    found["tenant_officer"].append("/me")
    for address in addresses(CORE_PAGES, registry):
        path = address.path.replace("{tenant_slug}", "t01").replace("{town_code}", TOWN)
        if address.kind == "page" and address.method == "GET" and "{" not in path:
            place = "tenant" if path.startswith("/t/") else "town"
            may = [role for role in permissions[address.permission].roles if ROLES[role].belongs_to == place]
            found[may[0]].append(path)
    return found


def kinds_of_pages() -> list[re.Pattern[str]]:
    """The addresses that name something: `/t/t01/staff/<an account>`."""
    shown = [a.path for a in addresses(CORE_PAGES, plugins()) if a.kind == "page" and a.method == "GET"]
    places = ("{tenant_slug}", "{town_code}")
    return [
        re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path)) + r"(\?.*)?")
        for path in shown
        if any(name not in places for name in re.findall(r"\{\w+\}", path))
    ]


async def links_on(page: Page) -> list[str]:
    return await page.eval_on_selector_all(
        "a[href^='/']", "links => links.map(link => link.getAttribute('href'))"
    )


def name_of(path: str) -> str:
    """A file's: the address less its ids."""
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "x", path).strip("/").replace("/", "-")[:90] or "home"


async def examine(page: Page, path: str, look: Look) -> list[str]:
    """What is wrong with a page as it is shown now."""
    try:
        answer = await page.goto(path)
    except Error as error:
        # A file to keep is no page to look at.
        return [] if "Download is starting" in str(error) else [f"{path}: {error}"]
    wrong = [] if answer and answer.ok else [f"{path}: {answer.status if answer else 'nothing'}"]
    wrong += [f"{path}: {over} pixels too wide at {width}" async for width, over in too_wide(page, look)]
    if await page.evaluate("document.documentElement.dataset.bsTheme") != look.theme:
        wrong.append(f"{path}: not {look.theme}")
    if FULL:
        await page.screenshot(path=PICTURES / str(look) / f"{name_of(path)}.png")
    await page.evaluate("document.querySelectorAll('main details').forEach(each => { each.open = true })")
    if (over := await page.evaluate(OVER)) > 0:
        wrong.append(f"{path}: {over} pixels too wide at {look.width} with all of it open")
    results = await Axe().run(page, options={"resultTypes": ["violations"]})
    for violation in results.response["violations"]:
        places = [" ".join(node["target"]) for node in violation["nodes"][:3]]
        wrong.append(f"{path}: {violation['id']}: {violation['help']}: {places}")
    return wrong


OVER = """() => {
  const over = (each) => each.scrollWidth - each.clientWidth;
  const cards = [...document.querySelectorAll(".table-responsive > table.stack > tbody > tr:first-child")]
    .filter((row) => getComputedStyle(row).display === "block")
    .map((row) => over(row.closest(".table-responsive")));
  return Math.max(over(document.documentElement), ...cards);
}"""
"""How many pixels are outside the screen, or outside a table whose rows stand as cards."""


async def too_wide(page: Page, look: Look) -> AsyncIterator[tuple[int, int]]:
    """Widths at which something is outside the screen; the page is left at its own."""
    for width in [look.width] if FULL else [*(each for each in WIDTHS if each != look.width), look.width]:
        await page.set_viewport_size({"width": width, "height": 800})
        if (over := await page.evaluate(OVER)) > 0:
            yield width, over


@asynccontextmanager
async def reading(page: Page, language: str) -> AsyncIterator[None]:
    """The language is the account's, and the accounts are shared: it is put back."""
    await choose(page, language)
    try:
        yield
    finally:
        await choose(page, "zh")


async def choose(page: Page, language: str) -> None:
    button = page.locator(f"button[name=language][value={language}]")
    if await button.count():
        await button.click()
        await page.locator(f"html[lang^={language}]").wait_for(state="attached")


@pytest.mark.parametrize(
    ("role", "look"),
    [(role, look) for turn, role in enumerate(sorted(ROLES)) for look in looks_of(turn)],
    ids=str,
)
async def test_pages_are_accessible_and_fit_the_screen(side_by_side, role: str, look: Look) -> None:
    page = await side_by_side(role, width=look.width, color_scheme=look.theme)
    by_role = pages_by_role()
    plain = {path for paths in by_role.values() for path in paths}
    waiting, unseen = deque(by_role[role]), set(kinds_of_pages())
    wrong: list[str] = []
    async with reading(page, look.language):
        while waiting:
            wrong += await examine(page, waiting.popleft(), look)
            for link in await links_on(page):
                kind = next((each for each in unseen if each.fullmatch(link)), None)
                if kind and link.partition("?")[0] not in plain:
                    unseen.remove(kind)
                    waiting.append(link)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("look", LOOKS, ids=str)
async def test_pages_for_everybody_are_accessible(side_by_side, look: Look) -> None:
    page = await side_by_side(width=look.width, color_scheme=look.theme)
    await page.goto("/sign-in")
    await choose(page, look.language)
    wrong = await examine(page, "/sign-in", look)
    await page.locator("#field-login").fill("nobody")
    await page.locator("#field-password").fill("wrong")
    await page.keyboard.press("Enter")
    await page.get_by_role("alert").wait_for()
    results = await Axe().run(page)
    assert not results.response["violations"]
    wrong += await examine(page, "/invitation", look)
    wrong += await examine(page, "/town/kit", look)
    for path in ("/nowhere", "/invitation/NOSUCHC0DE"):
        wrong += [line for line in await examine(page, path, look) if "404" not in line]
    assert not wrong, "\n".join(wrong)
