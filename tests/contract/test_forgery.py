"""A forged request does nothing: at every address that changes something."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from core.app import Platform
from core.testing import PASSWORD, Visitor
from tests.contract.places import Door, doors

Visit = Callable[..., Awaitable[Visitor]]
HOME = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}


def changing(platform: Platform) -> list[Door]:
    return [door for door in doors(platform) if door.address.method != "GET" and not door.is_api and door.may]


BOUNDARY = "town"
MULTIPART = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
PLAIN = {"Content-Type": "text/plain"}


def part(name: str, value: str) -> str:
    return (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n--{BOUNDARY}--\r\n'
    )


def forged(own: str, other: str) -> dict[str, tuple[dict[str, str], str]]:
    """Headers and body of what another site can make a browser send; `own` is the token that it must not have."""
    typed = {"Content-Type": "application/x-www-form-urlencoded"}
    foreign = {"Origin": "https://example.org", "Sec-Fetch-Site": "cross-site"}
    right = f"_csrf={own}"
    return {
        "a form": (typed | foreign, right),
        "a form with a file": (MULTIPART | foreign, part("_csrf", own)),
        "a form with a file, from here, without the token": (MULTIPART | HOME, part("x", "y")),
        "JSON as text": (PLAIN | HOME, '{"_csrf":"' + own + '"}'),
        "JSON as text with a token in its middle": (PLAIN | HOME, right),
        "another method": (typed | HOME | {"X-HTTP-Method-Override": "GET"}, "_method=GET"),
        "no origin": (typed, right),
        "the origin null": (typed | {"Origin": "null"}, right),
        "the origin null from here": (typed | {"Origin": "null", "Sec-Fetch-Site": "same-origin"}, right),
        "a sibling host": (typed | {"Origin": "http://testserver", "Sec-Fetch-Site": "same-site"}, right),
        "a longer host": (typed | {"Origin": "http://testserver.example.org"}, right),
        "another port": (typed | {"Origin": "http://testserver:81"}, right),
        "a host before an at": (typed | {"Origin": "http://testserver@example.org"}, right),
        "a referrer alone": (typed | {"Referer": "http://testserver/"}, right),
        "the attacker's own token": (typed | HOME, f"_csrf={other}"),
        "an empty token": (typed | HOME, "_csrf="),
        "a token in the address alone": (typed | HOME, ""),
    }


@pytest.mark.requirement("R24")
async def test_no_forged_request_does_anything_anywhere(platform: Platform, visit: Visit) -> None:
    visitors: dict[str, Visitor] = {}
    attacker = await visit("stranger")
    await attacker.get("/me")
    wrong: list[str] = []
    for door in changing(platform):
        role = door.may[0]
        if role not in visitors:
            visitors[role] = await visit(role)
        visitor = visitors[role]
        for name, (headers, body) in forged(visitor.token, attacker.token).items():
            query = f"?_csrf={visitor.token}&_method=POST" if "address" in name else ""
            answer = await visitor.client.post(f"{door.path}{query}", content=body, headers=headers)
            if answer.status_code != 403:
                wrong.append(f"{door} by {name}: {answer.status_code}")
    assert len(forged("a", "b")) >= 16
    assert attacker.token
    assert not wrong, "\n".join(wrong)


@pytest.mark.requirement("R24")
async def test_nobody_is_signed_in_or_out_by_another_site(visit: Visit) -> None:
    nobody, clerk = await visit(), await visit("station_staff")
    await clerk.get("/me")
    typed = {"login": "stranger", "password": PASSWORD, "next": "/"}
    for headers in (
        {"Origin": "https://example.org", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "null"},
        {},
    ):
        assert (await nobody.client.post("/sign-in", data=typed, headers=headers)).status_code == 403
        assert "set-cookie" not in (await nobody.client.get("/sign-in")).headers
        for path in ("/sign-out", "/language", "/appearance", "/me/password", "/me/sessions"):
            sent = {"_csrf": clerk.token, "language": "en"}
            assert (await clerk.client.post(path, data=sent, headers=headers)).status_code == 403
    assert (await clerk.get("/me")).status_code == 200
    assert (await nobody.client.post("/sign-in", data=typed, headers=HOME)).status_code == 303


async def refused(platform: Platform, visit: Visit, headers: dict[str, str], *, has_token: bool) -> list[str]:
    """The doors that did not refuse a request with these headers."""
    visitors: dict[str, Visitor] = {}
    wrong: list[str] = []
    for door in changing(platform):
        role = door.may[0]
        if role not in visitors:
            visitors[role] = await visit(role)
        data = {"_csrf": visitors[role].token} if has_token else {}
        answer = await visitors[role].client.post(door.path, data=data, headers=headers)
        if answer.status_code != 403:
            wrong.append(f"{door}: {answer.status_code}")
    return wrong


async def test_there_is_something_to_forge(platform: Platform) -> None:
    assert len(changing(platform)) > 5


@pytest.mark.requirement("R24")
async def test_a_request_without_the_token_is_refused(platform: Platform, visit: Visit) -> None:
    assert not await refused(platform, visit, HOME, has_token=False)


@pytest.mark.requirement("R24")
async def test_another_visitors_token_is_refused(platform: Platform, visit: Visit) -> None:
    officer, clerk = await visit("tenant_officer"), await visit("station_staff")
    data = {"_csrf": clerk.token, "to": "off"}
    answer = await officer.client.post("/t/t01/association/modules/lantern", data=data, headers=HOME)
    assert answer.status_code == 403
    own = await officer.post("/t/t01/association/modules/lantern", {"to": "off"})
    assert own.status_code == 303


@pytest.mark.requirement("R24")
async def test_a_browsers_session_opens_no_api(platform: Platform, visit: Visit) -> None:
    clerk = await visit("station_staff")
    assert (await clerk.get("/api/v1/t/t01/lantern/lamps")).status_code == 401
