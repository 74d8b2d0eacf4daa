"""Fill the slots of a page with the plug-ins' widgets, each behind the gate and in a transaction of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Any

from markupsafe import Markup
from msgspec import Struct

from core.kernel.errors import NotFound
from core.kernel.log import get_logger
from core.sdk.contributions import Permission
from core.web.pages import Hit, Moment, Slot, Task, TimelineEntry, TimelineYear, Widget

if TYPE_CHECKING:
    from core.host.serving import Server

__all__ = ["Filled", "OpenCtx", "fill_slots"]

OpenCtx = Callable[[str | None, Permission], AbstractAsyncContextManager[Any]]
"""From a plug-in (None: the platform) and a permission to its context in the place of the page."""

KINDS: Mapping[Slot, type[Task] | type[Moment] | type[Hit]] = {
    "TENANT_TASKS": Task,
    "TOWN_TASKS": Task,
    "PERSON_TIMELINE": Moment,
    "TENANT_SEARCH": Hit,
    "TOWN_SEARCH": Hit,
}
"""What the widgets of these slots give; those of the others give HTML."""
HTML_TOO = frozenset({"PERSON_TIMELINE"})
"""Before the SDK 1.3 its widgets gave HTML, and still may."""
MOST_HITS = 20
"""Of one widget; who looks for more looks for less than the right words."""
Shown = str | Sequence[Task | Moment | Hit]
log = get_logger(__name__)


class Filled(Struct, frozen=True, kw_only=True):
    """What the widgets gave, by slot: pieces of HTML, and tasks as they are due; a line of time; hits of a search."""

    pieces: Mapping[str, Sequence[str]] = {}
    tasks: Mapping[str, Sequence[Task]] = {}
    timeline: Sequence[TimelineYear] = ()
    hits: Sequence[Hit] = ()


async def fill_slots(
    server: Server,
    slots: Sequence[Slot],
    permissions: frozenset[str],
    path: Mapping[str, Any],
    open_ctx: OpenCtx,
    words: str = "",
) -> Filled:
    """The widgets of each slot in their order, as the caller's permissions allow.

    `path` are the page's parameters; `words` what is looked for, without which no slot of a search is filled.
    """
    pieces: dict[str, list[str]] = {slot: [] for slot in slots if slot not in KINDS or slot in HTML_TOO}
    tasks: dict[str, list[Task]] = {slot: [] for slot in slots if KINDS.get(slot) is Task}
    moments: list[TimelineEntry] = []
    hits: list[Hit] = []
    for plugin, widget in _wanted(server, slots, permissions):
        if KINDS.get(widget.slot) is Hit and not words:
            continue
        asked = {**path, "words": words} if KINDS.get(widget.slot) is Hit else path
        shown = await _shown(server, plugin, widget, asked, open_ctx)
        if isinstance(shown, str):
            pieces[widget.slot].append(Markup(shown))  # noqa: S704 -- rendered by our own escaping templates
            continue
        given = shown or ()
        tasks.get(widget.slot, []).extend(each for each in given if isinstance(each, Task))
        hits += [each for each in given if isinstance(each, Hit)][:MOST_HITS]
        moments += _entries(server, plugin, widget, (each for each in given if isinstance(each, Moment)))
    return Filled(
        pieces=pieces,
        tasks={slot: sorted(found, key=_urgency) for slot, found in tasks.items()},
        timeline=_years(moments),
        hits=hits,
    )


def _entries(
    server: Server, plugin: str | None, widget: Widget, moments: Iterable[Moment]
) -> list[TimelineEntry]:
    entry = server.registry.get(plugin) if plugin else None
    opened = server.gate.permission(widget.permission).compartments
    service = entry.plugin.title if entry else ""
    return [TimelineEntry(moment=moment, service=service, compartments=opened) for moment in moments]


def _years(entries: Sequence[TimelineEntry]) -> list[TimelineYear]:
    """Newest first; of one day what a widget gave first stands first."""
    newest = sorted(entries, key=lambda entry: entry.moment.day, reverse=True)
    return [
        TimelineYear(year=year, entries=list(found))
        for year, found in groupby(newest, lambda entry: entry.moment.day.year)
    ]


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
) -> Shown | None:
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


async def _given(widget: Widget, ctx: Any, path: Mapping[str, Any]) -> Shown | None:
    """What the slot is for; anything else is a fault of the widget, not of the page."""
    shown = await widget.handler(ctx, **path)
    if not shown:
        return None
    kind = KINDS.get(widget.slot)
    if kind is None or (widget.slot in HTML_TOO and isinstance(shown, str)):
        return str(shown)
    if not all(isinstance(each, kind) for each in shown):
        raise TypeError(f"A widget of {widget.slot} gives {kind.__name__}s.")
    return tuple(each for each in shown if isinstance(each, kind))
