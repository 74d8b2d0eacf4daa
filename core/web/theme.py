"""Light or dark: chosen for a browser, since it hangs on the screen and the room rather than on the person."""

from __future__ import annotations

from typing import Any

from litestar import Request

__all__ = ["THEMES", "THEME_COOKIE", "theme_of"]

THEME_COOKIE = "theme"
THEMES = ("auto", "light", "dark")
"""`auto` follows the computer, by script; without script it is light."""


def theme_of(request: Request[Any, Any, Any]) -> str:
    chosen = request.cookies.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else THEMES[0]
