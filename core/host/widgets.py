"""Fill the slots of a page with the plug-ins' widgets, each behind the gate and in a transaction of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import date
from typing import TYPE_CHECKING, Any

from markupsafe import Markup
from msgspec import Struct

from core.kernel.errors import NotFound
from core.kernel.log import get_logger
from core.sdk.contributions import Permission
from core.web.pages import Slot, Task, Widget

if TYPE_CHECKING:
    from core.host.serving import Server

__all__ = ["Filled", "OpenCtx", "fill_slots"]

OpenCtx = Callable[[str | None, Permission], AbstractAsyncContextManager[Any]]
"""From a plug-in (None: the platform) and a permission to its context in the place of the page."""

SLOTS_OF_TASKS = frozenset({"TENANT_TASKS", "TOWN_TASKS"})
log = get_logger(__name__)


class Filled(Struct, frozen=True, kw_only=True):
    """What the widgets gave, by slot: pieces of HTML, and tasks in the order in which they are due."""

    pieces: Mapping[str, Sequence[str]] = {}
    tasks: Mapping[str, Sequence[Task]] = {}


async def fill_slots(
    server: Server,
    slots: Sequence[Slot],
    permissions: frozenset[str],
    path: Mapping[str, Any],
    open_ctx: OpenCtx,
) -> Filled:
    """The widgets of each slot in their order, as the caller's permissions allow; `path` are the page's parameters."""
    pieces: dict[str, list[str]] = {slot: [] for slot in slots if slot not in SLOTS_OF_TASKS}
    tasks: dict[str, list[Task]] = {slot: [] for slot in slots if slot in SLOTS_OF_TASKS}
    for plugin, widget in _wanted(server, slots, permissions):
        shown = await _shown(server, plugin, widget, path, open_ctx)
        if isinstance(shown, str):
            pieces[widget.slot].append(Markup(shown))  # noqa: S704 -- rendered by our own escaping templates
        elif shown:
            tasks[widget.slot].extend(shown)
    return Filled(pieces=pieces, tasks={slot: sorted(found, key=_urgency) for slot, found in tasks.items()})


def _urgency(task: Task) -> tuple[bool, date]:
    """What has no day comes last; of two on one day the widgets' order decides."""
    return task.due is None, task.due or date.max


def _wanted(
    server: Server, slots: Sequence[Slot], permissions: frozenset[str]
) -> list[tuple[str | None, Widget]]:
    found = [
        (plugin, widget)
        for plugin, widget in server.widgets
        if widget.slot in slots and widget.permission in permissions
    ]
    return sorted(found, key=lambda pair: (pair[1].order, pair[0] or ""))


async def _shown(
    server: Server, plugin: str | None, widget: Widget, path: Mapping[str, Any], open_ctx: OpenCtx
) -> str | Sequence[Task] | None:
    """One that fails, takes too long, or is off leaves the page as it is."""
    owner = plugin or "core"
    try:
        async with open_ctx(plugin, server.gate.permission(widget.permission)) as ctx:
            return await server.isolated(owner, widget.time_limit, _given(widget, ctx, path))
    except NotFound:
        return None
    except Exception as error:
        log.warning("widget_failed", plugin=owner, slot=widget.slot, error=type(error).__name__)
        return None


async def _given(widget: Widget, ctx: Any, path: Mapping[str, Any]) -> str | Sequence[Task] | None:
    """What the slot is for; anything else is a fault of the widget, not of the page."""
    shown = await widget.handler(ctx, **path)
    if not shown:
        return None
    if widget.slot not in SLOTS_OF_TASKS:
        return str(shown)
    if not all(isinstance(each, Task) for each in shown):
        raise TypeError(f"A widget of {widget.slot} gives tasks.")
    return tuple(each for each in shown if isinstance(each, Task))
