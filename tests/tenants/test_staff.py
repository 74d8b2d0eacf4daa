"""A manager and her staff: take on, change roles, hand out links, leave; never a key to what lies elsewhere."""

from __future__ import annotations

import re

import pytest

from core.identity.accounts import account_by_login
from core.identity.memberships import grant_role
from core.identity.tokens import issue_token, list_tokens
from core.kernel import audit
from core.kernel.scope import Scope
from core.testing import PASSWORD

STAFF = "/t/t01/association/staff"
CODE = re.compile(r"/invitation/([0-9A-Z]{26})")
NEW = "violet harbour seven stones"


@pytest.fixture
def account_of(platform):
    async def find(login: str):
        async with platform.database.transaction(Scope.nobody()) as tx:
            return await account_by_login(tx, login)

    return find


@pytest.mark.requirement("R19")
async def test_taking_somebody_on_ends_with_her_own_password(visit, in_tenant, account_of) -> None:
    officer = await visit("tenant_officer")
    assert (await officer.get(f"{STAFF}/add")).status_code == 200
    wanted = {"name": "林小雨", "login": "", "role": "station_staff"}
    proposed = (await officer.post(f"{STAFF}/add", wanted)).text
    assert 'value="linxiaoyu"' in proposed
    assert await account_of("linxiaoyu") is None, "a look at the user name adds nobody"
    sheet = (await officer.post(f"{STAFF}/add", {**wanted, "login": "linxiaoyu"})).text
    code = CODE.search(sheet)
    assert code
    assert "http://localhost:8000/invitation" in sheet
    assert "链接有效至" in (await officer.get(STAFF)).text
    again = CODE.search((await officer.post(f"{STAFF}/add", {**wanted, "login": "linxiaoyu"})).text)
    assert again, "the page sent twice makes a new link, not a second account"
    newcomer = await visit()
    assert (await newcomer.get(f"/invitation/{code[1]}")).status_code == 404
    await newcomer.post(f"/invitation/{again[1]}", {"password": NEW, "again": NEW})
    assert (await newcomer.get("/t/t01")).status_code == 200
    assert (await newcomer.get(STAFF)).status_code == 403
    async with in_tenant() as tx:
        kept = await audit.lines(tx)
    assert {"identity.account.add", "identity.role.grant", "identity.invitation.issue"} <= {
        line.action for line in kept
    }
    assert again[1] not in str(kept)
    assert "林小雨" not in str(kept)


async def test_what_cannot_be_taken_on_is_told_and_leaves_nothing(visit, account_of) -> None:
    officer = await visit("tenant_officer")
    await officer.get(f"{STAFF}/add")
    for fields in (
        {"name": "林小雨", "login": "lin.xiaoyu", "role": "rights_consultant"},
        {"name": "林小雨", "login": "lin.xiaoyu", "role": "town_admin"},
        {"name": "林小雨", "login": "station_staff.t02", "role": "station_staff"},
        {"name": "林小雨", "login": "!", "role": "station_staff"},
        {"name": "", "login": "lin.xiaoyu", "role": "station_staff"},
        {"name": "???", "login": "", "role": "station_staff"},
    ):
        assert (await officer.post(f"{STAFF}/add", fields)).status_code == 400, fields
    assert await account_of("lin.xiaoyu") is None


async def test_somebody_of_another_unit_comes_with_the_password_that_she_has(visit, account_of) -> None:
    officer = await visit("tenant_officer")
    await officer.get(f"{STAFF}/add")
    hers = {"name": "station staff.t02", "login": "station_staff.t02", "role": "medical_staff"}
    sheet = (await officer.post(f"{STAFF}/add", hers)).text
    assert not CODE.search(sheet)
    account = await account_of("station_staff.t02")
    page = (await officer.get(f"{STAFF}/{account.id}")).text
    assert "请联系镇协会办理" in page
    assert "T02" not in page
    assert "t/t02" not in page
    refused = await officer.post(f"{STAFF}/{account.id}/link")
    assert refused.status_code == 409
    assert (await (await visit("station_staff.t02")).get("/t/t02")).status_code == 200


@pytest.mark.requirement("R07", "R08")
async def test_roles_change_at_the_next_click_with_a_new_session(visit, account_of) -> None:
    officer, clerk = await visit("tenant_officer"), await visit("station_staff")
    account = await account_of("station_staff")
    hers = f"{STAFF}/{account.id}"
    await officer.get(hers)
    await officer.post(f"{hers}/roles", {"role": "tenant_reporter"})
    assert (await clerk.get("/t/t01")).status_code == 303
    await clerk.sign_in("station_staff")
    assert "服务站工作人员" in (await officer.get(hers)).text
    asked = (await officer.get(f"{hers}/roles/station_staff")).text
    assert "取消station staff的“服务站工作人员”" in asked
    await officer.post(f"{hers}/roles/station_staff", {"reason": "换岗"})
    await clerk.sign_in("station_staff")
    assert (await clerk.get("/t/t01/lantern")).status_code == 403
    assert (await officer.post(f"{hers}/roles", {"role": "rights_consultant"})).status_code == 400
    assert (await officer.get(f"{hers}/roles/medical_staff")).status_code == 404


@pytest.mark.requirement("R12")
async def test_leaving_ends_sessions_roles_links_and_keys_at_once(
    platform, town, visit, in_tenant, account_of
) -> None:
    officer, clerk = await visit("tenant_officer"), await visit("station_staff")
    account = await account_of("station_staff")
    async with platform.database.transaction(Scope.town(town.region.id)) as tx:
        key = await issue_token(tx, account.id, "sheet reader")
    hers = f"{STAFF}/{account.id}"
    link = CODE.search((await officer.post(f"{hers}/link")).text)
    assert link
    assert (await clerk.get("/t/t01")).status_code == 200, "a link signs nobody out before it is used"
    assert "服务站工作人员" in (await officer.get(f"{hers}/leave")).text
    gone = await officer.post(f"{hers}/leave", {"reason": "离职"}, follow=True)
    assert "她已离开" in gone.text
    assert (await clerk.get("/t/t01")).status_code == 303
    assert (await clerk.get(f"/invitation/{link[1]}")).status_code == 404
    bearer = {"Authorization": f"Bearer {key}"}
    assert (await clerk.client.get("/api/v1/t/t01/lantern/lamps", headers=bearer)).status_code == 401
    async with platform.database.transaction(Scope.nobody()) as tx:
        assert all(token.revoked_at for token in await list_tokens(tx, account.id))
    assert (await officer.get(hers)).status_code == 404
    async with in_tenant() as tx:
        last = (await audit.lines(tx, limit=1))[0]
    assert (last.action, last.reason) == ("identity.staff.leave", "离职")
    back = {"name": "station staff", "login": "station_staff", "role": "station_staff"}
    assert not CODE.search((await officer.post(f"{STAFF}/add", back)).text)
    assert (await (await visit("station_staff")).get("/t/t01")).status_code == 200


async def test_who_works_elsewhere_too_keeps_her_keys(platform, town, visit, account_of) -> None:
    account = await account_of("station_staff")
    async with platform.database.transaction(Scope.of_tenant(town.t02.id)) as tx:
        await grant_role(tx, account.id, "station_staff")
    async with platform.database.transaction(Scope.town(town.region.id)) as tx:
        await issue_token(tx, account.id, "sheet reader")
    officer = await visit("tenant_officer")
    await officer.get(STAFF)
    await officer.post(f"{STAFF}/{account.id}/leave")
    async with platform.database.transaction(Scope.nobody()) as tx:
        assert [token.revoked_at for token in await list_tokens(tx, account.id)] == [None]
    assert (await (await visit("station_staff")).get("/t/t02")).status_code == 200


async def test_the_last_manager_stays_and_a_consultant_is_the_towns(visit, account_of) -> None:
    officer = await visit("tenant_officer")
    manager, consultant = await account_of("tenant_officer"), await account_of("rights_consultant")
    asked = (await officer.get(f"{STAFF}/{manager.id}/leave")).text
    assert "这是您本人" in asked
    for path in ("leave", "roles/tenant_officer"):
        refused = await officer.post(f"{STAFF}/{manager.id}/{path}")
        assert refused.status_code == 409
        assert "唯一的管理人员" in refused.text
    assert (await officer.post(f"{STAFF}/{consultant.id}/leave")).status_code == 409
    assert (await officer.post(f"{STAFF}/{consultant.id}/link")).status_code == 409
    assert (await officer.post(f"{STAFF}/{consultant.id}/roles/rights_consultant")).status_code == 400
    second = await account_of("station_staff")
    await officer.post(f"{STAFF}/{second.id}/roles", {"role": "tenant_officer"})
    assert (await officer.post(f"{STAFF}/{manager.id}/leave")).status_code == 303
    assert (await officer.get("/t/t01")).status_code == 303


async def test_the_manager_reaches_her_own_staff_alone(visit, account_of) -> None:
    officer = await visit("tenant_officer")
    page = (await officer.get(STAFF)).text
    assert "station_staff" in page
    assert ".t02" not in page
    neighbour = await account_of("station_staff.t02")
    for path in ("", "/leave", "/roles/station_staff"):
        assert (await officer.get(f"{STAFF}/{neighbour.id}{path}")).status_code == 404
    for path in ("/leave", "/link", "/roles/station_staff", "/roles"):
        answer = await officer.post(f"{STAFF}/{neighbour.id}{path}", {"role": "station_staff"})
        assert answer.status_code in (400, 404), path
    assert (await (await visit("station_staff.t02")).get("/t/t02")).status_code == 200
    clerk = await visit("station_staff")
    assert "association/staff" not in (await clerk.get("/t/t01/association")).text
    assert PASSWORD not in page
