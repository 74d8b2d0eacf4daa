"""One person: what each role is told, the acts of the counter, and edits that overwrite nobody's."""

from __future__ import annotations

from typing import Any

from core.testing import Program
from plugins.registration.services.registering import register
from tests.plugins.registration.api.conftest import HERE
from tests.plugins.registration.conftest import Counter, registration, resident


async def registered(counter: Counter, **changes: Any) -> str:
    async with counter() as ctx:
        return str(await register(ctx, registration(**changes)))


async def test_each_role_is_told_what_its_page_shows(
    desk: Program, officer: Program, there: Program, counter: Counter
) -> None:
    person = f"{HERE}/people/{await registered(counter, is_employee=True, alias='小王')}"
    told = (await desk.get(person)).json()
    station = told.pop("station")
    assert (told["name"], told["version"], told["phone"][-2:]) == ("王小明", 1, "00")
    assert (station["alias"], station["residence"]["village"]) == ("小王", "东村")
    assert [(one["kind"], one["day"]) for one in station["movements"]] == [("ARRIVE", "2026-11-02")]
    assert {one["purpose"]: one["is_given"] for one in station["consents"]} == {
        "RECORD": True,
        "CONTACT": False,
        "TRANSFER": False,
    }
    assert station["permit"]["state"]["eligible_on"] == "2027-05-02"
    seen = (await officer.get(person)).json()
    assert (seen["station"], seen["phone"], seen["birth_date"]) == (None, None, None)
    assert (seen["birth_year"], seen["document"]) == (1990, told["document"])
    assert resident(7).number not in str(told) + str(station)
    assert (await there.get(person)).status_code == 404


async def test_the_acts_of_the_counter_are_recorded(
    desk: Program, officer: Program, counter: Counter
) -> None:
    person = f"{HERE}/people/{await registered(counter)}"
    for _twice in range(2):
        done = await desk.send("POST", f"{person}/confirm", {"contact_verified": True})
        assert done.json() == {"id": person[-36:]}
    helped = await desk.send("POST", f"{person}/permit", {"kind": "APPLY", "day": "2026-11-05"})
    assert helped.status_code == 200
    assert (await desk.send("POST", f"{person}/permit", {"kind": "APPLY", "day": "2099-01-01"})).json()[
        "fields"
    ].keys() == {"day"}
    assert (await desk.get(f"{person}/permit")).json()["helps"] == [{"day": "2026-11-05", "kind": "APPLY"}]
    for to in ("give", "withdraw"):
        consent = await desk.send("POST", f"{person}/consent", {"purpose": "CONTACT", "to": to})
        assert consent.json() == {"id": person[-36:], "is_offer_withdrawn": False}
    needed = await desk.send("POST", f"{person}/consent", {"purpose": "RECORD", "to": "withdraw"})
    assert needed.status_code == 409
    assert (await officer.send("POST", f"{person}/confirm", {})).status_code == 403
    station = (await desk.get(person)).json()["station"]
    assert [one["contact_verified"] for one in station["confirmations"]] == [True, False]
    (contact,) = (one for one in station["consents"] if one["purpose"] == "CONTACT")
    assert (contact["is_given"], contact["given_at"] is None, contact["withdrawn_at"] is None) == (
        False,
        False,
        False,
    )


async def test_a_revealed_number_is_noted_and_not_kept(
    desk: Program, counter: Counter, officer: Program, in_tenant: Any
) -> None:
    person = f"{HERE}/people/{await registered(counter, is_employee=True)}"
    field = {"field": "document"}
    for _twice in range(2):
        shown = await desk.send("POST", f"{person}/reveal", field, key="the-same-key")
        assert shown.json() == {"value": resident(7).number}
    assert (await desk.send("POST", f"{person}/reveal", {"field": "contact"})).json() == {"value": None}
    assert (await officer.send("POST", f"{person}/reveal", field)).status_code == 403
    looks = (await desk.get(person)).json()["station"]["looks"]
    assert [one["by"] for one in looks if one["fields"] == ["document"]] == ["station staff"] * 2
    async with in_tenant() as tx:
        kept = await tx.fetch("SELECT response FROM kernel.idempotency")
    assert kept
    assert not [row for row in kept if resident(7).number.encode() in row["response"]]


async def test_an_edit_names_what_changes_and_overwrites_nobodys(
    desk: Program, officer: Program, counter: Counter
) -> None:
    person = f"{HERE}/people/{await registered(counter)}"
    edit = {"version": 1, "sex": "1", "alias": "小王", "why": "按身份证"}
    done = await desk.send("PATCH", f"{person}/edit/identity", edit)
    assert done.json() == {"id": person[-36:], "version": 2}
    assert (await desk.send("PATCH", f"{person}/edit/identity", {**edit, "sex": "2"})).status_code == 409
    contact = {"version": 2, "phone": None, "contact": "工友老李"}
    assert (await desk.send("PATCH", f"{person}/edit/contact", contact)).json()["version"] == 3
    lives = {"version": 1, "address_detail": "2 号楼", "purpose": "WORK"}
    assert (await desk.send("PATCH", f"{person}/edit/residence", lives)).json()["version"] == 2
    moved = {"version": 2, "village": "西村", "purpose": None}
    assert (await desk.send("PATCH", f"{person}/edit/residence", moved)).json()["version"] == 3
    assert (await desk.send("PATCH", f"{person}/edit/residence", moved)).status_code == 409
    unknown = {"version": 3, "firm_id": person[-36:], "phone": "1"}
    assert (await desk.send("PATCH", f"{person}/edit/residence", unknown)).json()["fields"].keys() == {
        "phone"
    }
    assert (await officer.send("PATCH", f"{person}/edit/contact", contact)).status_code == 403
    told = (await desk.get(person)).json()
    station = told["station"]
    assert (told["name"], told["sex"], told["version"], told["phone"]) == ("王小明", "1", 3, None)
    assert (station["alias"], station["has_contact"]) == ("小王", True)
    assert station["residence"] == {
        "version": 3,
        "village": "西村",
        "address_detail": "2 号楼",
        "dwelling": None,
        "purpose": None,
        "expected_departure": None,
    }
    (correction,) = station["corrections"]
    assert [correction[name] for name in ("field", "old", "new", "why", "by")] == [
        "sex",
        "2",
        "1",
        "按身份证",
        "station staff",
    ]
    taken = {"version": 1, "document": {"id_type": "01", "number": resident(7).number}}
    other = await registered(counter, document=resident(9))
    assert (await desk.send("PATCH", f"{HERE}/people/{other}/edit/identity", taken)).status_code == 409
