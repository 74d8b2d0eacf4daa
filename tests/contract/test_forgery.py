"""A forged request does nothing: at every address that changes something."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from core.app import Platform
from core.testing import Visitor
from tests.contract.places import Door, doors

Visit = Callable[..., Awaitable[Visitor]]
HOME = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}


def changing(platform: Platform) -> list[Door]:
    return [door for door in doors(platform) if door.address.method != "GET" and not door.is_api and door.may]


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
async def test_a_request_of_another_site_is_refused(platform: Platform, visit: Visit) -> None:
    foreign = {"Origin": "https://example.org", "Sec-Fetch-Site": "cross-site"}
    assert not await refused(platform, visit, foreign, has_token=True)


@pytest.mark.requirement("R24")
async def test_a_request_that_hides_where_it_comes_from_is_refused(platform: Platform, visit: Visit) -> None:
    assert not await refused(platform, visit, {}, has_token=True)


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
