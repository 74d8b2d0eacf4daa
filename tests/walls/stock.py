"""What addresses of supplies name, and what their forms say: catalogue, recalls, points, lots, counts."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from core.kernel.ids import new_id
from core.kernel.scope import Scope
from core.sdk import Upload, now, today
from core.testing import TOWN
from plugins.supplies.services import counting, keeping, machines, points
from plugins.supplies.services.catalogue import seed_catalogue
from plugins.supplies.services.ledger import post
from plugins.supplies.services.stocking import lots
from plugins.supplies.services.vouchers import Act, Line
from plugins.supplies.tables import Recall, RecallNotice

if TYPE_CHECKING:
    from tests.walls.doors import Door
    from tests.walls.stage import Stage

__all__ = ["fill_stock", "fill_town_stock", "machine_file", "prepare_stock", "stock_body"]

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


LEVELS = {"min_months": 2, "max_months": 3, "emergency_tenths": 5}
HEADS = "流水号,日期,品种,数量"


async def spot_of(stage: Stage, place: str, kind: Any = "BOX", *, goods: int = 0) -> str:
    """A service point of its own; `goods`: so many condoms lie there, in a lot of its own."""
    code = f"P{stage.number()}"
    firm = await stage.firm(place) if kind == "CONSIGNMENT" else None
    async with stage.counter(place, "supplies") as ctx:
        spot = await points.open_point(ctx, code, f"{stage.places[place].mark.place}点", kind, firm, LEVELS)
        if goods:
            line = Line(sku="CON-M", lot=f"L{code}", quantity=goods, expiry=date(2039, 12, 31))
            await post(ctx, Act(kind="RECEIPT", day=ctx.today, point=code), [line])
    return str(spot)


async def row_at(stage: Stage, place: str, spot: str) -> str:
    async with stage.counter(place, "supplies") as ctx:
        point = await points.find_point(UUID(spot))
        return str((await lots(ctx, point.code))[0].id)


async def count_of(stage: Stage, place: str, *, is_counted: bool = False) -> tuple[str, str]:
    """A count that is begun, and its one line."""
    spot = await spot_of(stage, place, goods=9)
    async with stage.counter(place, "supplies") as ctx:
        count = await counting.start_count(ctx, UUID(spot))
        (line,) = (await counting.find_count(count)).lines
        if is_counted:
            await counting.enter_count(ctx, count, {line.id: 8})
    return str(count), str(line.id)


def machine_file() -> bytes:
    return f"{HEADS}\r\n1,{today()},CON-M,1\r\n".encode("utf-8-sig")


async def file_of(stage: Stage, place: str) -> str:
    spot = await spot_of(stage, place, "MACHINE", goods=9)
    async with stage.counter(place, "supplies") as ctx:
        upload = Upload(name="m.csv", content=machine_file())
        return str(await machines.send_file(ctx, UUID(spot), upload))


async def notice_of(stage: Stage, place: str, recall: str) -> str:
    """Somebody who received a recalled lot and asked to be told."""
    person, told = await stage.person(place), new_id()
    async with stage.counter(place, "supplies"):
        await RecallNotice.insert(RecallNotice(id=told, recall_id=UUID(recall), person_id=person))
    return str(told)


async def fill_stock(stage: Stage, place: str) -> dict[str, str]:
    """One of everything that an address of a unit names."""
    spot = await spot_of(stage, place, "CONSIGNMENT", goods=9)
    count, line = await count_of(stage, place)
    recall = await recall_of(stage, stage.places[place].region.code, f"R{stage.number()}")
    told = {
        "spot": spot,
        "source": await spot_of(stage, place, goods=9),
        "row": await row_at(stage, place, spot),
        "count": count,
        "counted": line,
        "file": await file_of(stage, place),
        "notice_of_recall": await notice_of(stage, place, recall),
    }
    # A recall is its town's: another unit of the town may see it too.
    return told | ({"recall": recall} if place == "t01" else {})


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
    if path.endswith("/requisitions/{requisition}/add"):
        told["sku"] = "COC-LNG21"
    if path.endswith("/supplies/recalls"):
        told |= {"lot": f"L{stage.number()}", "sku": "CON-M"}
    if "{recall}" in path:
        told["recall"] = await recall_of(stage, TOWN, f"R{stage.number()}")
    return told | (await _of_unit(stage, path, told) if door.is_of_tenant else {})


async def _of_unit(stage: Stage, path: str, known: dict[str, str]) -> dict[str, str]:
    told: dict[str, str] = {"day": today().isoformat(), "code": f"P{stage.number()}"}
    if "{spot}" in path or path.endswith("/counts"):
        kind = "CONSIGNMENT" if "/consignment/" in path else "MACHINE" if "/machines/" in path else "BOX"
        told["spot"] = await spot_of(stage, "t01", kind, goods=0 if "/points/" in path else 9)
    if "{row}" in path:
        told["row"] = await row_at(stage, "t01", await spot_of(stage, "t01", goods=9))
        if path.endswith("/release"):
            async with stage.counter("t01", "supplies") as ctx:
                await keeping.hold(ctx, UUID(told["row"]), "DAMP")
    if "{count}" in path:
        told["count"], told["lines"] = await count_of(stage, "t01", is_counted=path.endswith("/apply"))
    return told | await _of_one_act(stage, path, known | told)


async def _of_one_act(stage: Stage, path: str, known: dict[str, str]) -> dict[str, str]:
    tail = path.rpartition("/")[2]
    if tail == "restock":
        return {"source": await spot_of(stage, "t01", goods=9)}
    if tail == "count":
        return {"lines": await row_at(stage, "t01", known["spot"])}
    if tail == "told":
        return {"picked": await notice_of(stage, "t01", known["recall"])}
    return {"file": await file_of(stage, "t01")} if "{file}" in path else {}


def stock_body(kind: str, told: dict[str, Any]) -> dict[str, Any] | None:
    """Bodies that hold more than fields."""
    if kind == "CatalogueBody":
        products = msgspec.to_builtins(list(seed_catalogue().products.values()))
        return {**told, "factor_set": f"of {told['seen']}", "products": products}
    if kind == "ArrivalBody":
        line = {"sku": "CON-M", "lot": "A", "expiry": "203912", "quantity": 1}
        return {**told, "checked": list(keeping.CHECKS), "lines": [line]}
    return None
