"""R06: every role x every compartment x every way out; the employer's side reads nothing of the three secret ones.

The drawers of the cabinet stand for modules that there are not yet; in each lies a word of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from core.figures.loop import settle
from core.identity.roles import ROLES, TENANT_ROLES, TOWN_ROLES
from core.kernel.scope import ARCHIVE, COMPARTMENTS, Scope
from core.testing import TOWN
from tests.cabinet.permissions import HOLDERS
from tests.cabinet.tables import DRAWERS
from tests.walls.asking import Answer, Asker, Request
from tests.walls.play import Play
from tests.walls.stage import CANARY, FEW, MANY, MARKS, SECRET, phone_beside
from tests.walls.table import note

BASE, API = "/t/t01/cabinet", "/api/v1/t/t01/cabinet"
MONTH = "2026-10"


def askers(play: Play) -> list[Asker]:
    return [each for each in play.script.askers if each.place in ("t01", TOWN)]


def seen_in(answer: Answer) -> set[str]:
    text = answer.text()
    return {name for name in DRAWERS if f"{CANARY}{name}" in text}


def ways(name: str) -> Iterator[tuple[str, Request, bool]]:
    """Everything that leads to one drawer; whether it shows what lies in it to who may."""
    for what, path in (("page", name), ("error", f"{name}/refusal"), ("careless page", f"{name}/everything")):
        yield what, Request(method="GET", path=f"{BASE}/{path}"), True
    yield "fault", Request(method="GET", path=f"{BASE}/{name}/fault"), False
    yield "search", Request(method="GET", path=f"{BASE}/{name}", query={"q": CANARY}), True
    yield "operation", Request(method="GET", path=f"{API}/{name}", way="token"), True
    for kind in ("csv", "xlsx"):
        yield f"export {kind}", Request(method="GET", path=f"{BASE}/exports/{name}/{kind}"), True
    yield "exported by a program", Request(method="GET", path=f"{API}/exports/{name}/csv", way="token"), True


def careless(person: str) -> Iterator[tuple[str, Request]]:
    """What asks for all drawers under a permission that opens none."""
    yield "case", Request(method="GET", path=BASE)
    yield "case of a program", Request(method="GET", path=f"{API}/case", way="token")
    yield "town's case", Request(method="GET", path=f"/town/{TOWN}/cabinet")
    for name in DRAWERS:
        yield f"named {name}", Request(method="GET", path=f"{BASE}/drawers/{name}")


async def test_the_drawers_are_those_of_the_roles() -> None:
    assert set(DRAWERS) == COMPARTMENTS - {ARCHIVE}
    assert not any(ARCHIVE in role.compartments for role in ROLES.values())
    held = {name: {role.name for role in ROLES.values() if name in role.compartments} for name in DRAWERS}
    assert held == {name: set(roles) for name, roles in HOLDERS.items()}
    assert not any(
        set(SECRET) & ROLES[name].compartments for name in ("tenant_officer", *(r.name for r in TOWN_ROLES))
    )


@pytest.mark.requirement("R06")
async def test_each_role_sees_its_compartments_and_no_other(play: Play) -> None:
    wrong: list[str] = []
    count = shown = 0
    for asker in askers(play):
        for name in DRAWERS:
            for what, request, tells in ways(name):
                expected = {name} if tells and asker.role in HOLDERS[name] else set[str]()
                seen = seen_in(await play.ask(asker, request))
                count, shown = count + 1, shown + bool(seen)
                if seen != expected:
                    wrong.append(f"{what} of {name} as {asker}: {seen} instead of {expected}")
    note("compartments", f"{count} cases, {shown} shown to who may, {len(wrong)} wrong")
    assert not wrong, "\n".join(wrong)


async def test_the_home_page_and_a_person_s_page_show_what_the_role_may_see(play: Play) -> None:
    wrong: list[str] = []
    person = play.script.places["t01"].things["person"]
    for role in TENANT_ROLES:
        asker = play.asker(role.name, "t01")
        pages = ["/t/t01"]
        if "registry" in role.compartments:
            pages.append(f"/t/t01/registration/people/{person}")
        for path in pages:
            seen = seen_in(await play.ask(asker, Request(method="GET", path=path)))
            if seen != role.compartments:
                wrong.append(f"{path} as {asker}: {seen} instead of {set(role.compartments)}")
    assert not wrong, "\n".join(wrong)


async def test_a_careless_page_shows_nothing_that_its_permission_does_not_open(play: Play) -> None:
    wrong: list[str] = []
    for asker in askers(play):
        for what, request in careless(""):
            answer = await play.ask(asker, request)
            if seen_in(answer):
                wrong.append(f"{what} as {asker}: {seen_in(answer)}")
    opened = await play.ask(play.asker("tenant_officer", "t01"), Request(method="GET", path=BASE))
    assert opened.status == 200
    assert not wrong, "\n".join(wrong)


async def test_a_transaction_sees_the_compartments_that_it_names(play: Play) -> None:
    tenant = play.script.places["t01"].tenant
    assert tenant is not None
    for name in DRAWERS:
        for opened in ({name}, COMPARTMENTS - {name}, set[str]()):
            async with play.platform.database.transaction(Scope.of_tenant(tenant.id, opened)) as tx:
                count = await tx.fetchval(f"SELECT count(*) FROM cabinet.{name}")
            assert count == (0 if name not in opened else FEW if name in SECRET else MANY)


async def test_the_employer_s_side_sees_no_figure_below_the_threshold(play: Play) -> None:
    wrong: list[str] = []
    await settle(play.platform.database, play.platform.catalogue)
    for asker, path, few in figure_pages(play):
        text = (await play.ask(asker, Request(method="GET", path=path, query={"period": MONTH}))).text()
        for name in DRAWERS:
            number = main_figure(text, name)
            expected = few if name in SECRET else str(MANY)
            if number != expected:
                wrong.append(f"{path} as {asker}: {name} is {number!r} instead of {expected!r}")
    assert not wrong, "\n".join(wrong)


def figure_pages(play: Play) -> Iterator[tuple[Asker, str, str]]:
    """With what is seen of a few: all of it by those who work for the unit, nothing by the employer's side."""
    for role, few in (("station_staff", str(FEW)), ("tenant_reporter", str(FEW)), ("tenant_officer", "")):
        yield play.asker(role, "t01"), "/t/t01/figures", few


def main_figure(text: str, name: str) -> str:
    found = re.search(rf"what lies in {name} .*?<td class=\"number main\">(\d*)", text, re.DOTALL)
    assert found is not None, f"no figure of {name}"
    return found[1]


SHOWN = {
    "tenant_officer": {"name", "year of birth", "document masked"},
    "station_staff": {
        *("name", "year of birth", "document masked", "day of birth", "telephone masked", "village"),
    },
    "medical_staff": {"name", "year of birth", "document masked", "day of birth"},
    "rights_consultant": {"name", "year of birth", "document masked", "day of birth"},
    "tenant_reporter": set[str](),
}
"""Of a person, on all pages, in all files and answers together; the sealed numbers themselves on none."""


def fields_of(play: Play) -> dict[str, str]:
    number = play.script.places["t01"].things["document"]
    phone = phone_beside(number)
    return {
        "name": MARKS["t01"].people,
        "year of birth": "1990",
        "day of birth": "1990-01-01",
        "document masked": f"••••{number[-2:]}",
        "document": number,
        "telephone masked": f"••••{phone[-2:]}",
        "telephone": phone,
        "village": f"{MARKS['t01'].people}村",
    }


@pytest.mark.requirement("R06")
async def test_each_role_sees_its_fields_of_a_person_and_no_other(play: Play) -> None:
    person, words = play.script.places["t01"].things["person"], fields_of(play)
    asked = [
        Request(method="GET", path="/t/t01"),
        Request(method="GET", path="/t/t01/registration/people"),
        Request(method="POST", path="/t/t01/registration/people/search", form={"q": MARKS["t01"].people}),
        Request(method="GET", path=f"/t/t01/registration/people/{person}"),
        Request(method="GET", path="/t/t01/registration/exports/people/csv"),
        Request(method="GET", path="/t/t01/registration/exports/people/xlsx"),
        Request(method="GET", path="/api/v1/t/t01/registration/people", way="token"),
        Request(method="GET", path=f"/api/v1/t/t01/registration/people/{person}", way="token"),
    ]
    for role, expected in SHOWN.items():
        texts = [(await play.ask(play.asker(role, "t01"), request)).text() for request in asked]
        assert {field for field, word in words.items() if any(word in text for text in texts)} == expected, (
            role
        )


@pytest.mark.requirement("R06")
async def test_a_sealed_number_is_told_to_the_station_alone_and_found_by_no_employer(play: Play) -> None:
    person, words = play.script.places["t01"].things["person"], fields_of(play)
    reveal = f"/t/t01/registration/people/{person}/reveal"
    for role in SHOWN:
        asker = play.asker(role, "t01")
        for field in ("document", "phone"):
            answer = await play.ask(asker, Request(method="POST", path=reveal, form={"field": field}))
            word = words["telephone" if field == "phone" else field]
            assert (answer.status, word in answer.text()) == (
                (200, True) if role == "station_staff" else (403, False)
            )
        search = Request(
            method="POST", path="/t/t01/registration/people/search", form={"q": words["document"]}
        )
        found = MARKS["t01"].people in (await play.ask(asker, search)).text()
        assert found is (role not in ("tenant_officer", "tenant_reporter"))
