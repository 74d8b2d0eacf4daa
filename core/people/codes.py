"""Codes, numbers and dates as people type them: one plain form before anything is compared."""

from __future__ import annotations

import unicodedata

__all__ = ["plain_code"]

_APOSTROPHES = str.maketrans("", "", "'’")


def plain_code(text: str) -> str:
    """Half width (NFKC), without white space and without the apostrophes that force text in a spreadsheet."""
    return "".join(unicodedata.normalize("NFKC", text).translate(_APOSTROPHES).split())
