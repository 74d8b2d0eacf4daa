"""Is she known? Registering, once for a key, and finding her again."""

from __future__ import annotations

from typing import Any

from core.testing import Program
from tests.plugins.registration.api.conftest import HERE
from tests.plugins.registration.conftest import resident

PEOPLE = f"{HERE}/people"
NEW: dict[str, Any] = {
    "name": "李小红",
    "alias": "阿红",
    "name_latin": "Li Xiaohong",
    "phone": "13700137000",
    "village": "东村",
    "dwelling": "DORM_ENTERPRISE",
    "number": resident(3).number,
    "day": "2026-11-03",
}


async def test_registering_is_done_once_for_a_key(desk: Program, officer: Program) -> None:
    first = await desk.send("POST", PEOPLE, NEW, key="key-of-this-test")
    assert first.status_code == 201
    assert set(first.json()) == {"id", "is_known"}
    assert (await desk.send("POST", PEOPLE, NEW, key="key-of-this-test")).json() == first.json()
    other = await desk.send("POST", PEOPLE, {**NEW, "village": "西村"}, key="key-of-this-test")
    assert other.status_code == 409
    known = await desk.send("POST", PEOPLE, NEW)
    assert known.json() == {"id": first.json()["id"], "is_known": True}
    (person,) = (await desk.get(PEOPLE, q="李小", limit=1)).json()["people"]
    assert (person["id"], person["presence"]) == (first.json()["id"], "present")
    one = await desk.get(f"{PEOPLE}/{person['id']}")
    assert one.json()["birth_date"] == "1990-01-01"
    station = one.json()["station"]
    assert {name: station[name] for name in ("alias", "name_latin")} == {
        "alias": "阿红",
        "name_latin": "Li Xiaohong",
    }
    assert station["residence"]["dwelling"] == "DORM_ENTERPRISE"
    assert resident(3).number not in one.text
    assert (await officer.send("POST", PEOPLE, NEW)).status_code == 403


async def test_faults_name_their_fields(desk: Program) -> None:
    answer = await desk.send("POST", PEOPLE, {**NEW, "village": "", "sex": "7", "nickname": "红"})
    assert (answer.status_code, set(answer.json()["fields"])) == (400, {"village", "sex", "nickname"})
    answer = await desk.send("POST", PEOPLE, {**NEW, "day": "2099-01-01"})
    assert (answer.status_code, set(answer.json()["fields"])) == (400, {"day"})
    answer = await desk.get(PEOPLE, present="yes", sex="2")
    assert (answer.status_code, set(answer.json()["fields"])) == (400, {"present", "sex"})


async def test_somebody_near_is_shown_and_must_be_acknowledged(desk: Program) -> None:
    first = (await desk.send("POST", PEOPLE, NEW)).json()["id"]
    look = f"{HERE}/register/look"
    assert (await desk.send("POST", look, {"number": NEW["number"]})).json()["here"] == first
    near = (await desk.send("POST", look, {"name": "李晓红", "phone": NEW["phone"]})).json()
    assert near == {
        "here": None,
        "is_elsewhere": False,
        "near": [{"id": first, "has_same_phone": True, "has_same_birth": False}],
    }
    twin = {**NEW, "number": None, "phone": "13700137001"}
    refused = await desk.send("POST", PEOPLE, twin)
    assert set(refused.json()["fields"]) == {"is_acknowledged"}
    taken = await desk.send("POST", PEOPLE, {**twin, "is_acknowledged": True})
    assert taken.status_code == 201
    page = (await desk.get(PEOPLE, limit=1)).json()
    after = (await desk.get(PEOPLE, limit=1, after=page["next"])).json()
    assert {one["id"] for one in page["people"] + after["people"]} == {first, taken.json()["id"]}
    assert after["next"] is None
    assert (await desk.get(PEOPLE, after="made-up")).status_code == 400
