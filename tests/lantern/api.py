"""JSON operations, one safe and one not."""

from __future__ import annotations

from msgspec import Struct

from core.sdk import Code, Route, TenantCtx

__all__ = ["ROUTES"]


class Lit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    colour: Code


async def read_lamps(ctx: TenantCtx) -> list[Lit]:
    return [Lit(colour="red")]


async def light_lamp(ctx: TenantCtx, body: Lit) -> Lit:
    ctx.audit("lantern.lamp.light", "lamp", None)
    return body


ROUTES = (
    Route(path="lamps", handler=read_lamps, permission="lantern.lamp.read", summary="All lanterns"),
    Route(
        path="lamps",
        handler=light_lamp,
        permission="lantern.lamp.light",
        method="POST",
        status=201,
        summary="Light one",
    ),
)
