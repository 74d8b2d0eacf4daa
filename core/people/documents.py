"""Identity documents: the code list, one form of a number, and whether it can be right."""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum

from msgspec import Struct

from core.people.codes import plain_code

__all__ = [
    "DOCUMENT_TYPES",
    "RESIDENT_TYPES",
    "DocumentFault",
    "DocumentType",
    "birth_date",
    "check_character",
    "division",
    "fault_of",
    "kind_of",
    "masked",
    "normal_number",
    "sex_digit",
    "space",
]


class DocumentType(Struct, frozen=True):
    """`pattern` is what the whole normal number must look like; with `is_checked` the check character too."""

    code: str
    zh: str
    en: str
    pattern: str
    is_checked: bool = False


class DocumentFault(StrEnum):
    """Why a number cannot be right; the values are the reason codes of the exchange format."""

    TYPE = "UNKNOWN_CODE"
    FORMAT = "ID_FORMAT"
    DATE = "ID_DATE_INVALID"
    CHECK = "ID_CHECK_DIGIT"


_FREE = r".{1,40}"
_CHECKED = r"[0-9]{17}[0-9X]"

DOCUMENT_TYPES: dict[str, DocumentType] = {
    kind.code: kind
    for kind in (
        DocumentType("01", "居民身份证", "resident identity card", _CHECKED, is_checked=True),
        DocumentType("02", "居民户口簿", "household register", _CHECKED, is_checked=True),
        DocumentType("03", "护照", "passport", r"[A-Z0-9]{5,17}"),
        DocumentType("04", "港澳居民来往内地通行证", "Hong Kong and Macao travel permit", r"[HM][0-9]{8}"),
        DocumentType("05", "台湾居民来往大陆通行证", "Taiwan travel permit", r"[0-9]{8}"),
        DocumentType(
            "06", "港澳台居民居住证", "Hong Kong, Macao and Taiwan residence permit",
            r"8[123]0000[0-9]{11}[0-9X]", is_checked=True,
        ),
        DocumentType(
            "07", "外国人永久居留身份证", "foreign permanent resident card",
            r"9[0-9]{16}[0-9X]|[A-Z]{3}[0-9]{12}",
        ),
        DocumentType("08", "居住证", "residence permit", _FREE),
        DocumentType("09", "军人证件", "military document", _FREE),
        DocumentType("98", "未提供证件", "no document given", r""),
        DocumentType("99", "其他证件", "other document", _FREE),
    )
}  # fmt: skip
"""Domain list 1.3; 98 keeps every service open to a person without a document."""

RESIDENT_TYPES = frozenset({"01", "02"})
"""The card and the household register carry the same number."""

_BY_THEMSELVES = ("06", "07", "01")
"""Kinds whose numbers check themselves and that nobody takes for another: the narrower pattern first."""
_CHECKED_LENGTH = 18

_BORN_IN_NUMBER = frozenset({"01", "02", "06"})
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS = "10X98765432"
_SYNTHETIC = "00"
_HIDDEN = "••••"
_OLDEST = 130


def normal_number(text: str) -> str:
    """The number in the form in which it is compared, sealed and indexed."""
    return plain_code(text).upper()


def fault_of(
    id_type: str, number: str, *, allow_synthetic: bool = False, today: date | None = None
) -> DocumentFault | None:
    """What is wrong with a normal number, None if nothing.

    Numbers with the impossible division 00 pass only with `allow_synthetic`. With `today` the birth date in a
    number must also be one that a living person can have.
    """
    kind = DOCUMENT_TYPES.get(id_type)
    if kind is None:
        return DocumentFault.TYPE
    if not re.fullmatch(kind.pattern, number):
        return DocumentFault.FORMAT
    if id_type in RESIDENT_TYPES and number.startswith(_SYNTHETIC) and not allow_synthetic:
        return DocumentFault.FORMAT
    if id_type in _BORN_IN_NUMBER and not _is_possible(birth_date(id_type, number), today):
        return DocumentFault.DATE
    if (kind.is_checked or _is_new_resident_card(id_type, number)) and number[17] != check_character(number):
        return DocumentFault.CHECK
    return None


def kind_of(number: str, *, allow_synthetic: bool = False, today: date | None = None) -> str | None:
    """The type of a normal number that tells it by itself, as a card reader gives it; None for any other text."""
    if len(number) != _CHECKED_LENGTH:
        return None
    return next(
        (
            id_type
            for id_type in _BY_THEMSELVES
            if fault_of(id_type, number, allow_synthetic=allow_synthetic, today=today) is None
        ),
        None,
    )


def check_character(number: str) -> str:
    """The eighteenth character of the first seventeen digits (ISO 7064 MOD 11-2, GB 11643)."""
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True))
    return _CHECK_CHARACTERS[total % 11]


def birth_date(id_type: str, number: str) -> date | None:
    """The birth date inside a number, None where the type carries none or the date is impossible."""
    if id_type not in _BORN_IN_NUMBER:
        return None
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def sex_digit(id_type: str, number: str) -> str | None:
    """`1` or `2` by the seventeenth digit; what the person says counts more."""
    if id_type not in _BORN_IN_NUMBER:
        return None
    return "1" if int(number[16]) % 2 else "2"


def division(id_type: str, number: str) -> str | None:
    """The six digits of the place of first registration."""
    return number[:6] if id_type in RESIDENT_TYPES else None


def space(id_type: str) -> str:
    """The number space: equal numbers of one space are one person."""
    return "resident" if id_type in RESIDENT_TYPES else id_type


def masked(number: str) -> str:
    """What a screen shows: the last two characters, without telling how long the number is."""
    return _HIDDEN + number[-2:] if len(number) > len(_HIDDEN) else _HIDDEN


def _is_possible(born: date | None, today: date | None) -> bool:
    if born is None or today is None:
        return born is not None
    return born <= today and today.year - born.year <= _OLDEST


def _is_new_resident_card(id_type: str, number: str) -> bool:
    return id_type == "07" and number[0] == "9"
