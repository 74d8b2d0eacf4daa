"""The pages of one-time links and of one's own account: nothing shown twice, nothing left in a log."""

from __future__ import annotations

import re

import pytest

from core.identity.accounts import account_by_login, set_language
from core.identity.invitations import grouped, issue
from core.kernel.scope import Scope
from core.testing import PASSWORD, without_chance
from core.web.headers import loggable

NEW = "violet harbour seven stones"
CHOICE = {"password": NEW, "again": NEW}


@pytest.fixture
async def code(platform, town) -> str:
    """A link for the clerk of t01."""
    async with platform.database.transaction(Scope.of_tenant(town.t01.id)) as tx:
        account = await account_by_login(tx, "station_staff")
        assert account is not None
        return (await issue(tx, account.id, works_elsewhere=False)).code


async def test_from_the_sheet_to_the_first_page(visit, code: str) -> None:
    visitor = await visit()
    found = await visitor.post("/invitation", {"code": grouped(code).lower()})
    link = found.headers["Location"]
    assert link == f"/invitation/{code}"
    page = await visitor.get(link)
    assert "station staff" in page.text
    assert page.headers["Referrer-Policy"] == "strict-origin"
    assert (await visitor.post(link, {"password": NEW, "again": "another"})).status_code == 400
    named = {"password": "station_staff", "again": "station_staff"}
    assert (await visitor.post(link, named)).status_code == 400
    entered = await visitor.post(link, CHOICE)
    assert entered.headers["Location"] == "/"
    assert "HttpOnly" in entered.headers["Set-Cookie"]
    assert (await visitor.get("/t/t01")).status_code == 200


@pytest.mark.requirement("R19")
async def test_used_unknown_and_mistyped_are_one_page(visit, code: str) -> None:
    visitor, other = await visit(), await visit()
    await visitor.post(f"/invitation/{code}", CHOICE)
    answers = [await other.get(f"/invitation/{each}") for each in (code, "NOSUCHC0DE", "0")]
    answers.append(await other.post(f"/invitation/{code}", CHOICE))
    texts = {re.sub(r'value="/invitation/[^"]*"', "", without_chance(answer.text)) for answer in answers}
    assert {answer.status_code for answer in answers} == {404}
    assert len(texts) == 1
    assert "此链接无法打开" in texts.pop()


@pytest.mark.requirement("R19")
async def test_guesses_are_slowed_down(visit, code: str) -> None:
    visitor = await visit()
    for _ in range(5):
        assert (await visitor.post("/invitation/NOSUCHC0DE", CHOICE)).status_code == 404
    slowed = await visitor.post(f"/invitation/{code}", CHOICE)
    assert slowed.status_code == 429
    assert int(slowed.headers["Retry-After"]) > 0


@pytest.mark.requirement("R24")
async def test_a_form_of_another_site_uses_nothing_up(visit, code: str) -> None:
    visitor = await visit()
    foreign = {"Origin": "https://example.org", "Sec-Fetch-Site": "cross-site"}
    for path in (f"/invitation/{code}", "/invitation"):
        answer = await visitor.client.post(path, data=CHOICE, headers=foreign)
        assert answer.status_code == 403
    assert (await visitor.get(f"/invitation/{code}")).status_code == 200


@pytest.mark.requirement("R45")
def test_the_code_goes_into_no_log() -> None:
    assert loggable("/invitation/ABCDEFGH") == "/invitation/..."
    assert loggable("/t/t01") == "/t/t01"


@pytest.mark.requirement("R12")
async def test_my_account_shows_my_places_sessions_and_sign_ins(visit) -> None:
    first, second = await visit("station_staff"), await visit("station_staff")
    failed = await visit()
    await failed.post("/sign-in", {"login": "station_staff", "password": "wrong"})
    page = (await second.get("/me")).text
    for words in ("服务站工作人员", "当前", "密码错误", "已知地点", "新地点"):
        assert words in page
    assert 'href="/me"' in (await second.get("/t/t01")).text
    session = re.search(r'action="(/me/sessions/[^"]+)"', page)
    assert session
    stranger = await visit("medical_staff")
    await stranger.get("/me")
    await stranger.post(session[1])
    assert (await first.get("/t/t01")).status_code == 200, "another's session is not hers to end"
    await second.get("/me")
    await second.post(session[1])
    assert (await first.get("/t/t01")).status_code == 303
    third = await visit("station_staff")
    await second.post("/me/sessions")
    assert (await third.get("/t/t01")).status_code == 303
    assert (await second.get("/t/t01")).status_code == 200


@pytest.mark.requirement("R11", "R12")
async def test_changing_the_password_asks_for_the_present_one(visit) -> None:
    mine, other = await visit("station_staff"), await visit("station_staff")
    await mine.get("/me")
    wrong = await mine.post("/me/password", {"present": "guess", **CHOICE})
    assert wrong.status_code == 400
    assert "当前密码不正确" in wrong.text
    weak = await mine.post("/me/password", {"present": PASSWORD, "password": "12345678", "again": "12345678"})
    assert weak.status_code == 400
    assert (await other.get("/t/t01")).status_code == 200
    done = await mine.post("/me/password", {"present": PASSWORD, **CHOICE}, follow=True)
    assert "新密码已设置" in done.text
    assert (await other.get("/t/t01")).status_code == 303
    tries = [await mine.post("/me/password", {"present": "guess", **CHOICE}) for _ in range(6)]
    assert tries[-1].status_code == 429


async def test_my_account_is_for_who_is_signed_in_and_takes_no_forged_form(visit) -> None:
    assert (await (await visit()).get("/me")).headers["Location"] == "/sign-in?next=/me"
    mine = await visit("station_staff")
    mine.token = "forged"
    for path in ("/me/password", "/me/sessions", "/me/sessions/x"):
        assert (await mine.post(path, {"present": PASSWORD, **CHOICE})).status_code == 403


async def test_an_error_speaks_the_language_of_the_account(platform, visit) -> None:
    async with platform.database.transaction(Scope.nobody()) as tx:
        account = await account_by_login(tx, "station_staff")
        assert account is not None
        await set_language(tx, account.id, "en")
    visitor = await visit("station_staff")
    assert "There is nothing at this address." in (await visitor.get("/t/t02")).text
