"""What a document number tells of who holds it, before she has said a word; what she says counts more."""

from __future__ import annotations

from collections.abc import Mapping

from core.sdk.people import Document
from core.sdk.values import divisions, documents

__all__ = ["filled", "read_number"]

NOT_SAID = {"sex": "9"}
"""What a field says while nothing was chosen, where that is not nothing."""


def read_number(document: Document) -> dict[str, str]:
    """Sex, birth date and origin by the names of the form's fields, of a number that can be right."""
    number = documents.normal_number(document.number)
    born = documents.birth_date(document.id_type, number)
    division = documents.division(document.id_type, number)
    origin = divisions.origin_of_division(division) if division else ""
    read = {
        "sex": documents.sex_digit(document.id_type, number) or "",
        "birth_date": born.isoformat() if born else "",
        "origin": origin if origin in divisions.PROVINCES else "",
    }
    return {name: value for name, value in read.items() if value}


def filled(typed: Mapping[str, str], read: Mapping[str, str]) -> dict[str, str]:
    """The form with what the number tells, where nothing was said yet."""
    return {
        **typed,
        **{name: value for name, value in read.items() if typed.get(name, "") in ("", NOT_SAID.get(name))},
    }
