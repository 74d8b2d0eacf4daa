"""The security headers stand on every answer, the errors' included, and no page carries script or style."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

import pytest

from core.app import Platform
from core.testing import Visitor
from core.web.headers import ALWAYS
from tests.contract.conftest import Knock
from tests.contract.places import doors

INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:|https?://(?!www\.w3\.org)")


@pytest.mark.requirement("R25")
async def test_every_answer_has_the_headers(
    platform: Platform, knock: Knock, visit: Callable[..., Awaitable[Visitor]]
) -> None:
    answers = [
        await knock(role, door) for door in doors(platform) for role in (*door.may[:1], *door.may_not[:1])
    ]
    nobody = await visit()
    answers += [
        await nobody.get(path) for path in ("/sign-in", "/nowhere", "/static/0/x.css", "/healthz", "/")
    ]
    answers += [await nobody.post("/sign-in", {"login": "x", "password": "y"}), await nobody.post("/nowhere")]
    assert {answer.status_code for answer in answers} >= {200, 303, 400, 401, 403, 404, 500, 503}
    for answer in answers:
        missing = [name for name, value in ALWAYS.items() if answer.headers.get(name) != value]
        assert not missing, f"{answer.request.url} {answer.status_code}: {missing}"


@pytest.mark.requirement("R41")
async def test_pages_are_stored_by_nobody(platform: Platform, knock: Knock) -> None:
    for door in doors(platform):
        for role in (*door.may[:1], *door.may_not[:1]):
            assert (await knock(role, door)).headers["Cache-Control"] == "no-store", str(door)


@pytest.mark.requirement("R25", "R27")
async def test_no_page_holds_script_style_or_a_foreign_address(platform: Platform, knock: Knock) -> None:
    wrong: list[str] = []
    for door in doors(platform):
        for role in door.may[:1]:
            answer = await knock(role, door)
            if "html" in answer.headers.get("Content-Type", "") and (found := INLINE.search(answer.text)):
                wrong.append(f"{door}: {found[0]}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.requirement("R47")
async def test_a_fault_tells_nothing_but_its_number(visit: Callable[..., Awaitable[Visitor]]) -> None:
    clerk = await visit("station_staff")
    answer = await clerk.get("/t/t01/lantern/broken")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert re.search(r"<code>[0-9a-f-]{36}</code>", answer.text)
