"""The doors of the API, whatever operation is behind: what is read, who is let in, what is done once."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import msgspec
import pytest

from core.app import Platform, create_app
from core.kernel import audit
from core.kernel.scope import Scope
from core.testing import TOWN, Program, Town
from core.web.faults import Problem

BASE = "/api/v1/t/t01/lantern"
LAMPS = f"{BASE}/lamps"
RED = {"colour": "red"}

Connect = Callable[..., Awaitable[Program]]


@pytest.fixture
async def desk(program: Connect) -> Program:
    return await program("station_staff")


def told(answer: httpx.Response) -> Problem:
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = msgspec.json.decode(answer.content, type=Problem)
    assert problem.status == answer.status_code
    assert problem.type.startswith("urn:townbridge:problem:")
    return problem


@pytest.mark.requirement("R34")
async def test_a_body_is_read_strictly(desk: Program) -> None:
    assert (await desk.send("POST", LAMPS, RED)).status_code == 201
    for body, wrong in (
        ({}, {"colour"}),
        ({"colour": ""}, {"colour"}),
        ({"colour": 5}, {"colour"}),
        ({"colour": None}, {"colour"}),
        ({"colour": "r" * 41}, {"colour"}),
        ({"colour": "red", "is_admin": True}, {"is_admin"}),
        ([RED], set[str]()),
        ("red", set[str]()),
    ):
        answer = await desk.send("POST", LAMPS, body)
        assert (answer.status_code, set(told(answer).fields)) == (400, wrong), body


async def test_a_text_is_stored_in_its_canonical_form(desk: Program) -> None:
    answer = await desk.send("POST", LAMPS, {"colour": "  re\u0000d\u202e e\u0301 "})
    assert answer.json() == {"colour": "red\u202e \u00e9"}


async def test_what_is_no_json_is_told(desk: Program) -> None:
    headers = {"Content-Type": "application/json"}
    for content in (b"", b"{", b"\xff\xfe", b'{"colour":"\\ud800"}', b"[" * 100_000, b"NaN", b"1" * 5000):
        desk.client.headers.update(headers)
        answer = await desk.send("POST", LAMPS, content=content)
        assert (answer.status_code, told(answer).type) == (400, "urn:townbridge:problem:bad-input"), content[
            :20
        ]


async def test_another_kind_of_body_is_refused(desk: Program) -> None:
    for headers, content in (
        ({}, b'{"colour":"red"}'),
        ({"Content-Type": "text/plain"}, b'{"colour":"red"}'),
        ({"Content-Type": "application/x-www-form-urlencoded"}, b"colour=red"),
        ({"Content-Type": "application/json; charset=gb18030"}, b'{"colour":"red"}'),
        (
            {"Content-Type": "application/json", "Content-Encoding": "gzip"},
            gzip.compress(b'{"colour":"red"}'),
        ),
    ):
        desk.client.headers = httpx.Headers(headers)
        answer = await desk.send("POST", LAMPS, content=content)
        assert (answer.status_code, told(answer).type) == (415, "urn:townbridge:problem:wrong-kind"), headers
    desk.client.headers = httpx.Headers({"Content-Type": "application/json; charset=UTF-8"})
    assert (await desk.send("POST", LAMPS, content=b'{"colour":"red"}')).status_code == 201


@pytest.mark.requirement("R34")
async def test_a_query_is_read_strictly(desk: Program) -> None:
    assert (await desk.get(f"{LAMPS}?limit=1")).status_code == 200
    for query, wrong in (
        ("limit=0", {"limit"}),
        ("limit=many", {"limit"}),
        ("limit=1&limit=2", {"limit"}),
        ("lmit=1", {"lmit"}),
        ("colour=" + "r" * 41, {"colour"}),
    ):
        answer = await desk.get(f"{LAMPS}?{query}")
        assert (answer.status_code, set(told(answer).fields)) == (400, wrong), query


async def test_a_cursor_leads_on_and_cannot_be_made_up(desk: Program, program: Connect) -> None:
    first = (await desk.get(f"{LAMPS}?limit=2")).json()
    second = (await desk.get(LAMPS, limit=2, after=first["next"])).json()
    assert [lamp["colour"] for lamp in (*first["lamps"], *second["lamps"])] == ["amber", "blue", "red"]
    assert second["next"] is None
    cursor = first["next"]
    other = cursor[: len(cursor) // 2] + ("A" if cursor[len(cursor) // 2] != "A" else "B")
    for wrong in ("amber", cursor[:-6], other + cursor[len(other) :], cursor + cursor, "%00", "~"):
        answer = await desk.get(LAMPS, after=wrong)
        assert answer.status_code == 400, wrong
        told(answer)
    neighbour = await program("station_staff.t02")
    answer = await neighbour.get("/api/v1/t/t02/lantern/lamps", after=cursor)
    assert answer.status_code == 400


@pytest.mark.requirement("R35")
async def test_an_act_is_done_once_for_its_key(desk: Program, platform: Platform, town: Town) -> None:
    for _time in range(3):
        answer = await desk.send("POST", LAMPS, RED, key="the-key-of-this-act")
        assert (answer.status_code, answer.json()) == (201, RED)
    other = await desk.send("POST", LAMPS, {"colour": "blue"}, key="the-key-of-this-act")
    assert (other.status_code, told(other).type) == (409, "urn:townbridge:problem:conflict")
    elsewhere = await desk.send("POST", f"{BASE}/wishes", key="the-key-of-this-act")
    assert elsewhere.status_code == 409
    async with platform.database.transaction(Scope.of_tenant(town.t01.id)) as tx:
        acts = [line.action for line in await audit.lines(tx)]
    assert acts.count("lantern.lamp.light") == 1


async def test_an_act_needs_a_key(desk: Program) -> None:
    for key in ("short", "k" * 101, "key\twith\ttabs"):
        answer = await desk.send("POST", LAMPS, RED, key=key)
        assert answer.status_code == 400, key
    bare = await desk.client.post(LAMPS, json=RED, headers={"Authorization": f"Bearer {desk.token}"})
    assert (bare.status_code, told(bare).type) == (400, "urn:townbridge:problem:bad-input")


async def test_what_may_not_be_kept_is_answered_anew(desk: Program, in_tenant) -> None:
    first = await desk.send("POST", f"{BASE}/wishes", key="the-key-of-a-wish")
    again = await desk.send("POST", f"{BASE}/wishes", key="the-key-of-a-wish")
    assert first.status_code == again.status_code == 201
    assert first.json() != again.json()
    async with in_tenant() as tx:
        kept = await tx.fetch("SELECT response FROM kernel.idempotency WHERE key LIKE '%the-key-of-a-wish'")
    assert [row["response"] for row in kept] == [b""]


async def test_a_file_is_the_body_itself(desk: Program) -> None:
    answer = await desk.send("POST", f"{BASE}/lists?file_name=名单.csv", content=b"colour\nred\n")
    assert answer.json() == {"name": "名单.csv", "size": 11}
    long = await desk.send("POST", f"{BASE}/lists?file_name={'x' * 201}", content=b"colour")
    assert (long.status_code, set(told(long).fields)) == (400, {"file_name"})
    large = await desk.send("POST", f"{BASE}/lists", content=b"x" * 2_001)
    assert (large.status_code, told(large).type) == (413, "urn:townbridge:problem:too-large")


async def test_the_town_has_operations_of_its_own(program: Connect) -> None:
    path = f"/api/v1/town/{TOWN}/lantern/count"
    assert (await (await program("town_admin")).get(path)).json() == {"town": TOWN}
    assert (await (await program("auditor")).get(path)).status_code == 403
    assert (await (await program("station_staff")).get(path)).status_code == 404


@pytest.mark.requirement("R06")
async def test_a_token_opens_its_scopes_of_what_its_account_may(program: Connect) -> None:
    for scopes, reads, acts in (
        (("*",), 200, 201),
        (("lantern.*",), 200, 201),
        (("*.read",), 200, 403),
        (("lantern.lamp.light",), 403, 201),
        (("registration.*", "reporting.*"), 403, 403),
    ):
        desk = await program("station_staff", *scopes)
        assert (await desk.get(LAMPS)).status_code == reads, scopes
        assert (await desk.send("POST", LAMPS, RED)).status_code == acts, scopes
    officer = await program("tenant_officer", "*")
    assert (await officer.send("POST", LAMPS, RED)).status_code == 403


async def test_another_method_is_told_which_there_are(desk: Program) -> None:
    answer = await desk.send("DELETE", LAMPS)
    assert (answer.status_code, told(answer).type) == (405, "urn:townbridge:problem:wrong-method")
    assert set(answer.headers["Allow"].split(", ")) >= {"GET", "POST"}


@pytest.mark.requirement("R24")
async def test_no_cookie_is_taken_or_given(desk: Program, visit) -> None:
    clerk = await visit("station_staff")
    assert (await clerk.get(LAMPS)).status_code == 401
    clerk.client.cookies.set("language", "zh", domain="testserver.local")
    answer = await clerk.client.get(f"{LAMPS}?limit=0", headers={"Authorization": f"Bearer {desk.token}"})
    assert "Set-Cookie" not in answer.headers
    assert (await desk.get("/api/v1/nowhere")).json()["title"] == "There is nothing at this address."


@pytest.fixture
async def hurried(platform: Platform, desk: Program) -> AsyncIterator[Program]:
    """The same desk at a portal where a token has five requests in a minute."""
    platform.settings = msgspec.structs.replace(platform.settings, api_rate=5)
    transport = httpx.ASGITransport(create_app(platform), raise_app_exceptions=False)  # pyright: ignore[reportArgumentType]
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        yield Program(client, desk.token)


@pytest.mark.requirement("R38")
async def test_too_many_requests_wait_and_disturb_nobody_else(hurried: Program, program: Connect) -> None:
    statuses = [(await hurried.get(LAMPS)).status_code for _time in range(12)]
    assert statuses[:5] == [200] * 5
    assert 429 in statuses
    answer = await hurried.get(LAMPS)
    if answer.status_code == 429:  # a new minute may have begun
        assert told(answer).type == "urn:townbridge:problem:too-many-tries"
        assert 1 <= int(answer.headers["Retry-After"]) <= 60
    other = Program(hurried.client, (await program("station_staff")).token)
    assert (await other.get(LAMPS)).status_code == 200
