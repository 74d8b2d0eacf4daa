"""What addresses of supplies name, and what their forms say: catalogue, recalls, points, lots, counts."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec

from core.kernel.ids import new_id
from core.kernel.scope import Scope
from core.sdk import now
from core.testing import TOWN
from plugins.supplies.services.catalogue import seed_catalogue
from plugins.supplies.tables import Recall

if TYPE_CHECKING:
    from tests.walls.doors import Door
    from tests.walls.stage import Stage

__all__ = ["fill_town_stock", "prepare_stock", "stock_body"]

DAY = date(2026, 10, 5)


async def recall_of(stage: Stage, town: str, lot: str) -> str:
    """A lot of condoms that the town has called back."""
    region = stage.places[town].region.id
    recall = new_id()
    async with stage.platform.database.transaction(Scope.town(region)):
        await Recall.insert(
            Recall(
                id=recall, region_id=region, sku="CON-M", lot=lot, recalled_on=DAY,
                reason="so", announced_at=now(),
            )
        )  # fmt: skip
    return str(recall)


async def fill_town_stock(stage: Stage, town: str) -> dict[str, str]:
    return {"recall": await recall_of(stage, town, f"R{stage.number()}")}


VERSIONS = ("catalogue/new", "catalogue/preset", "catalogue/products/{sku}")
"""In the order in which they are done: each goes on from the version of the one before."""


async def prepare_stock(stage: Stage, door: Door, values: dict[str, str]) -> dict[str, str]:
    """What an act is told of that nobody else has touched."""
    path = door.address.path
    if "/supplies/" not in path or door.method == "GET":
        return {}
    told: dict[str, str] = {}
    if "/supplies/catalogue" in path:
        at = [path.endswith(each) for each in VERSIONS]
        told |= {"seen": str(at.index(True)) if any(at) else "0", "sku": values.get("sku", "NEW-1")}
    if path.endswith("/supplies/recalls"):
        told |= {"lot": f"L{stage.number()}", "sku": "CON-M"}
    if "{recall}" in path and not door.is_of_tenant:
        told["recall"] = await recall_of(stage, TOWN, f"R{stage.number()}")
    return told


def stock_body(kind: str, told: dict[str, Any]) -> dict[str, Any] | None:
    """Bodies that hold more than fields."""
    if kind == "CatalogueBody":
        products = msgspec.to_builtins(list(seed_catalogue().products.values()))
        return {**told, "factor_set": f"of {told['seen']}", "products": products}
    return None
