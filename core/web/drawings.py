"""The drawings of the kit, from the one file that the browser keeps."""

from __future__ import annotations

from functools import lru_cache

from markupsafe import Markup

from core.web import assets

__all__ = ["icon"]


@lru_cache(maxsize=512)
def icon(name: str) -> Markup:
    """A function and no macro, since every page has twenty of them; the name is escaped like everything."""
    sprite = assets.address("vendor/icons.svg")
    return Markup('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>').format(sprite, name)
