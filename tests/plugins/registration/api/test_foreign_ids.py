"""What another unit has is not there, whatever is asked of it: the same answer as for what never was."""

from __future__ import annotations

import re
from typing import Any

from core.kernel.ids import new_id
from core.testing import Program
from plugins.registration.api import ROUTES
from plugins.registration.services import offers
from plugins.registration.services.registering import register
from tests.plugins.registration.api.conftest import HERE, THERE
from tests.plugins.registration.conftest import Counter, Work, registration, resident
from tests.plugins.registration.imports.small import Worker
from tests.plugins.registration.pages.test_roster_pages import content

SEEN = {"seen_kind": "ARRIVE", "seen_day": "2026-11-02", "why": "抄错"}
NOBODY = str(new_id())
BODIES: dict[str, dict[str, Any]] = {
    "people/{person}/confirm": {},
    "people/{person}/permit": {"kind": "APPLY", "day": "2026-11-05"},
    "people/{person}/consent": {"purpose": "CONTACT", "to": "give"},
    "people/{person}/reveal": {"field": "document"},
    "people/{person}/edit/identity": {"version": 1, "sex": "1"},
    "people/{person}/edit/contact": {"version": 1, "phone": None},
    "people/{person}/edit/residence": {"version": 0, "village": "西村"},
    "people/{person}/move": {"kind": "DEPART", "day": "2026-11-05"},
    "people/{person}/movements/{movement}": {**SEEN, "kind": "ARRIVE", "day": "2026-11-01"},
    "people/{person}/movements/{movement}/cancel": SEEN,
    "people/{person}/household/find": {"q": "王"},
    "people/{person}/household/add": {"member": NOBODY, "relation": "7"},
    "people/{person}/household/relation": {"member": NOBODY, "relation": "7"},
    "people/{person}/household/head": {"member": NOBODY},
    "people/{person}/household/remove": {"member": NOBODY},
    "people/{person}/offer": {"unit": "T01", "day": "2026-11-05"},
    "offers/{offer}/accept": {"day": "2026-11-05", "village": "西村"},
    "people/{person}/erase": {"reason": "ASKED", "confirm": "王小明"},
    "people/{person}/merge/{other}": {"keep": "this", "reason": "SHE_SAYS_SO"},
    "people/{person}/unmerge": {"merge": NOBODY},
    "roster/{incoming}/headers": {"headers": []},
    "roster/{incoming}/rows/{line}": {"cells": [{"column": "登记日期", "text": "2026-10-01"}]},
}
"""What each act would take if what its address names were there."""


async def test_what_another_unit_has_is_not_there(
    desk: Program, there: Program, counter: Counter, worked: Work
) -> None:
    incoming = (await desk.send("POST", f"{HERE}/roster", content=content(Worker("张三", 1, "六月")))).json()
    await worked()
    await desk.send("POST", f"{HERE}/roster/{incoming['id']}/plan")
    await worked()
    (line,) = (await desk.get(f"{HERE}/roster/{incoming['id']}/rows")).json()["rows"]
    async with counter() as ctx:
        person = await register(ctx, registration())
        names = {
            "person": person,
            "other": await register(ctx, registration(name="王小红", document=resident(9))),
            "movement": (await ctx.people.movements(person))[0].id,
            "offer": await offers.offer_move(ctx, person, "T02", (await ctx.people.movements(person))[0].day),
        }
    ids = {**{name: str(one) for name, one in names.items()}, "incoming": incoming["id"], "line": line["id"]}
    wrong: list[str] = []
    for route in ROUTES:
        named = set(re.findall(r"\{(\w+)\}", route.path)) & set(ids)
        if not named:
            continue
        answers: set[tuple[int, str]] = set()
        for given in (ids, dict.fromkeys(ids, NOBODY), dict.fromkeys(ids, "7")):
            path = f"{THERE}/{route.path.format(**given)}"
            if route.method == "GET":
                answer = await there.get(path)
            else:
                answer = await there.send(route.method, path, BODIES.get(route.path))
            answers.add((answer.status_code, answer.json().get("type", "")))
        if answers != {(404, "urn:townbridge:problem:not-found")}:
            wrong.append(f"{route.method} {route.path}: {answers}")
    assert not wrong, "\n".join(wrong)


async def test_whoever_is_named_beside_her_must_be_here_too(
    there: Program, counter: Counter, town: Any
) -> None:
    async with counter() as ctx:
        foreign = str(await register(ctx, registration()))
    async with counter(town.t02) as ctx:
        own = await register(ctx, registration(name="李大山", document=resident(9)))
    here = f"{THERE}/people/{own}"
    for method, path, body in (
        ("POST", "household/add", {"member": foreign, "relation": "7"}),
        ("PATCH", "household/relation", {"member": foreign, "relation": "7"}),
        ("POST", "household/head", {"member": foreign}),
        ("POST", "household/remove", {"member": foreign}),
        ("POST", f"merge/{foreign}", {"keep": "this", "reason": "SHE_SAYS_SO"}),
    ):
        assert (await there.send(method, f"{here}/{path}", body)).status_code == 404, path
