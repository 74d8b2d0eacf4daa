"""Fill the slots of a page with the plug-ins' widgets, each behind the gate and in a transaction of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from core.kernel.errors import NotFound
from core.kernel.log import get_logger
from core.sdk.contributions import Permission
from core.web.pages import Slot, Widget

if TYPE_CHECKING:
    from core.host.serving import Server

__all__ = ["OpenCtx", "fill_slots"]

OpenCtx = Callable[[str, Permission], AbstractAsyncContextManager[Any]]
"""From a plug-in and a permission to its context in the place of the page."""

log = get_logger(__name__)


async def fill_slots(
    server: Server,
    slots: Sequence[Slot],
    permissions: frozenset[str],
    path: Mapping[str, Any],
    open_ctx: OpenCtx,
) -> dict[str, list[str]]:
    """The widgets of each slot in their order, as the caller's permissions allow; `path` are the page's parameters."""
    filled: dict[str, list[str]] = {slot: [] for slot in slots}
    for plugin, widget in _wanted(server, slots, permissions):
        shown = await _shown(server, plugin, widget, path, open_ctx)
        if shown:
            filled[widget.slot].append(Markup(shown))  # noqa: S704 -- rendered by our own escaping templates
    return filled


def _wanted(server: Server, slots: Sequence[Slot], permissions: frozenset[str]) -> list[tuple[str, Widget]]:
    found = [
        (entry.name, widget)
        for entry in server.registry.plugins
        for widget in entry.widgets
        if widget.slot in slots and widget.permission in permissions
    ]
    return sorted(found, key=lambda pair: (pair[1].order, pair[0]))


async def _shown(
    server: Server, plugin: str, widget: Widget, path: Mapping[str, Any], open_ctx: OpenCtx
) -> str | None:
    """One that fails, takes too long, or is off leaves the page as it is."""
    try:
        async with open_ctx(plugin, server.gate.permission(widget.permission)) as ctx:
            return await server.isolated(plugin, widget.time_limit, widget.handler(ctx, **path))
    except NotFound:
        return None
    except Exception as error:
        log.warning("widget_failed", plugin=plugin, slot=widget.slot, error=type(error).__name__)
        return None
