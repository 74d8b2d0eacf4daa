"""Greets whom registration tells of: a line in the records, which nothing keeps from being written twice."""

from __future__ import annotations

import asyncio

from core.sdk import Listener, TenantCtx
from plugins.registration.events import REGISTERED, PersonRegistered

__all__ = ["GREET", "LISTENERS"]

GREET = "greeter.person.greet"


async def greet(ctx: TenantCtx, event: PersonRegistered) -> None:
    await asyncio.sleep(0.05)  # long enough to be killed or overtaken at it
    ctx.audit(GREET, "person", event.person)


LISTENERS = (Listener(event=REGISTERED, run=greet),)
