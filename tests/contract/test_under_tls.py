"""The portal under its public https address: cookies that nobody else can set or send, and TLS that is to stay."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx
import msgspec
import pytest
from litestar import Litestar

from core.app import Platform, create_app
from core.testing import PASSWORD, Visitor
from core.web.headers import ALWAYS, STRICT

SITE = "https://townbridge.example"
Visit = Callable[..., Awaitable[Visitor]]


@pytest.fixture
def app(platform: Platform) -> Litestar:
    platform.settings = msgspec.structs.replace(platform.settings, origin=SITE)
    platform.server.origin = SITE
    return create_app(platform)


@pytest.fixture
async def secure(visit: Visit) -> Visit:
    """Somebody who comes by the public address."""

    async def come(login: str = "") -> Visitor:
        visitor = await visit()
        visitor.client.base_url = httpx.URL(SITE)
        if login:
            await visitor.sign_in(login)
        return visitor

    return come


@pytest.mark.requirement("R23")
async def test_no_cookie_is_open_to_scripts_other_sites_or_plain_http(secure: Visit) -> None:
    clerk, nobody = await secure("station_staff"), await secure()
    await clerk.get("/t/t01/registration/register")
    answers = [
        await nobody.post("/sign-in", {"login": "auditor", "password": PASSWORD}),
        await nobody.post("/language", {"language": "en"}),
        await clerk.post("/language", {"language": "en"}),
        await clerk.post("/t/t01/lantern/lamps", {"colour": "red"}),
        await clerk.get("/t/t01/lantern/lamps"),
        await clerk.post("/me/sessions"),
        await clerk.post("/sign-out"),
    ]
    cookies = [cookie for answer in answers for cookie in answer.headers.get_list("Set-Cookie")]
    names = {cookie.partition("=")[0] for cookie in cookies}
    assert names >= {"__Host-session", "language", "said"}
    assert "session" not in names
    for cookie in cookies:
        parts = {part.strip().lower() for part in cookie.split(";")[1:]}
        is_gone = "max-age=0" in parts
        assert {"secure", "path=/"} <= parts, cookie
        assert is_gone or "httponly" in parts, cookie
        assert is_gone or parts & {"samesite=lax", "samesite=strict"}, cookie
        assert not any(part.startswith("domain") for part in parts), cookie


@pytest.mark.requirement("R08", "R23")
async def test_a_session_that_a_sibling_site_planted_is_not_taken(secure: Visit) -> None:
    intruder, victim = await secure("medical_staff"), await secure()
    token = intruder.client.cookies["__Host-session"]
    victim.client.cookies.set("session", token, domain="townbridge.example")
    assert (await victim.get("/t/t01")).status_code == 303
    victim.client.cookies.set("__Host-session", token, domain="townbridge.example")
    assert (await victim.get("/t/t01")).status_code == 200


@pytest.mark.requirement("R25")
async def test_tls_is_to_stay_on_every_answer(secure: Visit) -> None:
    clerk, nobody = await secure("station_staff"), await secure()
    answers = [
        await clerk.get(path)
        for path in ("/t/t01", "/t/t02", "/t/t01/lantern/broken", "/static/0/x.css", "/healthz")
    ]
    answers += [
        await nobody.get("/t/t01"),
        await nobody.get("/api/v1/openapi.json"),
        await nobody.post("/t/t01"),
        await clerk.post("/t/t01/lantern/lamps", {"colour": "x" * 1_100_000}),
        await nobody.client.post("/sign-in", data={"login": "x"}, headers={"Origin": "https://example.org"}),
    ]
    assert {answer.status_code for answer in answers} >= {200, 303, 401, 403, 404, 413, 500}
    wanted = {**ALWAYS, "Strict-Transport-Security": STRICT}
    for answer in answers:
        missing = [name for name, value in wanted.items() if answer.headers.get(name) != value]
        assert not missing, f"{answer.request.url} {answer.status_code}: {missing}"
    assert int(STRICT.partition("=")[2].partition(";")[0]) >= 31536000
    assert "includeSubDomains" in STRICT
