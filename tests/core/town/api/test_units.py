"""A program opens a unit, corrects it, enters its firms, appoints there, and closes it."""

from __future__ import annotations

from uuid import UUID

from core.identity.accounts import account_by_login
from core.identity.memberships import grant_role
from core.kernel import audit
from core.kernel.scope import Scope
from core.testing import TOWN

UNITS = f"/api/v1/town/{TOWN}/tenants"
UNIT = {
    "code": "T03",
    "kind": "enterprise_association",
    "name_zh": "新苗电子职工服务协会",
    "name_en": "Xinmiao Electronics Workers' Service Association",
    "opened_on": "2025-06-01",
    "profile": "enterprise",
    "officer": "周明",
    "officer_login": "zhouming",
}


async def test_a_unit_is_opened_once_and_looked_after(platform, town, program) -> None:
    admin, analyst = await program("town_admin", "town.tenant.*"), await program("town_analyst")
    for change in ({"code": "T01"}, {"profile": "town-station"}, {"kind": "factory"}, {"officer_login": ""}):
        assert (await admin.send("POST", f"{UNITS}/open", {**UNIT, **change})).status_code == 400, change
    opened = [await admin.send("POST", f"{UNITS}/open", UNIT, key="opened-once") for _time in range(2)]
    assert [answer.status_code for answer in opened] == [201, 201]
    (unit,) = {answer.json()["id"] for answer in opened}
    assert opened[0].json()["officer"]["code"] != opened[1].json()["officer"]["code"]
    listed = {each["code"]: each for each in (await analyst.get(UNITS)).json()}
    assert set(listed) == {"T01", "T02", "T03"}
    assert "registration" in listed["T03"]["modules"]
    assert listed["T03"]["last_active"] is None
    here = f"{UNITS}/{unit}"
    names = {"name_zh": "新苗协会", "name_en": "Xinmiao"}
    assert (await admin.send("PATCH", f"{here}/names", names)).json() == {"id": unit}
    firm = {"name_zh": "新厂", "uscc": "91000002MAGCL8W07X", "served_from": "2025-06-01", "industry": "c"}
    refused = await admin.send("POST", f"{here}/firms", firm)
    assert (refused.status_code, set(refused.json()["fields"])) == (400, {"uscc"})
    firms = [
        await admin.send("POST", f"{here}/firms", {**firm, "uscc": "91000002magcl8w07y"}, key="firm-entered")
        for _time in range(2)
    ]
    (entered,) = {answer.json()["id"] for answer in firms}
    ends = f"{here}/firms/{entered}"
    assert (await admin.send("POST", ends, {"served_to": "2024-01-01"})).status_code == 400
    assert (await admin.send("POST", ends, {"served_to": "2025-09-01"})).status_code == 200
    consultant = {"name": "许安", "login": "xuan", "role": "rights_consultant"}
    assert (
        await admin.send("POST", f"{here}/staff", {**consultant, "role": "station_staff"})
    ).status_code == 400
    sheet = (await admin.send("POST", f"{here}/staff", consultant)).json()
    link = await admin.send("POST", f"{here}/staff/{sheet['id']}/link")
    assert (link.json()["login"], link.json()["code"] != sheet["code"]) == ("xuan", True)
    gone = f"{here}/staff/{sheet['id']}/roles/rights_consultant"
    assert (await admin.send("POST", gone, {"reason": "期满"})).json() == {"id": sheet["id"]}
    assert (await admin.send("POST", gone, {})).status_code == 404
    known = (await admin.get(here)).json()
    assert (known["name_zh"], [each["served_to"] for each in known["firms"]]) == ("新苗协会", ["2025-09-01"])
    assert [person["login"] for person in known["people"]] == ["zhouming"]
    assert (await admin.send("POST", f"{here}/close", {"closed_on": "2024-01-01"})).status_code == 400
    assert (await admin.send("POST", f"{here}/close", {"closed_on": "2025-12-31"})).status_code == 200
    async with platform.database.transaction(Scope.of_tenant(UUID(unit))) as tx:
        told = {line.action for line in await audit.lines(tx)}
    assert {"tenancy.firm.add", "tenancy.firm.end", "identity.role.revoke"} <= told


async def test_what_is_not_the_towns_is_not_there(platform, town, program) -> None:
    admin, auditor = await program("town_admin"), await program("auditor")
    here = f"{UNITS}/{town.t01.id}"
    assert (await admin.get(here)).status_code == 200
    assert (await auditor.get(UNITS)).status_code == 200
    assert (await auditor.get(here)).status_code == 403
    assert (await admin.get(f"{UNITS}/{town.region.id}")).status_code == 404
    assert (await (await program("tenant_officer")).get(UNITS)).status_code == 404
    async with platform.database.transaction(Scope.nobody()) as tx:
        clerk, own = await account_by_login(tx, "station_staff"), await account_by_login(tx, "town_admin")
    assert clerk is not None
    assert own is not None
    assert (await admin.send("POST", f"{here}/staff/{clerk.id}/link")).status_code == 404, "the unit's own"
    async with platform.database.transaction(Scope.of_tenant(town.t01.id)) as tx:
        await grant_role(tx, own.id, "tenant_officer")
    assert (await admin.send("POST", f"{here}/staff/{own.id}/link")).status_code == 409
