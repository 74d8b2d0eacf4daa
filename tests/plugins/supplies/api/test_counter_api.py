"""Programs at the counter: of twenty at once one gets the last unit, and one the last of a limit."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest

from core.testing import Program
from plugins.supplies.services.proof import faults_of_stock
from plugins.supplies.tables import Stock
from tests.plugins.supplies.conftest import Store, person_at, receive

Come = Callable[..., Awaitable[Program]]

API = "/api/v1/t/t01/supplies"
CLAIMS = 20

pytestmark = pytest.mark.usefixtures("catalogue")


@pytest.fixture
async def clerk(store: Store, program: Come) -> Program:
    return await program("station_staff")


async def proposed(clerk: Program, quantity: int, person: UUID | None = None) -> dict[str, Any]:
    """What is sent to have so many handed out."""
    asked = {"point": "S1", "person": str(person) if person else None}
    wanted = {**asked, "sku": "CON-M", "quantity": quantity}
    answer = (await clerk.send("POST", f"{API}/issue/look", wanted)).json()
    lots = answer["products"][0]["lots"]
    return {
        **asked,
        "lots": [lot["stock"] for lot in lots],
        "quantities": [lot["quantity"] for lot in lots],
    }


async def at_once(clerk: Program, body: dict[str, Any]) -> Counter[int]:
    answers = await asyncio.gather(*(clerk.send("POST", f"{API}/issue", body) for _claim in range(CLAIMS)))
    return Counter(answer.status_code for answer in answers)


async def test_of_twenty_claims_of_the_last_unit_one_succeeds(store: Store, clerk: Program) -> None:
    async with store() as ctx:
        await receive(ctx, 1)
    assert await at_once(clerk, await proposed(clerk, 1)) == {201: 1, 409: CLAIMS - 1}
    async with store() as ctx:
        assert [row["balance"] for row in await Stock.select(Stock.balance)] == [0]
        assert await faults_of_stock(ctx) == []


async def test_of_twenty_claims_of_the_last_of_her_limit_one_succeeds(store: Store, clerk: Program) -> None:
    async with store() as ctx:
        await receive(ctx, 1000)
        person = await person_at(ctx)
    first = await proposed(clerk, 119, person)
    assert (await clerk.send("POST", f"{API}/issue", first)).status_code == 201
    assert await at_once(clerk, await proposed(clerk, 1, person)) == {201: 1, 400: CLAIMS - 1}
    offers = (await clerk.get(f"{API}/issue/{person}", point="S1")).json()["offers"]
    assert [(offer["sku"], offer["there"], offer["left"]) for offer in offers] == [("CON-M", 880, 0)]


async def test_what_the_pages_do_a_program_does(store: Store, clerk: Program, program: Come) -> None:
    async with store() as ctx:
        await receive(ctx, 50)
        person = await person_at(ctx)
    body = await proposed(clerk, 10, person)
    issued = (await clerk.send("POST", f"{API}/issue", body, key="the-same-key")).json()
    again = (await clerk.send("POST", f"{API}/issue", body, key="the-same-key")).json()
    assert again == issued
    told = (await clerk.get(f"{API}/vouchers/{issued['id']}")).json()
    assert (told["kind"], told["person"]) == ("ISSUE", str(person))
    back = {"entry": told["lines"][0]["id"], "quantity": 4}
    returned = await clerk.send("POST", f"{API}/vouchers/{issued['id']}/return", back)
    assert returned.status_code == 201
    undone = await clerk.send(
        "POST", f"{API}/vouchers/{returned.json()['id']}/reverse", {"reason": "NOT_TAKEN"}
    )
    assert undone.status_code == 201
    book = (await clerk.get(f"{API}/book", point="S1")).json()
    assert [line["change"] for line in book["lines"]] == [-4, 4, -10, 50]
    anonymous = (await clerk.get(f"{API}/issue", point="S1")).json()["offers"]
    assert [offer["left"] for offer in anonymous] == [None]
    officer = await program("tenant_officer")
    assert (await officer.send("POST", f"{API}/issue", body)).status_code == 403
    assert (await officer.get(f"{API}/book", point="S1")).status_code == 403
