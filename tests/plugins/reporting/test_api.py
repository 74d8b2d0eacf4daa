"""A month by the API: a unit's program fills and sends it, the town's reads, returns and approves it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from core.testing import Program
from tests.plugins.reporting.conftest import Visit

BASE = "/api/v1/t/t01/reporting"
MARCH = f"{BASE}/2025-03"
OFFICE = "/api/v1/town/000001101/reporting"
CELLS = [
    {"indicator": "EMP-01", "cut": "sex=1", "number": 60},
    {"indicator": "EMP-01", "cut": "sex=2", "number": 40},
    {"indicator": "COM-02", "number": 2},
    {"indicator": "COM-02", "cut": "measure=PARTICIPANTS", "number": 30, "remark": "一次联欢。"},
]
Come = Callable[..., Awaitable[Program]]


def cells_of(report: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {(cell["indicator"], cell["cut"]): cell for cell in report["cells"]}


async def test_cells_are_filled_checked_and_sent_once(people: list[str], program: Come) -> None:
    reporter = await program("tenant_reporter", "reporting.*")
    months = (await reporter.get(BASE)).json()
    assert [(month["period"], month["state"]) for month in months][:2] == [
        ("2025-04", None),
        ("2025-03", None),
    ]
    fresh = (await reporter.get(MARCH)).json()
    cells = cells_of(fresh)
    assert (fresh["version"], fresh["state"], fresh["history"]) == (0, None, [])
    assert (cells["POP-02", ""]["now"]["number"], cells["POP-02", ""]["source"]) == (3, "computed")
    assert cells["EMP-01", "sex=1"]["problem"]["blocks"]
    for wrong in (
        [{"indicator": "POP-02", "number": 4}],
        [{"indicator": "EMP-99"}],
        [CELLS[0], CELLS[0]],
        [{**CELLS[0], "number": -1}],
        [{**CELLS[0], "note": "x"}],
        [],
    ):
        answer = await reporter.send("PATCH", MARCH, {"version": 0, "cells": wrong})
        assert answer.status_code == 400, wrong
    some = {"version": 0, "cells": CELLS[:2]}
    filled = [await reporter.send("PATCH", MARCH, some, key="filled-once") for _time in range(2)]
    assert [answer.status_code for answer in filled] == [200, 200]
    assert filled[0].json() == filled[1].json()
    version = filled[0].json()["version"]
    stale = {"version": 0, "cells": [{**CELLS[0], "number": 777}]}
    assert (await reporter.send("PATCH", MARCH, stale)).status_code == 409
    assert (await reporter.send("POST", f"{MARCH}/submit", {"version": version})).status_code == 409
    rest = await reporter.send("PATCH", MARCH, {"version": version, "cells": CELLS[2:]})
    known = cells_of((await reporter.get(MARCH)).json())
    assert known["EMP-01", "sex=1"]["now"]["number"] == 60, "what is not named stays"
    assert known["EMP-01", ""]["now"]["number"] == 100
    assert known["COM-02", "measure=PARTICIPANTS"]["remark"] == "一次联欢。"
    ready = await reporter.send("POST", f"{MARCH}/prepare", {"version": rest.json()["version"]})
    assert ready.json()["state"] == "prepared"
    back = await reporter.send("POST", f"{MARCH}/take-back", {"version": ready.json()["version"]})
    version = back.json()["version"]
    sent = [
        await reporter.send("POST", f"{MARCH}/submit", {"version": version}, key="sent-once") for _ in "12"
    ]
    assert [(each.json()["state"], each.json()["submission"]) for each in sent] == [("submitted", 1)] * 2
    assert (await reporter.send("PATCH", MARCH, {**stale, "version": version})).status_code == 409
    history = (await reporter.get(MARCH)).json()["history"]
    assert [step["act"] for step in history] == ["prepare", "take_back", "submit"]
    assert (await reporter.get(f"{BASE}/2024-12")).status_code == 404
    assert (await reporter.get(BASE, year=2024)).json() == []
    assert (await (await program("station_staff")).get(MARCH)).status_code == 403
    assert (await (await program("tenant_reporter.t02")).get(MARCH)).status_code == 404
    assert (
        await (await program("tenant_reporter", "reporting.report.read")).send(
            "PATCH", MARCH, {"version": version, "cells": CELLS}
        )
    ).status_code == 403


async def test_a_unit_with_two_reporters_needs_the_second_one(colleague: object, program: Come) -> None:
    reporter, second = await program("tenant_reporter"), await program("second")
    filled = await reporter.send("PATCH", MARCH, {"version": 0, "cells": CELLS})
    refused = await reporter.send("POST", f"{MARCH}/submit", {"version": filled.json()["version"]})
    assert (refused.status_code, refused.json()["type"].rpartition(":")[2]) == (409, "second-person")
    ready = await reporter.send("POST", f"{MARCH}/prepare", {"version": filled.json()["version"]})
    sent = await second.send("POST", f"{MARCH}/submit", {"version": ready.json()["version"]})
    assert sent.json()["state"] == "submitted"


async def test_the_town_returns_approves_and_locks_what_it_saw(
    people: list[str], program: Come, visit: Visit, settled: Callable[[], Awaitable[None]]
) -> None:
    reporter, officer = await program("tenant_reporter"), await program("town_admin", "reporting.*")
    analyst = await program("town_analyst")
    filled = await reporter.send("PATCH", MARCH, {"version": 0, "cells": CELLS})
    await reporter.send("POST", f"{MARCH}/submit", {"version": filled.json()["version"]})
    (waiting,) = (await analyst.get(OFFICE)).json()
    assert (waiting["unit"], waiting["period"], waiting["submission"]) == ("T01", "2025-03", 1)
    review = f"{OFFICE}/T01/2025-03"
    lines = {line["code"]: line for line in (await analyst.get(review)).json()["lines"]}
    # Three people are too few to be told; her own program is told exactly.
    assert (lines["POP-02"]["now"]["text"], lines["POP-02"]["now"]["number"]) == ("<5", None)
    assert lines["EMP-01"]["is_hand_filled"]
    told = {"submission": 1, "cell": "EMP-01 sex=1", "reason": "请核对男职工人数。"}
    assert (await analyst.send("POST", f"{review}/return", told)).status_code == 403
    assert (await officer.send("POST", f"{review}/return", {**told, "reason": ""})).status_code == 400
    assert (await officer.send("POST", f"{review}/return", {**told, "cell": "POP-99"})).status_code == 404
    assert (await officer.send("POST", f"{review}/explode", told)).status_code == 404
    back = [await officer.send("POST", f"{review}/return", told, key="returned-once") for _ in "12"]
    assert [each.json()["state"] for each in back] == ["returned", "returned"]
    mine = (await reporter.get(MARCH)).json()
    assert cells_of(mine)["EMP-01", "sex=1"]["returned"] == "请核对男职工人数。"
    await settled()
    better = {"version": mine["version"], "cells": [{**CELLS[0], "number": 61}]}
    filled = await reporter.send("PATCH", MARCH, better)
    await reporter.send("POST", f"{MARCH}/submit", {"version": filled.json()["version"]})
    changed = (await officer.get(review)).json()["changed"]
    assert {(cell["code"], cell["before"]["text"], cell["after"]["text"]) for cell in changed} == {
        ("EMP-01", "60", "61"),
        ("EMP-01", "100", "101"),
    }
    month = f"{OFFICE}/month"
    whole = (await officer.get(month, period="2025-03")).json()
    assert (whole["expected"], whole["received"], whole["approved"]) == (2, 1, 0)
    assert {unit["unit"]: unit["state"] for unit in whole["units"]} == {"T01": "submitted", "T02": None}
    for status, seen in ((409, {"unit": "T01", "submission": 1}), (404, {"unit": "T02", "submission": 1})):
        answer = await officer.send("POST", f"{month}/2025-03/approve", {"seen": [seen]})
        assert answer.status_code == status, seen
    seen = {"seen": [{"unit": "T01", "submission": 2}]}
    assert (await analyst.send("POST", f"{month}/2025-03/approve", seen)).status_code == 403
    for act, state in (("approve", "approved"), ("lock", "locked")):
        for _time in range(2):
            done = await officer.send("POST", f"{month}/2025-03/{act}", seen, key=f"all-{act}")
            assert done.json() == {"count": 1}
        assert (await analyst.get(review)).json()["state"] == state
    await settled()
    totals = {each["code"]: each for each in (await analyst.get(month, period="2025-03")).json()["totals"]}
    assert totals["EMP-01"]["approved"]["number"] == 101
    again = await officer.send("POST", f"{review}/reopen", {"submission": 2, "reason": "补报。"})
    assert again.json()["state"] == "reopened"
    assert (await reporter.get(MARCH)).json()["returned"] == "补报。"
    assert (await officer.get(month, period="2025-Q1")).status_code == 400
    assert (await officer.get(f"{OFFICE}/T02/2025-03")).status_code == 404
    assert (await (await program("auditor")).get(OFFICE)).status_code == 403
    assert (await reporter.get(OFFICE)).status_code == 404
