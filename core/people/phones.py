"""Telephone numbers: a warning when one cannot be right, never a refusal."""

from __future__ import annotations

import re

from core.people.codes import plain_code

__all__ = ["is_well_formed", "normal_phone", "stored_phone"]

_WELL_FORMED = re.compile(r"1[3-9][0-9]{9}|0[0-9]{9,11}")
_WITH_COUNTRY = re.compile(r"(?:\+|00)86(?=1[3-9][0-9]{9}$)")
_ABROAD = re.compile(r"\+(?:852[0-9]{8}|853[0-9]{8}|886[0-9]{8,9})")


def normal_phone(text: str) -> str:
    """Half width, without blanks and apostrophes; hyphens stay."""
    return plain_code(text)


def is_well_formed(phone: str) -> bool:
    """A mobile or landline number of the mainland, hyphens aside."""
    return _WELL_FORMED.fullmatch(phone.replace("-", "")) is not None


def stored_phone(phone: str) -> str:
    """E.164 where the number is understood, so that it is found however it was typed; else as given."""
    bare = _WITH_COUNTRY.sub("", phone.replace("-", ""))
    if _WELL_FORMED.fullmatch(bare):
        return "+86" + (bare.removeprefix("0") if bare.startswith("0") else bare)
    return bare if _ABROAD.fullmatch(bare) else phone
