"""The page about pages: what it writes is a template, it calls what exists, and it leaves nothing out."""

from __future__ import annotations

import re

from jinja2 import Environment

from core.web.kit import PIECES, pieces
from tests.docs.pages import DOCS, ROOT

TEMPLATES = ROOT / "core" / "web" / "templates"
PAGE = (DOCS / "reference" / "pages.md").read_text(encoding="utf-8")
KIT = ("parts", "lists", "charts")
"""The templates whose macros are for everybody."""
PIECES_OF_PIECES = {
    *("note", "tools", "number", "loading", "icon", "token"),
    *("bar", "spark", "value", "years"),
}
"""Macros that others are made of, or that the text names."""


def macros(name: str) -> set[str]:
    text = (TEMPLATES / f"{name}.html").read_text(encoding="utf-8")
    return {found for found in re.findall(r"\{% macro (\w+)\(", text) if not found.startswith("_")}


def test_every_piece_of_the_folder_is_shown_and_has_its_picture() -> None:
    assert sorted(piece.name for piece in pieces()) == sorted(path.stem for path in PIECES.glob("*.html"))
    for piece in pieces():
        assert (DOCS / "images" / "kit" / f"{piece.name}.png").stat().st_size > 1000


def test_what_the_page_writes_is_a_template_and_calls_what_exists() -> None:
    blocks = re.findall(r"```jinja\n(.*?)```", PAGE, re.DOTALL)
    assert len(blocks) > len(pieces())
    for block in blocks:
        Environment(autoescape=True).parse(block)
    called = {
        (name, macro) for name, macro in re.findall(r"\b(\w+)\.(\w+)\(", "".join(blocks)) if name in KIT
    }
    assert not {(name, macro) for name, macro in called if macro not in macros(name)}


def test_every_macro_is_on_the_page() -> None:
    fields = {"field", "choice", "tick", "paragraphs", "boxes"}
    silent = {
        macro
        for name in KIT
        for macro in macros(name) - PIECES_OF_PIECES - fields
        if f"{name}.{macro}(" not in PAGE
    }
    assert not silent
    assert all(f"`{macro}`" in PAGE for macro in fields)
