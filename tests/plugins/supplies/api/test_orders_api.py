"""Programs ask, decide, send and count: the same rules, and each act once however often it is sent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from core.testing import Program
from plugins.supplies.tables import Stock
from tests.plugins.supplies.conftest import Store, Work, receive

Come = Callable[..., Awaitable[Program]]

HERE = "/api/v1/t/t01/supplies"
THERE = "/api/v1/t/t02/supplies"


@pytest.fixture
async def clerks(store: Store, program: Come) -> tuple[Program, Program]:
    async with store() as ctx:
        await receive(ctx, 80, "B")
    return await program("station_staff"), await program("station_staff.t02")


@pytest.mark.usefixtures("station")
async def test_a_program_asks_the_store(clerks: tuple[Program, Program]) -> None:
    here, _there = clerks
    (need,) = (await here.get(f"{HERE}/needs")).json()["needs"]
    assert (need["on_hand"], need["months_of_stock"]) == (80, None)
    begun = await here.send("POST", f"{HERE}/needs", {"point": "S1"})
    assert begun.status_code == 201
    place = f"{HERE}/requisitions/{begun.json()['id']}"
    wish = {"sku": "CON-M", "asked": 30, "remark": "活动"}
    stale = {"version": 7, "lines": [wish], "send": True}
    assert (await here.send("POST", place, stale)).status_code == 409
    sent = await here.send("POST", place, {**stale, "version": 1})
    assert sent.status_code == 200, sent.text
    told = (await here.get(place)).json()
    assert (told["requisition"]["state"], told["lines"][0]["asked"]) == ("sent", 30)
    assert (await here.send("POST", f"{place}/approve", {"version": 3})).status_code == 404
    assert (await here.send("POST", f"{place}/cancel", {})).status_code == 200
    listed = (await here.get(f"{HERE}/requisitions")).json()["requisitions"]
    assert [each["state"] for each in listed] == ["cancelling"]


async def test_a_program_offers_sends_and_counts(
    clerks: tuple[Program, Program], worked: Work, store: Store
) -> None:
    here, there = clerks
    begun = await here.send("POST", f"{HERE}/shipments/offer", {"unit": "T02", "point": "S1"})
    shipment = begun.json()["id"]
    lot = {"sku": "CON-M", "lot": "B"}
    packed = {"version": 1, "lots": [{**lot, "quantity": 30}], "act": "offer"}
    assert (await here.send("POST", f"{HERE}/shipments/{shipment}", packed)).status_code == 200
    await worked()
    accepted = await there.send("POST", f"{THERE}/shipments/{shipment}/accept", {"point": "B1"})
    assert accepted.status_code == 200
    await worked()
    version = (await here.get(f"{HERE}/shipments/{shipment}")).json()["shipment"]["version"]
    sent = {**packed, "version": version, "act": "send"}
    for _again in range(2):
        answer = await here.send("POST", f"{HERE}/shipments/{shipment}", sent, key="01a2-send-once")
        assert answer.status_code == 200, answer.text
    await worked()
    version = (await there.get(f"{THERE}/shipments/{shipment}")).json()["shipment"]["version"]
    counted = {"version": version, "point": "B1", "lots": [{**lot, "received": 29, "lost": 1, "why": "少"}]}
    assert (await there.send("POST", f"{THERE}/shipments/{shipment}/receive", counted)).status_code == 200
    await worked()
    (told,) = (await here.get(f"{HERE}/shipments/{shipment}")).json()["lots"]
    assert (told["quantity"], told["received"], told["lost"], told["in_transit"]) == (30, 29, 1, 0)


async def test_a_program_moves_goods_between_points(clerks: tuple[Program, Program], store: Store) -> None:
    here, _there = clerks
    lot = {"sku": "CON-M", "lot": "B", "quantity": 5}
    moved = await here.send("POST", f"{HERE}/transfers", {"point": "S1", "to": "B1", "lots": [lot]})
    assert moved.status_code == 201
    async with store() as ctx:
        rows = await Stock.select(Stock.point, Stock.balance).order_by(Stock.point)
        assert [(row["point"], row["balance"]) for row in rows] == [("B1", 5), ("S1", 75)]
        assert ctx.tenant.slug == "t01"
