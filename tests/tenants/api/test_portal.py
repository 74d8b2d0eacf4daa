"""What a program reads and does in a unit: home, figures, association, notices, records."""

from __future__ import annotations

from datetime import UTC, date, datetime

from core.identity.accounts import account_by_login
from core.kernel import audit
from core.kernel.clock import freeze
from core.kernel.ids import new_id
from core.kernel.scope import Scope
from core.notices.posting import Draft, post_notice
from tests.cells import store_cells

UNIT = "/api/v1/t/t01"
OTHER = "/api/v1/t/t02"
ASKS = Draft(title="核对花名册", body="请核对。", due_on=date(2020, 1, 6))


async def post(platform, town, *to: str) -> str:
    async with platform.database.transaction(Scope.nobody()) as tx:
        admin = await account_by_login(tx, "town_admin")
    assert admin is not None
    async with platform.database.transaction(Scope.town(town.region.id, admin.id)) as tx:
        return str(await post_notice(tx, ASKS, to, town.t01.opened_on))


async def test_a_notice_is_a_task_until_the_unit_has_done_it(platform, town, program) -> None:
    notices = [await post(platform, town, "all") for _number in range(3)]
    clerk, nurse = await program("station_staff"), await program("medical_staff", "tenant.*")
    task = (await clerk.get(UNIT)).json()["tasks"][0]
    assert (task["title"], task["tone"]) == ("通知：核对花名册", "late")
    assert task["address"] == f"/t/t01/notices/{notices[0]}"
    page = (await clerk.get(f"{UNIT}/notices", limit=2)).json()
    assert [each["id"] for each in page["notices"]] == [notices[2], notices[1]]
    rest = (await clerk.get(f"{UNIT}/notices", after=page["next"])).json()
    assert ([each["id"] for each in rest["notices"]], rest["next"]) == ([notices[0]], None)
    here = f"{UNIT}/notices/{notices[0]}"
    read = (await clerk.get(here)).json()
    assert (read["body"], read["is_read"], read["readers"]) == ("请核对。", False, [])
    assert (await nurse.send("POST", f"{here}/read", {"version": 1})).json() == {
        "id": notices[0],
        "version": 1,
    }
    assert (await nurse.send("POST", f"{here}/done", {"version": 1})).status_code == 403
    assert (await clerk.send("POST", f"{here}/done", {"version": 2})).status_code == 409
    for _time in range(2):
        done = await clerk.send("POST", f"{here}/done", {"version": 1}, key="said-it-is-done")
        assert done.status_code == 200
    again = await clerk.send("POST", f"{here}/read", {"version": 1}, key="said-it-is-done")
    assert again.status_code == 409, "the key stands for another act"
    known = (await nurse.get(here)).json()
    assert {reader["name"] for reader in known["readers"]} == {"medical staff", "station staff"}
    assert (known["is_waiting"], known["done_by"]) == (False, "station staff")
    assert f"/t/t01/notices/{notices[0]}" not in (await clerk.get(UNIT)).text


async def test_a_cursor_opens_its_own_list_alone(platform, town, program) -> None:
    for _number in range(2):
        await post(platform, town, "all")
    clerk, there = await program("station_staff"), await program("station_staff.t02")
    cursor = (await clerk.get(f"{UNIT}/notices", limit=1)).json()["next"]
    assert (await clerk.get(f"{UNIT}/notices", after=cursor)).status_code == 200
    for wrong in (
        await there.get(f"{OTHER}/notices", after=cursor),
        await clerk.get(f"{UNIT}/records", after=cursor),
        await clerk.get(f"{UNIT}/notices", after="1"),
        await clerk.get(f"{UNIT}/notices", limit=201),
        await clerk.get(f"{UNIT}/notices", before=cursor),
    ):
        assert wrong.status_code == 400, wrong.url


async def test_figures_are_those_of_the_page_to_each_role(platform, town, program, visit) -> None:
    cells = {
        ("2025-02", "POP-01", ""): (40, None),
        ("2025-03", "POP-01", ""): (45, None),
        ("2025-03", "POP-01", "sex=1"): (42, None),
        ("2025-03", "POP-01", "sex=2"): (3, None),
        ("2025-03", "POP-02", ""): (2, None),
    }
    await store_cells(platform, town.t01.id, town.region.id, cells)
    with freeze(datetime(2025, 3, 20, 4, tzinfo=UTC)):
        clerk, officer = await program("station_staff"), await program("tenant_officer")
        exact = (await clerk.get(f"{UNIT}/figures")).json()
        guarded = (await officer.get(f"{UNIT}/figures", period="2025-03")).json()
        beyond = await clerk.get(f"{UNIT}/figures", period="2031-01")
        page = (await (await visit("tenant_officer")).get("/t/t01/figures")).text
    assert (exact["period"], exact["since"], exact["is_guarded"]) == ("2025-03", "2025-01", False)
    lines, told = ({line["code"]: line for line in each["lines"]} for each in (exact, guarded))
    assert (lines["POP-01"]["now"]["number"], lines["POP-01"]["change"]) == (45, "+5")
    sexes = next(each for each in lines["POP-01"]["breakdowns"] if each["parts"][0]["cut"] == "sex=1")
    assert [(part["cut"], part["now"]["number"]) for part in sexes["parts"]] == [("sex=1", 42), ("sex=2", 3)]
    assert lines["POP-02"]["now"]["number"] == 2
    assert guarded["is_guarded"]
    assert (told["POP-02"]["now"]["text"], told["POP-02"]["now"]["number"]) == ("<5", None)
    assert told["POP-02"]["now"]["reason"] in page
    assert all(line["breakdowns"] == [] for line in told.values())
    assert (beyond.status_code, set(beyond.json()["fields"])) == (400, {"period"})
    assert (await (await program("medical_staff")).get(f"{UNIT}/figures")).status_code == 403


async def test_a_module_is_switched_and_the_records_tell_it(program, in_tenant) -> None:
    async with in_tenant() as tx:
        audit.record(tx, "people.person.register", "person", new_id())
    officer, clerk = await program("tenant_officer", "tenant.*"), await program("station_staff")
    here = (await clerk.get(f"{UNIT}/association")).json()
    assert (here["code"], here["kind"]) == ("T01", "enterprise_association")
    assert {"login", "name", "role", "since", "is_active", "has_password"} == set(here["members"][0])
    switch = f"{UNIT}/association/modules/lantern"
    assert (await clerk.send("POST", switch, {"to": "off"})).status_code == 403
    assert (await officer.send("POST", switch, {"to": "away"})).status_code == 400
    assert (await officer.send("POST", f"{UNIT}/association/modules/moon", {"to": "on"})).status_code == 404
    for _time in range(2):
        off = await officer.send("POST", switch, {"to": "off"}, key="switched-off")
        assert off.json() == {"name": "lantern", "is_on": False, "is_changed": True}
    assert (await clerk.get("/api/v1/t/t01/lantern/lamps")).status_code == 404
    assert not {
        each["name"]: each["is_on"] for each in (await clerk.get(f"{UNIT}/association")).json()["modules"]
    }["lantern"]
    records = (await officer.get(f"{UNIT}/records", who="tenant_officer")).json()
    assert [(line["who"], line["sentence"]) for line in records["lines"]] == [
        ("tenant officer", "停用了服务模块“灯笼”")
    ]
    for reader, is_told in ((clerk, True), (officer, False)):
        told = (await reader.get(f"{UNIT}/records", about="person")).json()
        assert bool(told["lines"]) is is_told, "the employer's side does not learn of acts on people"
        assert ("person" in {each["value"] for each in told["about"]}) is is_told
    first = (await officer.get(f"{UNIT}/records", limit=1)).json()
    second = (await officer.get(f"{UNIT}/records", limit=1, after=first["next"])).json()
    assert first["lines"] != second["lines"]
    assert {each["value"] for each in first["about"]} >= {"activation", "membership"}
    for outsider in (await program("medical_staff"), await program("tenant_officer", "tenant.home.*")):
        assert (await outsider.get(f"{UNIT}/records")).status_code == 403
    assert (await (await program("tenant_officer.t02")).get(f"{UNIT}/records")).status_code == 404
