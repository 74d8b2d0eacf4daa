"""Forged hosts and proxies: no link, no cookie, no limit and no log believes them."""

from __future__ import annotations

import io
import json
from collections.abc import Awaitable, Callable
from typing import Any, cast
from urllib.parse import quote

import httpx
import pytest
import structlog
from litestar import Litestar

from core.testing import TOWN, Visitor
from tests.abuse.scene import Scene

pytestmark = pytest.mark.requirement("R46", "R49")

Visit = Callable[..., Awaitable[Visitor]]

EVIL = "evil.invalid"
FORGED: dict[str, str] = {
    "X-Forwarded-Host": EVIL,
    "X-Forwarded-Server": EVIL,
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Port": "1",
    "X-Forwarded-Prefix": f"//{EVIL}",
    "X-Forwarded-For": "127.0.0.1",
    "X-Real-IP": "127.0.0.1",
    "True-Client-IP": "127.0.0.1",
    "Forwarded": f"for=127.0.0.1;host={EVIL};proto=https",
    "X-Original-URL": "/metrics",
    "X-Rewrite-URL": "/metrics",
    "X-Host": EVIL,
    "X-HTTP-Method-Override": "POST",
    "Via": f"1.1 {EVIL}",
}


async def test_no_page_believes_a_forged_host(scene: Scene) -> None:
    wrong: list[str] = []
    for role, path in scene.pages:
        client = (await scene.visitor(role)).client
        plain = await client.get(path)
        answer = await client.get(path, headers=FORGED | {"Host": EVIL})
        if EVIL in answer.text or any(EVIL in value for value in answer.headers.values()):
            wrong.append(f"{path} as {role} names the forged host")
        if answer.status_code != plain.status_code:
            wrong.append(f"{path} as {role}: {answer.status_code} instead of {plain.status_code}")
    assert len(scene.pages) > 50
    assert not wrong, "\n".join(wrong)


async def test_a_one_time_link_begins_with_the_site_of_the_settings(scene: Scene) -> None:
    admin = await scene.visitor("town_admin")
    await admin.get(f"/town/{TOWN}/staff")
    answer = await admin.client.post(
        f"/town/{TOWN}/staff/link",
        data={"login": "auditor", "_csrf": admin.token},
        headers=FORGED | {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status_code == 200
    assert f"{scene.platform.settings.site}/invitation/" in answer.text
    assert EVIL not in answer.text


async def test_tries_are_counted_whatever_address_is_named(visit: Visit) -> None:
    visitor = await visit()
    statuses: list[int] = []
    for number in range(8):
        forged = FORGED | {"X-Forwarded-For": f"203.0.113.{number}", "X-Real-IP": f"203.0.113.{number}"}
        answer = await visitor.client.post(
            "/sign-in",
            data={"login": "station_staff", "password": "wrong"},
            headers=forged | {"Origin": "http://testserver"},
        )
        statuses.append(answer.status_code)
    assert statuses == [401] * 5 + [429] * 3


async def test_cookies_are_those_of_the_settings_whatever_the_proxy_says(visit: Visit) -> None:
    visitor = await visit()
    answer = await visitor.client.post(
        "/sign-in",
        data={"login": "station_staff", "password": "copper lantern river maple"},
        headers=FORGED | {"Origin": "http://testserver"},
    )
    (cookie,) = answer.headers.get_list("Set-Cookie")
    assert cookie.startswith("session=")
    assert "domain" not in cookie.lower()


@pytest.mark.parametrize("address", ["203.0.113.9", "::ffff:203.0.113.9", "not an address"])
async def test_numbers_for_machines_are_not_had_by_a_forged_address(app: Litestar, address: str) -> None:
    async def asked(client: str) -> int:
        transport = httpx.ASGITransport(cast(Any, app), client=(client, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as machine:
            return (await machine.get("/metrics", headers=FORGED)).status_code

    assert await asked(address) == 404
    assert await asked("127.0.0.1") == 200


async def test_no_line_of_the_log_is_forged(scene: Scene) -> None:
    """Line ends, ends of quotes and colours in everything that a request can carry."""
    written = io.StringIO()
    before = structlog.get_config()
    structlog.configure(
        processors=[structlog.processors.JSONRenderer(ensure_ascii=False)],
        logger_factory=structlog.PrintLoggerFactory(written),
        cache_logger_on_first_use=False,
    )
    clerk = await scene.visitor("station_staff")
    forged = '"}%0a{"event":"sign_in","outcome":"success"}%0d%0a%1b[2J'
    try:
        await clerk.client.get(f"/t/t01/lantern/broken?x={forged}", headers={"User-Agent": forged})
        await clerk.client.get(f"/t/t01/lantern/broken{forged}")
        await clerk.client.get(
            "/t/t01/lantern/broken", headers={"Referer": forged, "Accept-Language": forged}
        )
        login = {"login": 'x"}\n{"event":"sign_in","outcome":"success"}\r\n', "password": "x"}
        await clerk.client.post("/sign-in", data=login, headers={"Origin": "http://testserver"})
    finally:
        structlog.configure(**before)
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    assert len([line for line in lines if line["event"] == "request_failed"]) >= 2
    assert not [line for line in lines if line.get("outcome") == "success"]
    assert "\x1b" not in written.getvalue()


@pytest.mark.parametrize(
    "note",
    ["x", "%7B%7D", '{"said":"%(x)d","params":{}}', '{"said":"%(count)s","params":{"count":1}}',
     '{"said":1,"params":2}',
     '{"said":"<xss>%s","params":{"caller":1}}', '{"said":"x","params":{"self":1,"message":2}}', "[" * 3_000,
     '{"said":"%(a)999999999s","params":{"a":1}}', '{"said":"%(a)s","params":{"b":1}}',
     '{"said":"Call 12345","params":{}}',
     '{"said":"The %(colour)s lantern is lit.","params":{"color":1}}', '{"said":"x","params":{"a":' + "[" * 2_000],
)  # fmt: skip
async def test_a_planted_message_is_not_said(scene: Scene, note: str) -> None:
    clerk = await scene.visitor("station_staff")
    session = clerk.client.cookies["session"]
    answer = await clerk.client.get("/me", headers={"Cookie": f"session={session}; said={quote(note)}"})
    assert answer.status_code == 200
    assert 'class="said ' not in answer.text


async def test_a_message_of_ours_is_said(scene: Scene) -> None:
    clerk = await scene.visitor("station_staff")
    session = clerk.client.cookies["session"]
    note = quote('{"said":"Every other session has ended.","params":{}}')
    answer = await clerk.client.get("/me", headers={"Cookie": f"session={session}; said={note}"})
    assert "其他" in answer.text
    assert 'class="said ' in answer.text
