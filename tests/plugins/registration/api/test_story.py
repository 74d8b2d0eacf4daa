"""A whole story by programs alone: she comes, moves, is corrected, goes to another unit, and is forgotten."""

from __future__ import annotations

from core.testing import Program
from tests.plugins.registration.api.conftest import HERE, THERE
from tests.plugins.registration.api.test_registering import NEW
from tests.plugins.registration.conftest import Work, resident


async def movements(desk: Program, person: str) -> list[tuple[str, str]]:
    station = (await desk.get(person)).json()["station"]
    return [(one["kind"], one["day"]) for one in station["movements"]]


async def test_she_comes_and_what_was_recorded_wrongly_is_corrected(desk: Program, officer: Program) -> None:
    she = (await desk.send("POST", f"{HERE}/people", NEW)).json()["id"]
    person = f"{HERE}/people/{she}"
    away = {"kind": "TEMP_LEAVE", "day": "2026-11-06", "reason": "HOLIDAY"}
    moved = await desk.send("POST", f"{person}/move", away)
    assert moved.status_code == 201
    movement = f"{person}/movements/{moved.json()['id']}"
    assert (await desk.send("POST", f"{person}/move", {**away, "kind": "ARRIVE"})).status_code == 409
    words = await desk.send("POST", f"{person}/move", {**away, "kind": "RETURN", "reason": "because"})
    assert (words.status_code, set(words.json()["fields"])) == (400, {"reason"})
    assert (await officer.send("POST", f"{person}/move", away)).status_code == 403

    seen = {"seen_kind": "TEMP_LEAVE", "seen_day": "2026-11-06", "seen_reason": "HOLIDAY"}
    right = {**seen, "kind": "DEPART", "day": "2026-11-07", "why": "听错了"}
    assert (await desk.send("PATCH", movement, right)).json() == moved.json()
    assert (await desk.send("PATCH", movement, {**right, "day": "2026-11-08"})).status_code == 409
    assert (await movements(desk, person))[-1] == ("DEPART", "2026-11-07")
    stands = {"seen_kind": "DEPART", "seen_day": "2026-11-07", "why": "没有离开"}
    stale = await desk.send("POST", f"{movement}/cancel", {**seen, "why": "没有离开"})
    assert stale.status_code == 409
    assert (await desk.send("POST", f"{movement}/cancel", stands)).json() == moved.json()
    station = (await desk.get(person)).json()["station"]
    assert [
        (one["was"]["kind"], one["became"] and one["became"]["kind"]) for one in station["corrections"]
    ] == [
        ("DEPART", None),
        ("TEMP_LEAVE", "DEPART"),
    ]
    assert [one["ended_on"] for one in station["episodes"]] == [None]
    assert (await desk.send("POST", f"{person}/move", {"kind": "OPT_OUT"})).status_code == 201
    told = (await desk.get(person)).json()
    assert told["state"] == "opted_out"
    assert not [one for one in told["station"]["consents"] if one["is_given"]]


async def test_she_goes_to_another_unit_and_is_forgotten(
    desk: Program, there: Program, officer: Program, worked: Work
) -> None:
    she = (await desk.send("POST", f"{HERE}/people", NEW)).json()["id"]
    person = f"{HERE}/people/{she}"
    offer = {"unit": "T02", "day": "2026-11-10", "agrees": True}
    refused = await desk.send("POST", f"{person}/offer", {**offer, "unit": "T99"})
    assert (refused.status_code, set(refused.json()["fields"])) == (400, {"unit"})
    given = {
        one["purpose"]: one["is_given"] for one in (await desk.get(person)).json()["station"]["consents"]
    }
    assert given["TRANSFER"] is False
    assert (await officer.send("POST", f"{person}/offer", offer)).status_code == 403
    first = (await desk.send("POST", f"{person}/offer", offer)).json()["id"]
    assert (await desk.send("POST", f"{person}/offer", offer)).status_code == 409
    assert (await desk.send("POST", f"{HERE}/offers/{first}/withdraw")).json() == {"id": first}
    await worked()
    second = (await desk.send("POST", f"{person}/offer", offer)).json()["id"]
    assert [one["id"] for one in (await desk.get(f"{HERE}/offers")).json()["sent"]] == [second]
    assert (await desk.get(f"{HERE}/offers/{second}")).json()["carried"] is None
    await worked()

    (waiting,) = (await there.get(f"{THERE}/offers")).json()["received"]
    assert (waiting["id"], waiting["other_code"]) == (second, "T01")
    carried = (await there.get(f"{THERE}/offers/{second}")).json()["carried"]
    assert (carried["name"], carried["birth_date"], carried["known_id"]) == ("李小红", "1990-01-01", None)
    assert (await there.send("POST", f"{THERE}/offers/{second}/withdraw")).status_code == 404
    early = {"day": "2026-11-09", "village": "南村"}
    assert (await there.send("POST", f"{THERE}/offers/{second}/accept", early)).json()["fields"].keys() == {
        "day"
    }
    came = await there.send("POST", f"{THERE}/offers/{second}/accept", {**early, "day": "2026-11-12"})
    moved = f"{THERE}/people/{came.json()['id']}"
    await worked()
    assert await movements(there, moved) == [("CHANGE_EMPLOYER_IN", "2026-11-12")]
    assert (await movements(desk, person))[-1] == ("CHANGE_EMPLOYER_OUT", "2026-11-12")
    states = [one["state"] for one in (await desk.get(person)).json()["station"]["offers"]]
    assert states == ["accepted", "withdrawn"]
    assert (await there.send("POST", f"{THERE}/offers/{second}/decline")).status_code == 409

    copy = await there.get(f"{moved}/copy")
    assert resident(3).number in copy.text
    assert len(copy.json()["parts"]) >= 9
    assert (await officer.get(f"{person}/copy")).status_code == 403
    wrong = await there.send("POST", f"{moved}/erase", {"reason": "ASKED", "confirm": "李小明"})
    assert (wrong.status_code, set(wrong.json()["fields"])) == (400, {"confirm"})
    assert (await there.get(moved)).json()["station"]["erasure"] is None
    asked = await there.send("POST", f"{moved}/erase", {"reason": "ASKED", "confirm": "李小红"})
    assert asked.json() == came.json()
    assert (await there.get(moved)).json()["station"]["erasure"]["reason"] == "ASKED"
    await worked()
    assert (await there.get(moved)).status_code == 404
    assert (await desk.get(person)).status_code == 200


async def test_an_offer_that_is_declined_ends_on_both_sides(
    desk: Program, there: Program, worked: Work
) -> None:
    she = (await desk.send("POST", f"{HERE}/people", NEW)).json()["id"]
    offer = (
        await desk.send("POST", f"{HERE}/people/{she}/offer", {"unit": "T02", "day": "2026-11-10"})
    ).json()
    await worked()
    assert (await there.get(f"{THERE}/offers/{offer['id']}")).json()["carried"] is None
    assert (await there.send("POST", f"{THERE}/offers/{offer['id']}/decline")).json() == offer
    await worked()
    assert (await desk.get(f"{HERE}/offers/{offer['id']}")).json()["offer"]["state"] == "declined"
    assert (await desk.get(f"{HERE}/people/{she}")).json()["presence"] == "present"
