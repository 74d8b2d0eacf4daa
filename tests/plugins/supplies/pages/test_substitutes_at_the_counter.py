"""At the counter: what can be had instead is said and one press away, with her and what is in the basket kept."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from core.testing import Program, Visitor
from tests.plugins.supplies.conftest import Store, person_at, receive

BASE = "/t/t01/supplies"
API = f"/api/v1{BASE}"
FORM = re.compile(r"<form ([^>]*)>(.*?)</form>", re.DOTALL)
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')

pytestmark = pytest.mark.usefixtures("substitutes")


def forms_with(page: str, text: str) -> list[dict[str, str]]:
    """What the forms send that hold this text or are called so."""
    found = [dict(HIDDEN.findall(inside)) for head, inside in FORM.findall(page) if text in head + inside]
    return [{name: value for name, value in form.items() if name[0] != "_"} for form in found]


async def test_what_is_not_here_is_one_press_away_and_its_number_is_asked(
    store: Store, visit: Callable[..., Awaitable[Visitor]]
) -> None:
    async with store() as ctx:
        await receive(ctx, 40, "F", sku="CON-F")
        person = await person_at(ctx)
    clerk = await visit("station_staff")
    page = await clerk.get(f"{BASE}/issue/{person}?point=S1&sku=CON-M")
    assert "此处现在不能发放男用避孕套" in page.text
    assert "女用避孕套，最多 40 只" in page.text
    (chosen,) = forms_with(page.text, 'id="take-CON-F"')
    assert chosen == {"point": "S1", "person": str(person), "sku": "CON-F"}
    filled = await clerk.post(f"{BASE}/issue/look", chosen)
    assert filled.status_code == 200
    assert re.search(r'value="CON-F" checked', filled.text)
    assert "王小明" in filled.text
    # The number is left to her who asks; without one nothing is proposed.
    assert (await clerk.post(f"{BASE}/issue/look", chosen | {"quantity": ""})).status_code == 400
    proposed = await clerk.post(f"{BASE}/issue/look", chosen | {"quantity": "5"})
    assert f'action="{BASE}/issue"' in proposed.text


async def test_what_is_missing_is_filled_up_and_what_is_beyond_a_limit_changed_for_it(
    store: Store, visit: Callable[..., Awaitable[Visitor]]
) -> None:
    async with store() as ctx:
        await receive(ctx, 200, "M")
        await receive(ctx, 40, "F", sku="CON-F")
        person = await person_at(ctx)
    clerk = await visit("station_staff")
    asked = {"point": "S1", "sku": "CON-M", "quantity": "215"}
    short = await clerk.post(f"{BASE}/issue/look", asked)
    (more,) = forms_with(short.text, "改领女用避孕套：15 只")
    assert (more["sku"], more["quantity"], more["quantities"]) == ("CON-F", "15", "200")
    both = await clerk.post(f"{BASE}/issue/look", more)
    assert "男用避孕套 · 200 只" in both.text
    assert "女用避孕套 · 15 只" in both.text
    over = await clerk.post(f"{BASE}/issue/look", asked | {"person": str(person), "quantity": "121"})
    (other,) = forms_with(over.text, "改领女用避孕套：40 只")
    assert (other["without"], other["person"]) == ("CON-M", str(person))
    changed = await clerk.post(f"{BASE}/issue/look", other)
    assert "女用避孕套 · 40 只" in changed.text
    assert "男用避孕套 · 121 只" not in changed.text


async def test_nothing_is_proposed_that_she_may_not_be_given(
    store: Store, program: Callable[..., Awaitable[Program]]
) -> None:
    async with store() as ctx:
        await receive(ctx, 20, "P", sku="COC-LNG21", expiry=ctx.today + timedelta(days=27))
        await receive(ctx, 30, "Q", sku="COC-LNG28")
        person = await person_at(ctx)
    station, clinic = await program("station_staff"), await program("medical_staff")
    path = f"{API}/issue/{person}"
    told = (await station.get(path, point="S1")).json()
    assert [(one["sku"], one["most"], one["instead"]) for one in told["offers"]] == [
        ("COC-LNG21", 0, []),
        ("COC-LNG28", 0, []),
    ]
    told = (await clinic.get(path, point="S1")).json()
    instead = [{"sku": "COC-LNG28", "most": 13}]
    assert [(one["sku"], one["most"], one["instead"]) for one in told["offers"]] == [
        ("COC-LNG21", 0, instead),
        ("COC-LNG28", 13, []),
    ]
    wanted = {"point": "S1", "person": str(person), "sku": "COC-LNG21", "quantity": 1}
    (line,) = (await clinic.send("POST", f"{API}/issue/look", wanted)).json()["products"]
    assert (line["missing"], line["instead"]) == (1, instead)


async def test_a_program_is_told_what_is_absent_and_the_refusal_names_the_other(
    store: Store, program: Callable[..., Awaitable[Program]]
) -> None:
    async with store() as ctx:
        await receive(ctx, 40, "F", sku="CON-F")
    clerk = await program("station_staff")
    told = (await clerk.get(f"{API}/issue", point="S1")).json()
    assert told["absent"] == [{"sku": "CON-M", "instead": [{"sku": "CON-F", "most": 40}]}]
    wanted = {"point": "S1", "sku": "CON-M", "quantity": 1}
    refused = await clerk.send("POST", f"{API}/issue/look", wanted)
    assert (refused.status_code, set(refused.json()["fields"])) == (400, {"sku"})
    assert "女用避孕套" in refused.text or "Female condom" in refused.text
