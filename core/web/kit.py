"""The kit of pages: every piece is a template of `templates/kit/`, shown live, in the docs and as its own source."""

from __future__ import annotations

import re
from pathlib import Path

from msgspec import Struct

from core.web.assets import FOLDER

__all__ = ["Piece", "icons", "pieces"]

PIECES = Path(__file__).parent / "templates" / "kit"
ORDER = (
    *("title", "buttons", "dialogs", "notices", "badges", "states", "steps", "details", "tiles", "tasks"),
    *("form", "file", "list", "timeline", "chart"),
)
_HEAD = re.compile(r"\{# (?P<title>[^.]+)\. (?P<about>.*?) #\}\n(?P<source>.*)", re.DOTALL)


class Piece(Struct, frozen=True, kw_only=True):
    """`title` and `about` stand in the first line of its template; they are for developers, so in English alone."""

    name: str
    title: str
    about: str
    source: str


def pieces() -> list[Piece]:
    return [_piece(name) for name in ORDER]


def icons() -> list[str]:
    """The names of all drawings."""
    return re.findall(r'<symbol id="([\w-]+)"', (FOLDER / "vendor" / "icons.svg").read_text(encoding="utf-8"))


def _piece(name: str) -> Piece:
    text = (PIECES / f"{name}.html").read_text(encoding="utf-8")
    told = _HEAD.fullmatch(text)
    if told is None:
        raise ValueError(f"{name}.html does not begin with a comment that says what it is.")
    return Piece(name=name, **told.groupdict())
