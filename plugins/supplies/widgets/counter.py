"""In the platform's own pages: the way to the counter at home and from a person, and what she received."""

from __future__ import annotations

from uuid import UUID

from core.sdk import Moment, TenantCtx, Widget
from plugins.supplies.permissions import ISSUE
from plugins.supplies.services.moments import moments_of

__all__ = ["WIDGETS"]


async def home(ctx: TenantCtx) -> str:
    return ctx.text("supplies/home.html")


async def timeline(ctx: TenantCtx, person: UUID) -> list[Moment]:
    return await moments_of(ctx, person)


async def counter(ctx: TenantCtx, person: UUID) -> str:
    return ctx.text("supplies/person.html", person=person)


WIDGETS = (
    Widget(slot="TENANT_HOME", handler=home, permission=ISSUE, order=20),
    Widget(slot="PERSON_TIMELINE", handler=timeline, permission=ISSUE, order=20),
    Widget(slot="PERSON_TIMELINE", handler=counter, permission=ISSUE, order=21),
)
