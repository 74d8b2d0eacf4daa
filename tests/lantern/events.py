"""An event and its listener."""

from __future__ import annotations

from msgspec import Struct

from core.sdk import Code, Event, Listener, TenantCtx

__all__ = ["EVENTS", "LISTENERS", "LIT", "LampLit"]

LIT = "lantern.lamp_lit"


class LampLit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    lamp: Code


async def note(ctx: TenantCtx, event: LampLit) -> None:
    ctx.audit("lantern.lamp.note", "lamp", None, detail={"lamp": event.lamp})


EVENTS = (Event(name=LIT, kind=LampLit),)
LISTENERS = (Listener(event=LIT, run=note),)
