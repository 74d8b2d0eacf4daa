"""The kit of pages, from the same templates that `/town/kit` shows."""

from __future__ import annotations

from core.web.kit import icons, pieces

__all__ = ["BLOCKS"]


def kit() -> str:
    return "\n\n".join(
        f"### {piece.title}\n\n{piece.about}\n\n![{piece.title}](../images/kit/{piece.name}.png)\n\n"
        f"```jinja\n{piece.source.strip()}\n```"
        for piece in pieces()
    )


def drawings() -> str:
    return ", ".join(f"`{name}`" for name in icons())


BLOCKS = {"kit": kit, "drawings": drawings}
