"""A roster sent by a program, from its headers to the people; and one that is cancelled."""

from __future__ import annotations

from core.testing import Program
from tests.plugins.registration.api.conftest import HERE
from tests.plugins.registration.conftest import Work
from tests.plugins.registration.imports.small import Worker
from tests.plugins.registration.pages.test_roster_pages import content, headed

ROSTERS = f"{HERE}/roster"


async def test_a_roster_is_planned_looked_at_and_applied(
    desk: Program, officer: Program, worked: Work
) -> None:
    file = content(
        Worker("张三", 1, "2026-10-01"), *(Worker(f"李{number}", number, "六月") for number in (2, 3, 4))
    )
    sent = await desk.send("POST", f"{ROSTERS}?file_name=六月.csv", content=file, key="a-file-once")
    again = await desk.send("POST", f"{ROSTERS}?file_name=六月.csv", content=file, key="a-file-once")
    assert (sent.status_code, sent.json()) == (201, again.json())
    assert (await officer.send("POST", ROSTERS, content=file)).status_code == 403
    assert (await desk.send("POST", ROSTERS, content=b"")).status_code == 400
    one = f"{ROSTERS}/{sent.json()['id']}"
    assert (await desk.get(one)).json()["roster"]["is_busy"] is True
    assert (await desk.send("POST", f"{one}/plan")).status_code == 409
    await worked()
    read = (await desk.get(one)).json()
    assert (read["roster"]["state"], read["roster"]["total"], read["fault"]) == ("read", 4, None)
    assert read["sheets"][0]["columns"]["证件号码"] == "证件号码"
    assert (await desk.send("POST", f"{one}/plan")).json() == sent.json()
    await worked()

    rows = (await desk.get(f"{one}/rows")).json()["rows"]
    assert [row["verdict"] for row in rows] == ["added", "rejected", "rejected", "rejected"]
    assert [row["name"] for row in (await desk.get(f"{one}/rows", show="added")).json()["rows"]] == ["张三"]
    page = (await desk.get(f"{one}/rejected", limit=2)).json()
    rest = (await desk.get(f"{one}/rejected", limit=2, after=page["next"])).json()
    told = page["rows"] + rest["rows"]
    assert [row["cells"]["姓名"] for row in told] == ["李2", "李3", "李4"]
    assert {finding["reason"] for row in told for finding in row["findings"]} == {"DATE_INVALID"}
    assert rest["next"] is None
    assert (await desk.send("POST", f"{one}/apply")).json() == sent.json()
    await worked()
    done = (await desk.get(one)).json()["roster"]
    assert (done["state"], done["applied"], done["rejected"]) == ("applied", 1, 3)
    assert (await desk.send("POST", f"{one}/cancel")).status_code == 409
    assert [person["name"] for person in (await desk.get(f"{HERE}/people")).json()["people"]] == ["张三"]


async def test_a_roster_is_refused_or_cancelled(desk: Program, worked: Work) -> None:
    old = await desk.send(
        "POST", f"{ROSTERS}?file_name=old.xls", content=b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
    )
    good = await desk.send("POST", ROSTERS, content=content(Worker("张三", 1)))
    await worked()
    fault = (await desk.get(f"{ROSTERS}/{old.json()['id']}")).json()["fault"]
    assert "xlsx" in fault["what"] + fault["todo"]
    assert (await desk.send("POST", f"{ROSTERS}/{good.json()['id']}/cancel")).json() == good.json()
    listed = (await desk.get(ROSTERS)).json()["rosters"]
    assert {one["id"]: one["state"] for one in listed} == {
        good.json()["id"]: "cancelled",
        old.json()["id"]: "refused",
    }


async def test_headers_are_matched_rows_corrected_and_all_of_it_undone(
    desk: Program, officer: Program, worked: Work
) -> None:
    file = headed("员工", "证件号码", Worker("张三", 1, "2026-10-01"), Worker("李四", 2, "六月"))
    one = f"{ROSTERS}/{(await desk.send('POST', ROSTERS, content=file)).json()['id']}"
    await worked()
    (sheet,) = (await desk.get(one)).json()["sheets"]
    assert (sheet["missing"], sheet["unmatched"]) == (["姓名"], ["员工", "工号"])
    matches = [
        {"sheet": 0, "column": column, "place": sheet["headers"].index(header)}
        for column, header in {**sheet["columns"], "姓名": "员工"}.items()
    ]
    for wrong in ([*matches, matches[0]], [{"sheet": 0, "column": "姓名", "place": 99}], [{"sheet": 0}]):
        assert (await desk.send("POST", f"{one}/headers", {"headers": wrong})).status_code == 400
    assert (await officer.send("POST", f"{one}/headers", {"headers": matches})).status_code == 403
    assert (await desk.send("POST", f"{one}/headers", {"headers": matches})).status_code == 200
    await desk.send("POST", f"{one}/plan")
    await worked()

    _good, bad = (await desk.get(f"{one}/rows")).json()["rows"]
    row = f"{one}/rows/{bad['id']}"
    assert (await desk.get(row)).json()["cells"]["登记日期"] == "六月"
    cells = {"cells": [{"column": "登记日期", "text": "2026-10-02"}]}
    assert (await desk.send("POST", row, {"cells": [{"column": "工号", "text": "1"}]})).status_code == 400
    assert (await officer.send("POST", row, cells)).status_code == 403
    assert (await desk.send("POST", row, cells)).json() == {"id": bad["id"]}
    assert (await desk.get(row)).json()["verdict"] == "added"
    assert (await desk.send("POST", f"{one}/undo")).status_code == 409
    await desk.send("POST", f"{one}/apply")
    await worked()

    assert (await desk.get(one)).json()["undo_until"]
    person = (await desk.get(f"{HERE}/people", q="李四")).json()["people"][0]["id"]
    await desk.send("POST", f"{HERE}/people/{person}/confirm", {"contact_verified": True})
    assert (await officer.send("POST", f"{one}/undo")).status_code == 403
    assert (await desk.send("POST", f"{one}/undo")).status_code == 200
    await worked()
    done = (await desk.get(one)).json()
    told = done["roster"]
    assert (told["state"], told["undone"], told["left_alone"], done["undo_until"]) == ("undone", 2, 1, None)
    left = (await desk.get(f"{one}/left")).json()
    assert [(each["person"], each["standing"]) for each in left["left"]] == [(person, "recorded")]
    assert [each["name"] for each in (await desk.get(f"{HERE}/people")).json()["people"]] == ["李四"]
