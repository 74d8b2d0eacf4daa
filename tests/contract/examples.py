"""What the contract suite tries the suite's plug-ins with, where their declarations alone do not say it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from core.sdk import TenantCtx, Upload, now, today
from core.sdk.people import MovementKind, PersonDraft
from plugins.registration.imports import uploads
from plugins.registration.imports.apply import apply_piece
from plugins.registration.imports.headers import read_headers
from plugins.registration.imports.plan import plan_piece
from plugins.registration.imports.undo import ask_undo
from plugins.registration.services import offers
from plugins.supplies.tables import Requisition, Shipment
from tests.plugins.registration.imports.small import HEADER, Worker

__all__ = ["EXAMPLES"]


async def uploaded(ctx: TenantCtx, first: int = 1) -> dict[str, str]:
    # With passports: invented identity cards pass only where a town says so.
    workers = [Worker("孙六", first, "2025-10-01"), Worker("周七", first + 1, "2025-10-02")]
    rows = [(*worker.row()[:3], "护照", f"E{worker.number:08}", *worker.row()[5:]) for worker in workers]
    lines = [HEADER, *rows]
    content = "\r\n".join(",".join(cells) for cells in lines).encode("utf-8-sig")
    incoming = await uploads.receive(ctx, Upload(name="花名册.csv", content=content))
    return {"import": str(incoming)}


async def read(ctx: TenantCtx, first: int = 1) -> dict[str, str]:
    payload = await uploaded(ctx, first)
    await read_headers(ctx, UUID(payload["import"]))
    await uploads.make_plan(ctx, UUID(payload["import"]))
    return payload


async def planned(ctx: TenantCtx, first: int = 1) -> dict[str, str]:
    payload = await read(ctx, first)
    await plan_piece(ctx, UUID(payload["import"]))
    await uploads.apply_plan(ctx, UUID(payload["import"]))
    return payload


async def applied(ctx: TenantCtx) -> dict[str, str]:
    payload = await planned(ctx, first=21)
    await apply_piece(ctx, UUID(payload["import"]))
    await ask_undo(ctx, UUID(payload["import"]))
    return payload


async def offered(ctx: TenantCtx) -> dict[str, str]:
    person = await ctx.people.register(PersonDraft(name="吴八", phone="13800000008", birth_date=None))
    await ctx.people.move(person, MovementKind.ARRIVE, ctx.today)
    await ctx.people.give_consent(person, "RECORD")
    await ctx.people.give_consent(person, "TRANSFER")
    return {"id": str(await offers.offer_move(ctx, person, "T02", ctx.today)), "to": "T02"}


async def asked(ctx: TenantCtx) -> dict[str, str]:
    """A requisition that is sent, as far as its own unit knows."""
    requisition = Requisition(
        direction="OUT", other_code="T02", other_zh="华星", other_en="Huaxing", point_code="S1", urgency="NORMAL",
        state="sent", round=1, made_at=now(), asked_on=ctx.today,
    )  # fmt: skip
    await Requisition.insert(requisition)
    return {"id": str(requisition.id), "to": "T02"}


async def shipped(ctx: TenantCtx) -> dict[str, str]:
    shipment = Shipment(
        direction="OUT", other_code="T02", other_zh="华星", other_en="Huaxing", kind="REDISTRIBUTION",
        state="offered", made_at=now(),
    )  # fmt: skip
    await Shipment.insert(shipment)
    return {"id": str(shipment.id), "to": "T02"}


GOODS = {"point": "S1", "sku": "CON-M", "lot": "A"}
COUNTED = {
    **GOODS, "expiry": today() + timedelta(60), "method": "MALE_CONDOM", "figure": "SUP-01", "is_tracer": True,
    "cyp_num": 1, "cyp_den": 120,
}  # fmt: skip
# In the first of the suite's books; the lines between them are in a book of their own.
BOOK = {"book": today() - timedelta(20), "day": today() - timedelta(19)}
PILLS = {**COUNTED, "sku": "COC", "method": "COC", "figure": "SUP-02"}
ENTRIES = (
    {**PILLS, **BOOK, "kind": "RECEIPT", "quantity": 6, "change": 6},
    {**PILLS, **BOOK, "kind": "ISSUE", "quantity": 6, "change": -6},
    {**COUNTED, **BOOK, "kind": "ISSUE", "quantity": 1, "change": -1},
    {**COUNTED, **BOOK, "kind": "LOSS", "quantity": 1, "change": -1, "reason": "EXPIRED"},
    {**COUNTED, "kind": "RECEIPT", "quantity": 20, "change": 20},
    {
        **COUNTED,
        **BOOK,
        "kind": "ISSUE",
        "quantity": 2,
        "change": -2,
        "sku": "EC",
        "figure": "SUP-03",
        "cyp_num": 99,
    },
)

EXAMPLES: dict[str, Any] = {
    "supplies.catalogue": {"version": 1, "factor_set": "2022", "body": "[]"},
    "supplies.point": {"code": "S1", "kind": "STATION"},
    "supplies.voucher": {"kind": "ISSUE", "point": "S1", "key": None},
    "supplies.book": {"ends_on": None},
    "supplies.entry": ENTRIES,
    "supplies.stock": {**GOODS, "balance": 20},
    "supplies.requisition": {"direction": "OUT", "state": "sent", "urgency": "NORMAL", "round": 1},
    "supplies.requisition_line": {
        "sku": "CON-M",
        "beginning": 2,
        "received": 3,
        "consumed": 1,
        "adjusted": 0,
        "on_hand": 4,
        "unusable": 1,
    },
    "supplies.shipment": {"direction": "OUT", "kind": "REDISTRIBUTION", "state": "offered"},
    "supplies.shipment_line": {"sku": "CON-M", "lot": "A", "quantity": 9, "received": 1, "why": "雨"},
    "supplies.requisition.request": asked,
    "supplies.requisition.answer": asked,
    "supplies.shipment.dispatch": shipped,
    "supplies.shipment.answer": shipped,
    "lantern.lamp.dim": {"night": 1},
    "registration.record": {"village": "东村", "address_detail": "欧阳晓岚家", "firm_id": None},
    "registration.transfer": {
        "direction": "OUT",
        "state": "waiting",
        "other_code": "T02",
        "other_zh": "华星",
        "other_en": "Huaxing",
    },
    "registration.roster_import": {"state": "planned"},
    "registration.roster.read": uploaded,
    "registration.roster.plan": read,
    "registration.roster.apply": planned,
    "registration.roster.undo": applied,
    "registration.roster_trace": {"standing": "edited"},
    "registration.transfer.offer": offered,
    "registration.transfer.answer": offered,
}
