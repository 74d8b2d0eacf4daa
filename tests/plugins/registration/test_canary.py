"""Somebody with names that nobody else has goes through everything; then they are looked for where they must not be."""

from __future__ import annotations

import html
import io
import json
import re
from collections.abc import Awaitable, Callable, Iterator
from html import unescape
from urllib.parse import unquote

import httpx
import pytest
from redis.asyncio import Redis

from core.app import Platform
from core.contract.search import places_of
from core.identity.accounts import account_by_login
from core.identity.tokens import issue_token
from core.kernel.scope import Scope
from core.testing import Server, Town, Visitor
from tests.plugins.registration.conftest import Counter, Work, resident
from tests.plugins.registration.imports.small import Worker
from tests.plugins.registration.pages.test_roster_pages import content

BASE = "/t/t01/registration"
NAME, ALIAS, VILLAGE, PHONE, NUMBER = "欧阳霁岚", "霁岚姐姐", "杜鹃坳", "13911172223", resident(41).number
IN_FILE = Worker("司徒砚秋", 43, "2026-10-01")
SECRET = "hunter2 of the canary"
WORDS = (NAME, ALIAS, VILLAGE, PHONE, NUMBER, IN_FILE.name, "ouyangjilan", "situyanqiu")
NEW = {
    "name": NAME,
    "alias": ALIAS,
    "village": VILLAGE,
    "phone": PHONE,
    "number": NUMBER,
    "day": "2026-11-03",
}
MAY_STAND = {"people.person", "registration.record", "registration.roster_row"}
"""Tables behind the compartment of the station: neither jobs nor remembered answers nor the records of acts."""
ADDRESSES = re.compile(r'\s(?:href|action|src|hx-[a-z-]+|formaction)="([^"]*)"')


@pytest.fixture
def platform(ringing: Platform) -> Platform:
    return ringing


class Trail:
    """Everything that came back."""

    def __init__(self) -> None:
        self.answers: list[httpx.Response] = []

    async def __call__(self, asked: Awaitable[httpx.Response]) -> httpx.Response:
        answer = await asked
        self.answers.append(answer)
        return answer

    def addresses(self) -> Iterator[str]:
        """What a browser would ask for next, or keep; of a search alone its own words may stand there."""
        for answer in self.answers:
            for name in ("Location", "HX-Replace-Url", "HX-Redirect", "Content-Location", "Link"):
                yield unquote(answer.headers.get(name, ""))
            if "html" in answer.headers.get("Content-Type", "") and b"q=" not in answer.request.url.query:
                yield from (unquote(html.unescape(found)) for found in ADDRESSES.findall(answer.text))


async def through_the_portal(clerk: Visitor, trail: Trail) -> None:
    await trail(clerk.get(f"{BASE}/register"))
    await trail(clerk.post(f"{BASE}/register", {**NEW, "village": ""}))
    await trail(clerk.post(f"{BASE}/register/look", NEW))
    done = await trail(clerk.post(f"{BASE}/register", NEW, follow=True))
    her = done.url.path
    assert re.fullmatch(rf"{BASE}/people/[0-9a-f-]{{36}}", her), done.text
    for path in ("", "/edit", "/history", "/move", "/copy", "/merge", "/household", "/erase"):
        await trail(clerk.get(her + path))
    for field in ("document", "phone"):
        assert (await trail(clerk.post(f"{her}/reveal", {"field": field}))).status_code == 200
    for text in (NAME, PHONE, NUMBER, NUMBER[-4:]):
        await trail(clerk.post(f"{BASE}/people/search", {"q": text}))
    assert NAME in (await trail(clerk.get(f"{BASE}/people"))).text
    found = (await trail(clerk.post(f"{BASE}/people/search", {"q": NAME}))).text
    file = re.search(r'href="([^"]*exports/people/csv[^"]*)"', found)
    assert file is not None
    assert NAME not in unquote(file[1])
    assert NAME in (await trail(clerk.get(unescape(file[1])))).text
    await trail(clerk.post(f"{BASE}/register", NEW))
    await trail(clerk.get(f"/t/t01/lantern/broken?q={NAME}"))
    await trail(clerk.get(f"/t/t02/registration/people?q={NAME}"))
    await trail(clerk.get(f"/t/t01/association/staff?q={NAME}"))
    await trail(clerk.client.post(f"{BASE}/register", data=NEW))


async def by_a_file(clerk: Visitor, trail: Trail, worked: Work) -> None:
    await trail(clerk.get(f"{BASE}/roster"))
    file = {"upload": ("roster.csv", content(IN_FILE, Worker(NAME, 44, "June")))}
    sent = (await trail(clerk.post(f"{BASE}/roster", files=file))).headers["Location"]
    for act in ("plan", "apply"):
        await worked()
        await trail(clerk.get(sent))
        await trail(clerk.post(f"{sent}/{act}"))
    await worked()
    assert IN_FILE.name in (await trail(clerk.get(f"{BASE}/people"))).text


async def by_the_api(clerk: Visitor, trail: Trail, token: str) -> None:
    people = f"/api/v1{BASE}/people"
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "the canary's own key"}
    bodies = (NEW, {**NEW, "village": 7}, {**NEW, "born": NAME}, {**NEW, "phone": "x" * 10})
    for number, body in enumerate(bodies):
        own = {**headers, "Idempotency-Key": f"the canary's key {number}"}
        await trail(clerk.client.post(people, json=body, headers=own))
    await trail(clerk.client.post(people, content=f'{{"name": "{NAME}"', headers=headers))
    await trail(clerk.client.get(f"{people}?q={NAME}", headers=headers))
    await trail(clerk.client.get(people, headers={"Authorization": f"Bearer {SECRET}"}))


@pytest.mark.requirement("R09", "R41", "R45")
async def test_nothing_of_her_stands_in_logs_redis_addresses_or_other_tables(
    counter: Counter,
    platform: Platform,
    town: Town,
    visit: Callable[..., Awaitable[Visitor]],
    worked: Work,
    database_server: Server,
    redis: str,
    logged: io.StringIO,
) -> None:
    trail, clerk, nobody = Trail(), await visit("station_staff"), await visit()
    async with platform.database.transaction(Scope.town(town.region.id)) as tx:
        account = await account_by_login(tx, "station_staff")
        assert account is not None
        token = await issue_token(tx, account.id, "canary")
    await nobody.get("/sign-in")
    await trail(nobody.post("/sign-in", {"login": NAME, "password": SECRET, "next": "/t/t01"}))
    await through_the_portal(clerk, trail)
    await by_a_file(clerk, trail, worked)
    await by_the_api(clerk, trail, token)
    await trail((await visit("medical_staff")).post("/sign-out"))
    secrets = {PHONE, NUMBER, SECRET, token, clerk.client.cookies["session"]}
    assert {answer.status_code for answer in trail.answers} >= {200, 201, 303, 400, 401, 403, 404, 500}

    lines = logged.getvalue()
    events = {json.loads(line)["event"] for line in lines.splitlines()}
    assert events >= {"sign_in", "sign_out", "outsider_refused", "request_refused", "request_failed"}
    text = json.dumps([json.loads(line) for line in lines.splitlines()], ensure_ascii=False)
    text += unquote(text)
    assert [word for word in {*WORDS, *secrets} if word in text] == []

    stored = await everything_in(redis)
    assert stored, "the worker is rung through Redis"
    assert [word for word in {*WORDS, *secrets} if word.encode() in stored] == []

    addresses = list(trail.addresses())
    assert len(addresses) > 100
    assert [(word, each) for word in {*WORDS, *secrets} for each in addresses if word in each] == []

    found = await places_of(database_server, platform, {*WORDS, *secrets})
    assert {NAME, VILLAGE, IN_FILE.name} <= set(found)
    assert not secrets & set(found)
    assert {table for tables in found.values() for table in tables} <= MAY_STAND


async def everything_in(redis: str) -> bytes:
    """Every key with its value."""
    client = Redis.from_url(redis)
    try:
        return b"\n".join([key + b" " + await client.dump(key) async for key in client.scan_iter()])
    finally:
        await client.aclose()
