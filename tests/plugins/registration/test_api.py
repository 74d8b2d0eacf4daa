"""The JSON operations: by token, with idempotency keys, ids alone in unsafe answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from core.testing import Program
from tests.plugins.registration.conftest import Counter, resident

BASE = "/api/v1/t/t01/registration/people"
NEW = {
    "name": "李小红",
    "phone": "13700137000",
    "village": "东村",
    "number": resident(3).number,
    "day": "2026-11-03",
}


@pytest.fixture
async def desk(program: Callable[..., Awaitable[Program]], counter: Counter) -> Program:
    return await program("station_staff", "registration.*")


async def test_registering_is_done_once_for_a_key(desk: Program) -> None:
    first = await desk.send("POST", BASE, NEW, key="key-of-this-test")
    assert first.status_code == 201
    assert set(first.json()) == {"id", "is_known"}
    assert (await desk.send("POST", BASE, NEW, key="key-of-this-test")).json() == first.json()
    known = await desk.send("POST", BASE, NEW)
    assert known.json() == {"id": first.json()["id"], "is_known": True}
    listed = await desk.get(f"{BASE}?q=李小&limit=1")
    (person,) = listed.json()["people"]
    assert (person["id"], person["presence"]) == (first.json()["id"], "present")
    one = await desk.get(f"{BASE}/{person['id']}")
    assert one.json()["birth_date"] == "1990-01-01"
    assert resident(3).number not in one.text


async def test_faults_name_their_fields(desk: Program) -> None:
    answer = await desk.send("POST", BASE, {**NEW, "village": "", "sex": "7"})
    assert answer.status_code == 400
    assert set(answer.json()["fields"]) == {"village", "sex"}
    answer = await desk.send("POST", BASE, {**NEW, "day": "2099-01-01"})
    assert (answer.status_code, set(answer.json()["fields"])) == (400, {"day"})


async def test_somebody_near_must_be_acknowledged(desk: Program) -> None:
    await desk.send("POST", BASE, NEW)
    twin = {**NEW, "number": None, "phone": "13700137001"}
    refused = await desk.send("POST", BASE, twin)
    assert set(refused.json()["fields"]) == {"is_acknowledged"}
    taken = await desk.send("POST", BASE, {**twin, "is_acknowledged": True})
    assert taken.status_code == 201
    page = await desk.get(f"{BASE}?limit=1")
    after = (await desk.get(f"{BASE}?limit=1&after={page.json()['next']}")).json()
    assert len(after["people"]) == 1
    assert after["next"] is None
