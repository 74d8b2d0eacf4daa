"""Whatever is asked for, nobody is led away from this site."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import urljoin, urlsplit

import httpx
import pytest

from core.testing import Visitor
from core.web.answers import redirect
from tests.abuse.pages import read_page
from tests.abuse.payloads import TARGETS
from tests.abuse.scene import HOME, Scene, encoded

pytestmark = pytest.mark.requirement("R26")

Visit = Callable[..., Awaitable[Visitor]]

SITE = "http://testserver"
NAMES = ("next", "url", "return", "redirect", "to", "goto", "continue", "said", "hx-redirect")
BESIDE = ("/sign-in", "/", "/me", "/invitation")


def leads_away(answer: httpx.Response) -> bool:
    """As a browser understands it: backslashes are slashes to it, tabs and line ends are nothing."""
    for name in ("Location", "HX-Redirect", "HX-Location", "Refresh", "Content-Location", "Link"):
        place = answer.headers.get(name, "").replace("\\", "/").translate(dict.fromkeys(b"\t\r\n"))
        address = urlsplit(urljoin(f"{SITE}/sign-in", place.strip()))
        if (address.scheme, address.netloc) != ("http", "testserver"):
            return True
    return False


async def test_no_form_leads_away(visit: Visit, scene: Scene) -> None:
    clerk = await scene.visitor("station_staff")
    wrong: list[str] = []
    for target in TARGETS:
        for path, choice in (("/language", {"language": "zh"}), ("/appearance", {"theme": "dark"})):
            answer = await clerk.client.post(
                path,
                content=encoded({"_csrf": clerk.token, "next": target, **choice}),
                headers=HOME | {"Content-Type": "application/x-www-form-urlencoded"},
            )
            if answer.status_code != 303 or leads_away(answer):
                wrong.append(f"{path} {target!r}: {answer.headers.get('Location')!r}")
    assert len(TARGETS) >= 40
    assert not wrong, "\n".join(wrong)


async def test_no_question_leads_away(visit: Visit, scene: Scene) -> None:
    """In the address of every page, under every usual name; and what the sign-in page keeps stays what it was."""
    clerk, nobody = await scene.visitor("station_staff"), await visit()
    wrong: list[str] = []
    for target in TARGETS:
        query = encoded(dict.fromkeys(NAMES, target))
        for visitor in (clerk, nobody):
            for path in BESIDE:
                answer = await visitor.client.get(f"{path}?{query}")
                if answer.status_code >= 500 or leads_away(answer):
                    wrong.append(
                        f"{path} {target!r}: {answer.status_code} {answer.headers.get('Location')!r}"
                    )
        page = read_page((await nobody.client.get(f"/sign-in?{query}")).text)
        kept = [
            form.fields["next"] for form in page.forms if "next" in form.fields and "login" in form.fields
        ]
        assert len(kept) == 1
    assert not wrong, "\n".join(wrong)


async def test_signing_in_leads_to_this_site(visit: Visit) -> None:
    visitor, wrong = await visit(), list[str]()
    await visitor.get("/sign-in")
    for target in TARGETS:
        sent = encoded({"login": "auditor", "password": "wrong", "next": target})
        answer = await visitor.client.post(
            "/sign-in", content=sent, headers=HOME | {"Content-Type": "application/x-www-form-urlencoded"}
        )
        if answer.status_code not in (400, 401, 429) or leads_away(answer):
            wrong.append(f"{target!r}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


async def test_an_address_itself_leads_nowhere_else(visit: Visit) -> None:
    """Who must sign in first comes back to a path of this site, whatever its slashes."""
    nobody, wrong = await visit(), list[str]()
    for target in TARGETS:
        for path in (f"/t/t01/{target}", f"/{target}", target if target.startswith("/") else f"/{target}"):
            try:
                answer = await nobody.client.get(f"{SITE}{path}")
            except httpx.InvalidURL:
                continue
            if answer.status_code >= 500 or leads_away(answer):
                wrong.append(f"{path!r}: {answer.status_code} {answer.headers.get('Location')!r}")
    assert not wrong, "\n".join(wrong)


def test_the_product_itself_cannot_redirect_away() -> None:
    away: list[str] = []
    for target in TARGETS:
        try:
            answer = redirect(target)
        except ValueError:
            continue
        shown = httpx.Response(303, headers={"Location": answer.headers["Location"]})
        away += [target] if leads_away(shown) else []
    assert not away
