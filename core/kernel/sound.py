"""The order of names: by their sound, as Chinese lists are read; the embedded PostgreSQL has no collation for it."""

from __future__ import annotations

from functools import lru_cache

__all__ = ["sound_of"]


@lru_cache(maxsize=20_000)
def sound_of(name: str) -> tuple[str, str]:
    """A key to sort by: pinyin, and the name itself where two sound alike."""
    from pypinyin import lazy_pinyin  # its dictionaries cost a tenth of a second and many megabytes

    return "".join(lazy_pinyin(name)).casefold(), name
