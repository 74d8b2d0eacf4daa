"""One piece for the home page that works, one that fails, and one that has nothing to say."""

from __future__ import annotations

from core.sdk import TenantCtx, TownCtx, Widget

__all__ = ["WIDGETS"]


async def due(ctx: TenantCtx) -> str | None:
    return ctx.text("lantern/due.html")


async def fail(ctx: TenantCtx) -> str | None:
    raise RuntimeError("secret of the lantern")


async def nothing(ctx: TenantCtx) -> str | None:
    return None


async def burning(ctx: TownCtx) -> str | None:
    return ctx.text("lantern/burning.html")


WIDGETS = (
    Widget(slot="TENANT_HOME", handler=due, permission="lantern.lamp.light"),
    Widget(slot="TENANT_HOME", handler=fail, permission="lantern.lamp.light", order=1),
    Widget(slot="TENANT_HOME", handler=nothing, permission="lantern.lamp.read"),
    Widget(slot="TOWN_HOME", handler=burning, permission="lantern.town.read"),
)
