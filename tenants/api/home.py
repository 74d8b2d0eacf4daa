"""What waits in the unit for whom the program acts for."""

from __future__ import annotations

from msgspec import Struct

from core.host.portal import PortalCtx
from core.host.shapes.tasks import TaskItem, task_items
from core.web.pages import Route

__all__ = ["ROUTES"]


class Home(Struct, frozen=True, kw_only=True):
    """The most urgent task first."""

    tasks: list[TaskItem]


async def read_home(ctx: PortalCtx) -> Home:
    return Home(tasks=await task_items(ctx, "TENANT_TASKS"))


ROUTES = (
    Route(
        path="",
        handler=read_home,
        permission="tenant.home.read",
        slots=("TENANT_TASKS",),
        summary="The tasks that wait",
    ),
)
