"""Text that a spreadsheet program would take for a formula, made harmless, and back again."""

from __future__ import annotations

import re

__all__ = ["neutral", "plain"]

_DANGEROUS = "=+\\-@\t\r\n\0＝＋－＠"
_TO_MARK = re.compile(f"'*[{_DANGEROUS}]")
_MARKED = re.compile(f"'+[{_DANGEROUS}]")


def neutral(text: str) -> str:
    """An apostrophe before text that begins like a formula (ASVS 1.2.10).

    Text that looks marked already is marked once more, so that `plain` gives back every text exactly.
    """
    return f"'{text}" if _TO_MARK.match(text) else text


def plain(text: str) -> str:
    """What `neutral` was given; for files that this program wrote."""
    return text[1:] if _MARKED.match(text) else text
