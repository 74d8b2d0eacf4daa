"""For the home pages: a piece that works, one that fails, one that has nothing to say; and tasks, good and bad."""

from __future__ import annotations

from datetime import timedelta

from core.sdk import Task, TenantCtx, TownCtx, Widget
from core.sdk import gettext_noop as _

__all__ = ["WIDGETS"]


async def due(ctx: TenantCtx) -> str | None:
    return ctx.text("lantern/due.html")


async def fail(ctx: TenantCtx) -> str | None:
    raise RuntimeError("secret of the lantern")


async def nothing(ctx: TenantCtx) -> str | None:
    return None


async def refill(ctx: TenantCtx) -> list[Task]:
    """One that is due tomorrow after one without a day, which the page turns round."""
    return [_refill(ctx, "green"), _refill(ctx, "red", 1)]


async def refill_late(ctx: TenantCtx) -> list[Task]:
    return [_refill(ctx, "blue", -2)]


def _refill(ctx: TenantCtx, colour: str, days: int | None = None) -> Task:
    return Task(
        title=_("Refill the %(colour)s lanterns"),
        params={"colour": colour},
        due=None if days is None else ctx.today + timedelta(days=days),
        action=_("Refill"),
        address=ctx.address(f"lamps/{colour}"),
        count=3,
    )


async def no_tasks(ctx: TenantCtx) -> str:
    return "<b>not a task</b>"


async def count(ctx: TownCtx) -> list[Task]:
    return [Task(title=_("Count the lanterns of the town"), action=_("Count them"), address=ctx.address())]


async def burning(ctx: TownCtx) -> str | None:
    return ctx.text("lantern/burning.html")


WIDGETS = (
    Widget(slot="TENANT_HOME", handler=due, permission="lantern.lamp.light"),
    Widget(slot="TENANT_HOME", handler=fail, permission="lantern.lamp.light", order=1),
    Widget(slot="TENANT_HOME", handler=nothing, permission="lantern.lamp.read"),
    Widget(slot="TENANT_TASKS", handler=refill, permission="lantern.lamp.light"),
    Widget(slot="TENANT_TASKS", handler=refill_late, permission="lantern.lamp.light"),
    Widget(slot="TENANT_TASKS", handler=no_tasks, permission="lantern.lamp.light", order=1),
    Widget(slot="TENANT_TASKS", handler=fail, permission="lantern.lamp.light", order=1),
    Widget(slot="TOWN_TASKS", handler=count, permission="lantern.town.read"),
    Widget(slot="TOWN_HOME", handler=burning, permission="lantern.town.read"),
)
