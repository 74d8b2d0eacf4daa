"""What the contract suite tries the suite's plug-ins with, where their declarations alone do not say it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from core.sdk import TenantCtx, Upload
from core.sdk.people import MovementKind, PersonDraft
from plugins.registration.imports import uploads
from plugins.registration.imports.headers import read_headers
from plugins.registration.imports.plan import plan_piece
from plugins.registration.services import offers
from tests.plugins.registration.imports.small import HEADER, Worker

__all__ = ["EXAMPLES"]


async def uploaded(ctx: TenantCtx) -> dict[str, str]:
    lines = [HEADER, Worker("孙六", 1, "2025-10-01").row(), Worker("周七", 2, "2025-10-02").row()]
    content = "\r\n".join(",".join(cells) for cells in lines).encode("utf-8-sig")
    incoming = await uploads.receive(ctx, Upload(name="花名册.csv", content=content))
    return {"import": str(incoming)}


async def read(ctx: TenantCtx) -> dict[str, str]:
    payload = await uploaded(ctx)
    await read_headers(ctx, UUID(payload["import"]))
    await uploads.make_plan(ctx, UUID(payload["import"]))
    return payload


async def planned(ctx: TenantCtx) -> dict[str, str]:
    payload = await read(ctx)
    await plan_piece(ctx, UUID(payload["import"]))
    await uploads.apply_plan(ctx, UUID(payload["import"]))
    return payload


async def offered(ctx: TenantCtx) -> dict[str, str]:
    person = await ctx.people.register(PersonDraft(name="吴八", phone="13800000008", birth_date=None))
    await ctx.people.move(person, MovementKind.ARRIVE, ctx.today)
    await ctx.people.give_consent(person, "RECORD")
    await ctx.people.give_consent(person, "TRANSFER")
    return {"id": str(await offers.offer_move(ctx, person, "T02", ctx.today)), "to": "T02"}


EXAMPLES: dict[str, Any] = {
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
    "registration.transfer.offer": offered,
    "registration.transfer.answer": offered,
}
