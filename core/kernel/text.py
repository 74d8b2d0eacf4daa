"""Text from outside: one canonical form, nothing that PostgreSQL or a screen would choke on."""

from __future__ import annotations

import unicodedata
from typing import Annotated

from msgspec import Meta

__all__ = ["Code", "Line", "Name", "Note", "clean", "clean_note"]

Code = Annotated[str, Meta(max_length=40)]
Name = Annotated[str, Meta(max_length=100)]
Line = Annotated[str, Meta(max_length=200)]
Note = Annotated[str, Meta(max_length=2000)]

_CLOSED = {"Cc", "Cs"}


def clean(text: str) -> str:
    """One line: composed (NFC), no control characters, surrogates or noncharacters, trimmed."""
    return _canonical(text.replace("\t", " ").replace("\r", " ").replace("\n", " "), keep="").strip()


def clean_note(text: str) -> str:
    """Several lines: as `clean`, line breaks kept as LF."""
    return _canonical(text.replace("\r\n", "\n").replace("\r", "\n"), keep="\n").strip()


def _canonical(text: str, keep: str) -> str:
    kept = "".join(c for c in text if c in keep or not _is_closed(c))
    return unicodedata.normalize("NFC", kept)


def _is_closed(character: str) -> bool:
    # Noncharacters (U+FFFE and the like) are valid in a Python string but not in an exchange with others.
    return unicodedata.category(character) in _CLOSED or (ord(character) & 0xFFFE) == 0xFFFE
