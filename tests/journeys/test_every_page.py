"""Every page that can be opened without choosing something, and one of each kind that these lead to.

They are accessible, inside the screen and usable on paper.
"""

from __future__ import annotations

import re
from collections import deque

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Error, Page

from core.app import CORE_PAGES, plugins
from core.host.routing import addresses
from core.identity.roles import ROLES
from core.testing import TOWN

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WIDTHS = (1280, 360)


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


async def examine(page: Page, path: str) -> list[str]:
    """What is wrong with a page as it is shown now."""
    try:
        answer = await page.goto(path)
    except Error as error:
        # A file to keep is no page to look at.
        return [] if "Download is starting" in str(error) else [f"{path}: {error}"]
    wrong = [] if answer and answer.ok else [f"{path}: {answer.status if answer else 'nothing'}"]
    over = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if over > 0:
        wrong.append(f"{path}: {over} pixels too wide")
    await page.evaluate("document.querySelectorAll('main details').forEach(each => { each.open = true })")
    results = await Axe().run(page, options={"resultTypes": ["violations"]})
    for violation in results.response["violations"]:
        places = [" ".join(node["target"]) for node in violation["nodes"][:3]]
        wrong.append(f"{path}: {violation['id']}: {violation['help']}: {places}")
    return wrong


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("role", sorted(ROLES))
async def test_pages_are_accessible_and_fit_the_screen(side_by_side, role: str, width: int) -> None:
    page = await side_by_side(role, width=width)
    by_role = pages_by_role()
    plain = {path for paths in by_role.values() for path in paths}
    waiting, unseen = deque(by_role[role]), set(kinds_of_pages())
    wrong: list[str] = []
    while waiting:
        wrong += await examine(page, waiting.popleft())
        for link in await links_on(page):
            kind = next((each for each in unseen if each.fullmatch(link)), None)
            if kind and link.partition("?")[0] not in plain:
                unseen.remove(kind)
                waiting.append(link)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("width", WIDTHS)
async def test_pages_for_everybody_are_accessible(side_by_side, width: int) -> None:
    page = await side_by_side(width=width)
    wrong = await examine(page, "/sign-in")
    await page.get_by_label("用户名").fill("nobody")
    await page.get_by_label("密码").fill("wrong")
    await page.keyboard.press("Enter")
    await page.get_by_role("alert").wait_for()
    results = await Axe().run(page)
    assert not results.response["violations"]
    wrong += await examine(page, "/invitation")
    for path in ("/nowhere", "/invitation/NOSUCHC0DE"):
        wrong += [line for line in await examine(page, path) if "404" not in line]
    assert not wrong, "\n".join(wrong)
