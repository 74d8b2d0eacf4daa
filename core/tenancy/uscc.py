"""The unified social credit code of an organisation (GB 32100-2015)."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

__all__ = ["UsccFault", "check_character", "normal_uscc", "uscc_fault"]

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_SHAPE = re.compile(rf"[{_ALPHABET}]{{2}}[0-9]{{6}}[{_ALPHABET}]{{10}}")


class UsccFault(StrEnum):
    FORMAT = "format"
    CHECK = "check"


def normal_uscc(text: str) -> str:
    """Half width, upper case, without blanks."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def uscc_fault(code: str) -> UsccFault | None:
    """What is wrong with a normal code, None if nothing."""
    if not _SHAPE.fullmatch(code):
        return UsccFault.FORMAT
    return None if code[17] == check_character(code) else UsccFault.CHECK


def check_character(code: str) -> str:
    """The eighteenth character of the first seventeen; remainder 0 gives `0`, which bare `31 - r` misses."""
    total = sum(
        _ALPHABET.index(character) * weight for character, weight in zip(code[:17], _WEIGHTS, strict=True)
    )
    return _ALPHABET[-total % len(_ALPHABET)]
