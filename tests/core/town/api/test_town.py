"""What a program reads and does in the town: figures, service modules, notices, staff, records."""

from __future__ import annotations

import re

from core.identity.accounts import account_by_login
from core.kernel.scope import Scope
from core.testing import TOWN

HALL = f"/api/v1/town/{TOWN}"
NOTICE = {"title": "消防演练", "body": "周五十点。", "to": ["all"], "due_on": "2020-01-06"}


async def test_figures_are_those_of_the_page(march, program, visit) -> None:
    analyst = await program("town_analyst", "town.figure.read")
    told = (await analyst.get(f"{HALL}/figures", period="2025-03")).json()
    page = (await (await visit("town_analyst")).get(f"/town/{TOWN}/figures?period=2025-03")).text
    lines = {line["code"]: line for line in told["lines"]}
    assert (lines["POP-01"]["now"]["text"], lines["POP-01"]["change"]) == ("1,520", "+20")
    sexes = [part for each in lines["POP-01"]["breakdowns"] for part in each["parts"]]
    assert {part["cut"]: part["now"]["text"] for part in sexes}["sex=9"] == "<5"
    assert {each["code"]: (each["having"], each["all"]) for each in told["complete"]}["POP-04"] == (1, 2)
    units = {unit["code"]: {each["code"]: each for each in unit["figures"]} for unit in told["units"]}
    assert units["T02"]["POP-01"]["change"] == "−10"
    small = units["T01"]["POP-02"]["now"]
    assert (small["text"], small["number"]) == ("<5", None)
    assert small["reason"] in page
    assert (await analyst.get(f"{HALL}/figures", period="1999")).status_code == 400
    assert (await (await program("auditor")).get(f"{HALL}/figures")).status_code == 403
    assert (await (await program("tenant_officer")).get(f"{HALL}/figures")).status_code == 404


async def test_a_module_is_offered_required_and_withdrawn(program) -> None:
    admin, analyst = await program("town_admin", "town.*"), await program("town_analyst")
    for act, mode in (("require", "required"), ("offer", "offered"), ("withdraw", "")):
        path = f"{HALL}/plugins/lantern/{act}"
        assert (await analyst.send("POST", path)).status_code == 403
        for _time in range(2):
            answer = await admin.send("POST", path, key=f"key-to-{act}")
            assert answer.json() == {"name": "lantern", "mode": mode, "is_changed": True}
        listed = {each["name"]: each for each in (await analyst.get(f"{HALL}/plugins")).json()}
        assert (listed["lantern"]["mode"], listed["lantern"]["units"]) == (mode, 2 if mode else 0)
    assert (await admin.send("POST", f"{HALL}/plugins/moon/offer")).status_code == 404
    lines = (await (await program("auditor")).get(f"{HALL}/audit", limit=2, who="town_admin")).json()
    assert [line["sentence"] for line in lines["lines"]] == ["撤回了服务模块“灯笼”", "提供了服务模块“灯笼”"]
    rest = (
        await (await program("auditor")).get(f"{HALL}/audit", after=lines["next"], who="town_admin")
    ).json()
    assert ([line["sentence"] for line in rest["lines"]], rest["next"]) == (
        ["把服务模块“灯笼”设为必用"],
        None,
    )
    assert (await analyst.get(f"{HALL}/audit")).status_code == 403


async def test_a_notice_is_posted_once_read_corrected_and_withdrawn(program) -> None:
    admin, analyst = await program("town_admin"), await program("town_analyst")
    for wrong in ({**NOTICE, "to": []}, {**NOTICE, "to": ["unit:T99"]}, {**NOTICE, "body": ""}):
        assert (await admin.send("POST", f"{HALL}/notices/new", wrong)).status_code == 400, wrong
    assert (await analyst.send("POST", f"{HALL}/notices/new", NOTICE)).status_code == 403
    posted = [await admin.send("POST", f"{HALL}/notices/new", NOTICE, key="posted-once") for _ in range(2)]
    assert [answer.status_code for answer in posted] == [201, 201]
    (notice,) = {answer.json()["id"] for answer in posted}
    await admin.send("POST", f"{HALL}/notices/new", NOTICE)
    page = (await analyst.get(f"{HALL}/notices", limit=1)).json()
    rest = (await analyst.get(f"{HALL}/notices", after=page["next"])).json()
    assert ([each["id"] for each in rest["notices"]], rest["next"]) == ([notice], None)
    clerk = await program("station_staff")
    await clerk.send("POST", f"/api/v1/t/t01/notices/{notice}/read", {"version": 1})
    here = f"{HALL}/notices/{notice}"
    states = (await analyst.get(here)).json()["states"]
    assert [(each["code"], each["has_read"]) for each in states] == [("T01", True), ("T02", False)]
    tasks = (await admin.get(HALL)).json()["tasks"]
    assert [task["count"] for task in tasks if task["tone"] == "late"] == [2, 2]
    better = {"title": "消防演练改期", "body": "周一十点。", "version": 1}
    assert (await admin.send("PATCH", f"{here}/correct", better)).json() == {"id": notice, "version": 2}
    late = {**better, "body": "周二十点。"}
    assert (await admin.send("PATCH", f"{here}/correct", late)).status_code == 409
    known = (await analyst.get(here)).json()
    assert (known["body"], [each["body"] for each in known["earlier"]]) == ("周一十点。", ["周五十点。"])
    assert (await admin.send("POST", f"{here}/withdraw", {"reason": ""})).status_code == 400
    assert (await admin.send("POST", f"{here}/withdraw", {"reason": "日期错了"})).status_code == 200
    assert (await clerk.get(f"/api/v1/t/t01/notices/{notice}")).json()["withdrawn_why"] == "日期错了"
    assert (await (await program("auditor")).get(here)).status_code == 403
    assert (await admin.get(f"{HALL}/notices/{notice[:-1]}x")).status_code == 404


async def test_the_towns_staff_come_change_and_go(platform, program) -> None:
    admin, staff = await program("town_admin"), f"{HALL}/staff"
    new = {"name": "许安", "login": "xuan", "role": "town_analyst"}
    assert (await admin.send("POST", f"{staff}/add", {**new, "role": "station_staff"})).status_code == 400
    added = (await admin.send("POST", f"{staff}/add", new)).json()
    assert re.fullmatch("[0-9A-Z]{26}", added["code"])
    hers = f"{staff}/{added['id']}"
    assert (await admin.send("POST", f"{hers}/roles", {"role": "auditor"})).status_code == 200
    assert (await admin.get(hers)).json()["roles"] == ["auditor", "town_analyst"]
    assert (await admin.send("POST", f"{hers}/roles/auditor", {})).status_code == 200
    assert (await admin.send("POST", f"{hers}/link")).json()["code"] != added["code"]
    by_name = await admin.send("POST", f"{staff}/link", {"login": "station_staff.t02"})
    assert (by_name.status_code, bool(by_name.json()["code"])) == (200, True)
    assert (await admin.send("POST", f"{staff}/link", {"login": "nobody"})).status_code == 400
    assert (await admin.send("POST", f"{hers}/leave", {"reason": "离职"})).status_code == 200
    assert (await admin.get(hers)).status_code == 404
    assert "xuan" not in {person["login"] for person in (await admin.get(staff)).json()}
    async with platform.database.transaction(Scope.nobody()) as tx:
        own = await account_by_login(tx, "town_admin")
    assert own is not None
    for path, body in (("link", None), ("leave", {}), ("roles/town_admin", {})):
        assert (await admin.send("POST", f"{staff}/{own.id}/{path}", body)).status_code == 409, path
    assert (await admin.send("POST", f"{staff}/link", {"login": "town_admin"})).status_code == 409
    assert (await (await program("town_analyst")).get(staff)).status_code == 403
