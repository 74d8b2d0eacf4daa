"""What the scene has of supplies: filled as the walls fill their units, handed out at the counter by the clerk."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from core.app import Platform
from core.testing import TOWN, Town, Visitor
from tests.walls.orders import REQUISITIONS, SHIPMENTS, fill_orders, make_stores, requisition, shipment
from tests.walls.stage import Place, Stage
from tests.walls.stock import fill_stock

__all__ = ["fill_stores"]

UNIT = "t01"
HOME = f"/t/{UNIT}/supplies"


class Floor(Stage):
    """The scene's own town as a stage; its people are the scene's, so that no other page shows others than before."""

    def __init__(self, platform: Platform, town: Town, people: Sequence[UUID]) -> None:
        super().__init__(platform)
        self.places = {
            UNIT: Place(address=UNIT, region=town.region, tenant=town.t01),
            TOWN: Place(address=TOWN, region=town.region),
        }
        self._people = people

    async def person(self, place: str, *, name: str = "") -> UUID:
        return self._people[self.number() % len(self._people)]


async def fill_stores(platform: Platform, town: Town, people: Sequence[UUID], clerk: Visitor) -> list[str]:
    """Stock, counts, a recall, a hand-out, orders in every state; the pages of those that a list shows too far down."""
    stage = Floor(platform, town, people)
    # Whom the orders are with: otherwise what crosses to it would lead nowhere.
    await stage.unit(TOWN, "T03")
    await make_stores(stage)
    stock = await stage.shelf(UNIT)
    await fill_stock(stage, UNIT)
    await fill_orders(stage, UNIT)
    await _hand_out(clerk, stock, people[0])
    asked = [await requisition(stage, UNIT, *each) for each in sorted(set(REQUISITIONS.values()))]
    sent = [await shipment(stage, UNIT, *each) for each in sorted(set(SHIPMENTS.values()))]
    await stage.work()
    return [
        *(f"{HOME}/requisitions/{each}" for each in asked),
        *(f"{HOME}/shipments/{each}" for each in sent),
    ]


async def _hand_out(clerk: Visitor, stock: UUID, person: UUID) -> None:
    await clerk.get(f"{HOME}/issue/{person}?point=S1")
    basket = {"point": "S1", "person": str(person), "lots": str(stock), "quantities": "2"}
    answer = await clerk.post(f"{HOME}/issue", basket)
    assert answer.status_code == 303, answer.text
