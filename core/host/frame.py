"""What the page round every answer shows: the place, the navigation, who is signed in, a message said once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote

import msgspec
from litestar import Request
from msgspec import Struct

from core.host.gate import Caller
from core.kernel.i18n import is_message
from core.sdk.ctx import TenantPlace, TownPlace
from core.web.answers import SAID_COOKIE
from core.web.csrf import masked
from core.web.nonce import nonce_of
from core.web.pages import Page
from core.web.theme import theme_of

__all__ = ["Entry", "frame", "navigation"]


class Entry(Struct, frozen=True, kw_only=True):
    """A line of the navigation; `title` is a message id."""

    title: str
    address: str
    order: int
    icon: str = ""
    is_here: bool = False


def navigation(pages: Iterable[tuple[str, Page]], permissions: frozenset[str], here: str) -> list[Entry]:
    """The entries that the caller may open, in order; `pages` are (base address, page)."""
    entries = [
        _entry(base, page, here)
        for base, page in pages
        if page.nav is not None and page.permission in permissions
    ]
    return sorted(entries, key=lambda entry: (entry.order, entry.title))


def _entry(base: str, page: Page, here: str) -> Entry:
    address = f"{base}/{page.path}".rstrip("/")
    assert page.nav is not None  # noqa: S101 -- the caller has looked
    is_here = here == address or (page.path != "" and here.startswith(address + "/"))
    nav = page.nav
    return Entry(title=nav.title, address=address, order=nav.order, icon=nav.icon, is_here=is_here)


def frame(
    request: Request[Any, Any, Any],
    caller: Caller | None,
    place: TenantPlace | TownPlace | None,
    entries: list[Entry],
) -> dict[str, Any]:
    """The values that `web/layout.html` needs on every page."""
    said, params = _said(request)
    return {
        "caller": caller.actor if caller else None,
        "csrf": masked(caller.csrf) if caller else "",
        "nonce": nonce_of(request),
        "theme": theme_of(request),
        "place": place,
        "navigation": entries,
        "trail": _trail(entries, request.url.path),
        "here": request.url.path,
        "said": said,
        "said_params": params,
    }


def _trail(entries: list[Entry], here: str) -> list[Entry]:
    """The entries above this page, from the home of the place down; none on a page of the navigation itself."""
    above = [entry for entry in entries if here.startswith(f"{entry.address}/")]
    is_below = not any(entry.address == here for entry in entries)
    return sorted(above, key=lambda entry: len(entry.address)) if is_below else []


class Said(Struct, frozen=True, forbid_unknown_fields=True):
    """What the last answer left to be said; it comes back from the browser, so anybody may have written it."""

    said: str
    params: dict[str, str | int]


def _said(request: Request[Any, Any, Any]) -> tuple[str, dict[str, str | int]]:
    """A sentence of ours that its values fit, or nothing."""
    try:
        note = msgspec.json.decode(unquote(request.cookies.get(SAID_COOKIE, "")), type=Said)
        if is_message(note.said) and isinstance(note.said % note.params, str):
            return note.said, note.params
    except (msgspec.MsgspecError, ValueError, KeyError, TypeError, RecursionError):
        pass
    return "", {}
