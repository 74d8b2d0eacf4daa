"""What waits in the town for whom the program acts for."""

from __future__ import annotations

from msgspec import Struct

from core.host.portal import TownHallCtx
from core.host.shapes.tasks import TaskItem, task_items
from core.web.pages import Route

__all__ = ["ROUTES"]


class Overview(Struct, frozen=True, kw_only=True):
    """The most urgent task first."""

    tasks: list[TaskItem]


async def read_overview(ctx: TownHallCtx) -> Overview:
    return Overview(tasks=await task_items(ctx, "TOWN_TASKS"))


ROUTES = (
    Route(
        path="",
        place="town",
        handler=read_overview,
        permission="town.home.read",
        slots=("TOWN_TASKS",),
        summary="The tasks that wait",
    ),
)
