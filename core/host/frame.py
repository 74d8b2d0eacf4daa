"""What the page round every answer shows: the place, the navigation, who is signed in, a message said once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from string import ascii_lowercase
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
    """A line of the navigation; `title` is a message id, `key` the letter that opens it after `g`."""

    title: str
    address: str
    order: int
    icon: str = ""
    is_here: bool = False
    key: str = ""


def navigation(pages: Iterable[tuple[str, Page]], permissions: frozenset[str], here: str) -> list[Entry]:
    """The entries that the caller may open, in order; `pages` are (base address, page)."""
    entries = [
        _entry(base, page, here)
        for base, page in pages
        if page.nav is not None and page.permission in permissions
    ]
    return _lettered(sorted(entries, key=lambda entry: (entry.order, entry.title)))


def _lettered(entries: Sequence[Entry]) -> list[Entry]:
    """Who asks for a letter gets it, the first first; the others one of their title, or any, that is left."""
    asked = {entry.key: entry.address for entry in reversed(entries) if entry.key}
    taken = set(asked)
    lettered: list[Entry] = []
    for entry in entries:
        key = entry.key if asked.get(entry.key) == entry.address else ""
        if not key:
            free = (letter for letter in entry.title.lower() + ascii_lowercase if letter in ascii_lowercase)
            key = next((letter for letter in free if letter not in taken), "")
            taken.add(key)
        lettered.append(msgspec.structs.replace(entry, key=key))
    return lettered


def _entry(base: str, page: Page, here: str) -> Entry:
    address = f"{base}/{page.path}".rstrip("/")
    assert page.nav is not None  # noqa: S101 -- the caller has looked
    is_here = here == address or (page.path != "" and here.startswith(address + "/"))
    nav = page.nav
    return Entry(
        title=nav.title,
        address=address,
        order=nav.order,
        icon=nav.icon,
        is_here=is_here,
        key=nav.key.lower()[:1],
    )


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
        "search_at": f"{_address_of(place)}/search" if place else "",
        "said": said,
        "said_params": params,
    }


def _trail(entries: list[Entry], here: str) -> list[Entry]:
    """The entries above this page, from the home of the place down; none on a page of the navigation itself."""
    above = [entry for entry in entries if here.startswith(f"{entry.address}/")]
    is_below = not any(entry.address == here for entry in entries)
    return sorted(above, key=lambda entry: len(entry.address)) if is_below else []


def _address_of(place: TenantPlace | TownPlace) -> str:
    return f"/t/{place.slug}" if isinstance(place, TenantPlace) else f"/town/{place.code}"


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
