"""Checks of what is shown in the platform's own pages: a person's line of time, and what a search finds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_plus

from core.contract.check import Bench, Lived
from core.contract.rows import PEOPLE, people
from core.host.background import tenant_background
from core.host.registry import Registered
from core.kernel.scope import Scope
from core.sdk.contributions import Permission
from core.web.pages import Hit, Moment, Widget

__all__ = ["SHOWN"]

STATION = ("station_staff",)
WORDS = "某人0"


async def moments_and_hits(bench: Bench) -> list[str]:
    """For a person who is here, and for the words by which she is found."""
    (person, *_others) = await people(bench, PEOPLE[:2])
    asked: dict[str, dict[str, Any]] = {
        "PERSON_TIMELINE": {"person": person},
        "TENANT_SEARCH": {"words": WORDS},
    }
    found: list[str] = []
    for entry in bench.plugins:
        permissions = {permission.code: permission for permission in entry.permissions}
        for widget in entry.widgets:
            if widget.slot in asked:
                given = asked[widget.slot]
                faults = await _faults(bench, entry, widget, permissions[widget.permission], given)
                found += [f"{entry.name}: {fault}" for fault in faults]
    return found


async def _faults(
    bench: Bench, entry: Registered, widget: Widget, permission: Permission, given: dict[str, Any]
) -> list[str]:
    tenant, server = bench.town.t01.id, bench.platform.server
    async with (
        bench.platform.database.transaction(Scope.of_tenant(tenant, permission.compartments)) as tx,
        tenant_background(server, tx, tenant, entry.name, roles=STATION) as ctx,
    ):
        ctx.permissions = frozenset(each.code for each in entry.permissions)
        try:
            shown = await widget.handler(ctx, **given)
        except Exception as error:  # whatever an author's widget does
            return [f"its widget in {widget.slot} fails: {type(error).__name__}: {error}."]
    if isinstance(shown, str) and widget.slot == "PERSON_TIMELINE":
        return []  # a piece of HTML, as before the SDK 1.3
    return [fault for one in shown or () for fault in _of_one(widget, one)]


def _of_one(widget: Widget, one: object) -> Iterator[str]:
    is_timeline = widget.slot == "PERSON_TIMELINE"
    if not isinstance(one, Moment if is_timeline else Hit):
        wanted = "Moments" if is_timeline else "Hits"
        yield f"its widget in {widget.slot} gives {type(one).__name__}; give {wanted}."
    elif isinstance(one, Moment):
        try:
            _ = one.title % dict(one.params)
        except (KeyError, TypeError, ValueError):
            yield f"the moment {one.title!r} has places that its params do not fill."
        yield from _of_address(one.address)
    elif isinstance(one, Hit):
        yield from _of_address(one.address or "nowhere")
        if WORDS in unquote_plus(one.address):
            yield f"the hit {one.group!r} has the words in its address, where everybody reads them; send `fields`."


def _of_address(address: str) -> Iterator[str]:
    if address and not address.startswith("/"):
        yield f"{address} is no address of this site; use ctx.address."


SHOWN = (Lived("its moments and hits are what a page can show", moments_and_hits),)
