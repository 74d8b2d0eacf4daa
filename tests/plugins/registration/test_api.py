"""The JSON operations: by token, with idempotency keys, ids alone in unsafe answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx
import pytest
from litestar import Litestar

from core.app import Platform
from core.identity.accounts import account_by_login
from core.identity.tokens import issue_token
from core.kernel.scope import Scope
from core.testing import Town
from tests.plugins.registration.conftest import Counter, resident

BASE = "/api/v1/t/t01/registration/people"
NEW = {
    "name": "李小红",
    "phone": "13700137000",
    "village": "东村",
    "number": resident(3).number,
    "day": "2026-11-03",
}

Caller = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture
async def call(platform: Platform, app: Litestar, counter: Counter, town: Town) -> Caller:
    async with platform.database.transaction(Scope.of_tenant(town.t01.id)) as tx:
        account = await account_by_login(tx, "station_staff")
        assert account is not None
        token = await issue_token(tx, account.id, "tests")

    async def ask(method: str, path: str, key: str = "", body: object = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}", **({"Idempotency-Key": key} if key else {})}
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)  # pyright: ignore[reportArgumentType]
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            return await client.request(method, path, headers=headers, json=body)

    return ask


async def test_registering_is_done_once_for_a_key(call: Caller) -> None:
    first = await call("POST", BASE, "key-of-this-test", NEW)
    assert first.status_code == 201
    assert set(first.json()) == {"id", "is_known"}
    assert (await call("POST", BASE, "key-of-this-test", NEW)).json() == first.json()
    known = await call("POST", BASE, "another-key-now", NEW)
    assert known.json() == {"id": first.json()["id"], "is_known": True}
    listed = await call("GET", f"{BASE}?q=李小&limit=1")
    (person,) = listed.json()["people"]
    assert (person["id"], person["presence"]) == (first.json()["id"], "present")
    one = await call("GET", f"{BASE}/{person['id']}")
    assert one.json()["birth_date"] == "1990-01-01"
    assert resident(3).number not in one.text


async def test_faults_name_their_fields(call: Caller) -> None:
    answer = await call("POST", BASE, "key-of-this-test", {**NEW, "village": "", "day": "2099-01-01"})
    assert answer.status_code == 400
    assert set(answer.json()["fields"]) == {"village", "day"}


async def test_somebody_near_must_be_acknowledged(call: Caller) -> None:
    await call("POST", BASE, "key-of-this-test", NEW)
    twin = {**NEW, "number": None, "phone": "13700137001"}
    refused = await call("POST", BASE, "key-of-the-twin", twin)
    assert set(refused.json()["fields"]) == {"is_acknowledged"}
    taken = await call("POST", BASE, "key-of-the-twin-2", {**twin, "is_acknowledged": True})
    assert taken.status_code == 201
    page = await call("GET", f"{BASE}?limit=1")
    after = (await call("GET", f"{BASE}?limit=1&after={page.json()['next']}")).json()
    assert len(after["people"]) == 1
    assert after["next"] is None
