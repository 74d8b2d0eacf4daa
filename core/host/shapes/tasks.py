"""The tasks of a home page, the most urgent first."""

from __future__ import annotations

from datetime import date
from typing import Literal

from msgspec import Struct

from core.host.tasks import waiting_tasks
from core.sdk.ctx import TenantCtx, TownCtx
from core.web.pages import Slot

__all__ = ["TaskItem", "task_items"]


class TaskItem(Struct, frozen=True, kw_only=True):
    """`address` is the page where it is done; `when` tells in words how late it is, or how soon it is due."""

    title: str
    action: str
    address: str
    due: date | None
    when: str
    tone: Literal["late", "soon", ""]
    count: int | None


async def task_items(ctx: TenantCtx | TownCtx, slot: Slot) -> list[TaskItem]:
    return [
        TaskItem(
            title=ctx.tell(each.task.title) % dict(each.task.params),
            action=ctx.tell(each.task.action),
            address=each.task.address,
            due=each.task.due,
            when=each.when,
            tone=each.tone,
            count=each.task.count,
        )
        for each in await waiting_tasks(ctx, slot)
    ]
