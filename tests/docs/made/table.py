"""Markdown tables and words."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def code(text: str) -> str:
    return f"`{text}`" if text else ""


def listed(names: Iterable[str], nothing: str = "") -> str:
    return ", ".join(code(name) for name in names) or nothing


def first_words(thing: object) -> str:
    """The first paragraph of a docstring, on one line."""
    return paragraph(inspect.getdoc(thing) or "")


def paragraph(text: str) -> str:
    return " ".join(re.split(r"\n\s*\n", text.strip())[0].split())


def all_words(thing: object) -> str:
    """The whole docstring, each paragraph on one line; of a class its own, not one that it inherits."""
    own = (vars(thing).get("__doc__") if isinstance(thing, type) else inspect.getdoc(thing)) or ""
    parts = re.split(r"\n\s*\n", inspect.cleandoc(own))
    return "\n\n".join(" ".join(part.split()) for part in parts)
