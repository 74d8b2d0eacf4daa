"""What waits of requisitions and shipments, and where supplies run low, in the unit's list of what is to be done."""

from __future__ import annotations

from core.sdk import Task, TenantCtx, Widget
from plugins.supplies.permissions import ASK
from plugins.supplies.services.waiting import tasks_of

__all__ = ["WIDGETS"]


async def tasks(ctx: TenantCtx) -> list[Task]:
    return await tasks_of(ctx)


WIDGETS = (Widget(slot="TENANT_TASKS", handler=tasks, permission=ASK, order=30),)
