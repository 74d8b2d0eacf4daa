"""A manager's program looks after the staff: links are answered once and kept nowhere."""

from __future__ import annotations

import pytest

from core.identity.accounts import account_by_login
from core.kernel.scope import Scope

STAFF = "/api/v1/t/t01/association/staff"
NEW = {"name": "林小雨", "login": "linxiaoyu", "role": "station_staff"}
PASSWORD = "violet harbour seven stones"


@pytest.fixture
def id_of(platform):
    async def find(login: str) -> str:
        async with platform.database.transaction(Scope.nobody()) as tx:
            account = await account_by_login(tx, login)
        assert account is not None
        return str(account.id)

    return find


async def test_somebody_is_taken_on_changes_roles_and_leaves(program, visit, in_tenant) -> None:
    officer = await program("tenant_officer", "tenant.staff.manage")
    for wrong in ({**NEW, "login": ""}, {**NEW, "role": "rights_consultant"}, {**NEW, "salary": 3}):
        assert (await officer.send("POST", f"{STAFF}/add", wrong)).status_code == 400, wrong
    sheets = [await officer.send("POST", f"{STAFF}/add", NEW, key="taken-on-once") for _time in range(2)]
    first, again = (sheet.json() for sheet in sheets)
    assert (first["id"], sheets[1].status_code) == (again["id"], 201)
    assert first["code"] != again["code"], "a link is kept nowhere: a repetition makes a newer one"
    async with in_tenant() as tx:
        kept = await tx.fetch("SELECT response FROM kernel.idempotency")
    assert [row["response"] for row in kept] == [b""]
    newcomer = await visit()
    assert (await newcomer.get(f"/invitation/{first['code']}")).status_code == 404
    assert again["address"].endswith(f"/invitation/{again['code']}")
    await newcomer.get(f"/invitation/{again['code']}")
    await newcomer.post(f"/invitation/{again['code']}", {"password": PASSWORD, "again": PASSWORD})
    assert (await newcomer.get("/t/t01")).status_code == 200
    hers = f"{STAFF}/{first['id']}"
    assert NEW["login"] in {person["login"] for person in (await officer.get(STAFF)).json()}
    for _time in range(2):
        given = await officer.send("POST", f"{hers}/roles", {"role": "tenant_reporter"}, key="role-given")
        assert given.json() == {"id": first["id"]}
    known = (await officer.get(hers)).json()
    assert (known["roles"], known["can_reset"]) == (["station_staff", "tenant_reporter"], True)
    assert [each["is_success"] for each in known["tries"]] == [True]
    taken = await officer.send("POST", f"{hers}/roles/station_staff", {"reason": "换岗"})
    assert taken.status_code == 200
    assert (await officer.send("POST", f"{hers}/roles/station_staff", {})).status_code == 404
    assert (await officer.send("POST", f"{hers}/link")).json()["login"] == NEW["login"]
    assert (await officer.send("POST", f"{hers}/leave", {"reason": "离职"})).json() == {"id": first["id"]}
    assert (await officer.get(hers)).status_code == 404
    assert (await newcomer.get("/t/t01")).status_code == 303


async def test_no_program_takes_over_an_account_or_reaches_the_neighbours(program, id_of) -> None:
    officer, clerk = await program("tenant_officer"), await program("station_staff")
    own = f"{STAFF}/{await id_of('tenant_officer')}"
    assert (await officer.get(own)).json()["login"] == "tenant_officer"
    assert (await officer.send("POST", f"{own}/link")).status_code == 409
    assert (await officer.send("POST", f"{own}/leave", {})).status_code == 409
    mine = {"name": "tenant officer", "login": "tenant_officer", "role": "station_staff"}
    assert (await officer.send("POST", f"{STAFF}/add", mine)).json()["code"] == ""
    neighbour = f"{STAFF}/{await id_of('station_staff.t02')}"
    for path, body in (("link", None), ("leave", {}), ("roles", {"role": "station_staff"})):
        assert (await officer.send("POST", f"{neighbour}/{path}", body)).status_code == 404, path
    assert (await officer.get(neighbour)).status_code == 404
    assert (await clerk.get(STAFF)).status_code == 403
    assert (await (await program("tenant_officer.t02")).get(STAFF)).status_code == 404
