"""The way in: one answer whatever was wrong, nowhere else to go than this site, nothing left afterwards."""

from __future__ import annotations

import pytest

from core.host.offers import offer_plugin
from core.identity.accounts import account_by_login
from core.identity.memberships import grant_role, revoke_role
from core.kernel.scope import Scope
from core.testing import PASSWORD, without_chance


@pytest.mark.requirement("R16")
async def test_a_wrong_name_and_a_wrong_password_are_answered_alike(visit) -> None:
    answers = []
    for login in ("station_staff", "no-such-person"):
        visitor = await visit()
        await visitor.get("/sign-in")
        answer = await visitor.post("/sign-in", {"login": login, "password": "wrong"})
        answers.append((answer.status_code, without_chance(answer.text).replace(login, "")))
    assert answers[0] == answers[1]
    assert answers[0][0] == 401
    assert "用户名或密码不正确" in answers[0][1]


async def test_what_was_typed_stays_but_never_the_password(visit) -> None:
    visitor = await visit()
    answer = await visitor.post("/sign-in", {"login": "<b>me</b>", "password": "sesame street"})
    assert "&lt;b&gt;me&lt;/b&gt;" in answer.text
    assert "sesame" not in answer.text


async def test_an_empty_form_is_told_field_by_field(visit) -> None:
    answer = await (await visit()).post("/sign-in", {})
    assert answer.status_code == 400
    assert answer.text.count("请填写。") == 4  # in the summary, and at its field


@pytest.mark.requirement("R15")
async def test_too_many_tries_are_slowed_down_with_a_time(visit) -> None:
    visitor = await visit()
    statuses = set()
    for _ in range(30):
        answer = await visitor.post("/sign-in", {"login": "station_staff", "password": "wrong"})
        statuses.add(answer.status_code)
        if answer.status_code == 429:
            assert int(answer.headers["Retry-After"]) > 0
            assert "尝试次数过多" in answer.text
            break
    assert statuses == {401, 429}


@pytest.mark.requirement("R26")
@pytest.mark.parametrize(
    "goal", ["https://example.org", "//example.org", "/\\example.org", "/a\\b", "x", "/\n/x"]
)
async def test_signing_in_leads_nowhere_else(visit, goal: str) -> None:
    visitor = await visit()
    answer = await visitor.post("/sign-in", {"login": "auditor", "password": PASSWORD, "next": goal})
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/"


async def test_who_asked_for_a_page_gets_there_after_signing_in(visit) -> None:
    visitor = await visit()
    asked = await visitor.get("/t/t01/association")
    await visitor.get(asked.headers["Location"])
    fields = {"login": "station_staff", "password": PASSWORD, "next": "/t/t01/association"}
    assert (await visitor.post("/sign-in", fields)).headers["Location"] == "/t/t01/association"


@pytest.mark.requirement("R08")
async def test_the_session_is_new_hidden_from_scripts_and_gone_after_signing_out(visit) -> None:
    visitor = await visit()
    visitor.client.cookies.set("session", "planted")
    answer = await visitor.post("/sign-in", {"login": "station_staff", "password": PASSWORD})
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    token = answer.cookies["session"]
    assert token != "planted"
    await visitor.get("/", follow=True)
    assert (await visitor.post("/sign-out")).status_code == 303
    visitor.client.cookies.set("session", token)
    assert (await visitor.get("/t/t01")).status_code == 303


@pytest.mark.requirement("R24")
async def test_signing_out_from_elsewhere_does_nothing(visit) -> None:
    visitor = await visit("station_staff")
    visitor.token = "forged"
    assert (await visitor.post("/sign-out")).status_code == 403
    assert (await visitor.get("/t/t01")).status_code == 200


async def test_who_works_in_several_places_chooses(platform, town, visit) -> None:
    async with platform.database.transaction(Scope.nobody()) as tx:
        account = await account_by_login(tx, "station_staff")
    assert account is not None
    async with platform.database.transaction(Scope.of_tenant(town.t02.id)) as tx:
        await grant_role(tx, account.id, "tenant_reporter", town.t02.opened_on)
        await grant_role(tx, account.id, "tenant_officer", town.t02.opened_on)
    page = (await (await visit("station_staff")).get("/")).text
    assert 'href="/t/t01"' in page
    assert page.count('href="/t/t02"') == 1
    assert "协会专干、报表员" in page
    assert "tenant_reporter" not in page


async def test_who_has_one_place_is_there_at_once_and_who_has_none_is_told(visit) -> None:
    assert (await (await visit("station_staff")).get("/")).headers["Location"] == "/t/t01"
    assert "还没有工作单位" in (await (await visit("stranger")).get("/")).text


@pytest.mark.requirement("R26")
async def test_the_language_is_kept_and_leads_nowhere_else(visit) -> None:
    visitor = await visit()
    answer = await visitor.post("/language", {"language": "en", "next": "//example.org"})
    assert answer.headers["Location"] == "/"
    assert "Sign in" in (await visitor.get("/sign-in")).text
    assert (await visitor.post("/language", {"language": "xx"})).status_code == 403


async def test_the_appearance_is_kept_with_the_browser(visit) -> None:
    visitor, other = await visit(), await visit()
    assert 'data-theme="auto"' in (await visitor.get("/sign-in")).text
    answer = await visitor.post("/appearance", {"theme": "dark", "next": "/sign-in"})
    assert answer.headers["Location"] == "/sign-in"
    for path in ("/sign-in", "/nowhere"):
        assert 'data-bs-theme="dark" data-theme="dark"' in (await visitor.get(path)).text
        assert 'data-bs-theme="light" data-theme="auto"' in (await other.get(path)).text
    assert (await visitor.post("/appearance", {"theme": "pink"})).status_code == 403


@pytest.mark.requirement("R07")
async def test_a_role_that_is_taken_away_is_gone_at_the_next_click(platform, town, visit) -> None:
    visitor = await visit("station_staff")
    assert (await visitor.get("/t/t01")).status_code == 200
    async with platform.database.transaction(Scope.nobody()) as tx:
        account = await account_by_login(tx, "station_staff")
    assert account is not None
    async with platform.database.transaction(Scope.of_tenant(town.t01.id)) as tx:
        await revoke_role(tx, account.id, "station_staff")
        await offer_plugin(tx, town.region.id, platform.registry, "lantern", "offered")
    assert (await visitor.get("/t/t01")).headers["Location"].startswith("/sign-in")
    await visitor.sign_in("station_staff")
    assert (await visitor.get("/t/t01")).status_code == 404
