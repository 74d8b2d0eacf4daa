"""What can be wrong or odd about a row, as the code of the exchange format and as a sentence for a clerk."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from msgspec import Struct

from core.sdk import gettext_noop as _

__all__ = ["Finding", "Reason", "Unfit", "sentence"]


class Reason(StrEnum):
    """Why a row is rejected; the last four are warnings, and the row is accepted."""

    DATE_INVALID = "DATE_INVALID"
    DATE_OUT_OF_YEAR = "DATE_OUT_OF_YEAR"
    DATE_TO_COME = "DATE_TO_COME"
    """Of the portal alone: a year's folder has its own rule."""
    DUPLICATE_IN_FILE = "DUPLICATE_IN_FILE"
    DUPLICATE_ROW = "DUPLICATE_ROW"
    ID_AS_NUMBER = "ID_AS_NUMBER"
    ID_CHECK_DIGIT = "ID_CHECK_DIGIT"
    ID_DATE_INVALID = "ID_DATE_INVALID"
    ID_FORMAT = "ID_FORMAT"
    MISSING_REQUIRED = "MISSING_REQUIRED"
    STATE_CONFLICT = "STATE_CONFLICT"
    UNKNOWN_CODE = "UNKNOWN_CODE"
    UNKNOWN_PERSON = "UNKNOWN_PERSON"
    DIVISION_UNKNOWN = "DIVISION_UNKNOWN"
    ENTERPRISE_UNKNOWN = "ENTERPRISE_UNKNOWN"
    PHONE_MALFORMED = "PHONE_MALFORMED"
    SEX_ID_MISMATCH = "SEX_ID_MISMATCH"


class Finding(Struct, frozen=True):
    """One reason, and the standard name of the column that it is about."""

    reason: Reason
    column: str


class Unfit(Exception):
    """Ends the judgement of a row: the first rule that fails is the one that is told."""

    def __init__(self, reason: Reason, column: str) -> None:
        super().__init__(reason, column)
        self.finding = Finding(reason, column)


_SENTENCES: dict[Reason, str] = {
    Reason.DATE_INVALID: _("“%(column)s” is not a date. Write it as 2025-03-01, 2025/3/1 or 20250301."),
    Reason.DATE_OUT_OF_YEAR: _("The date is not in the year of this folder. Send the row with its own year."),
    Reason.DATE_TO_COME: _("“%(column)s” has not come yet. Send the row again on that day."),
    Reason.DUPLICATE_IN_FILE: _("The same number stands further up in this file. Keep one of the two rows."),
    Reason.DUPLICATE_ROW: _("A row with the same reference was accepted before. Give each row its own."),
    Reason.ID_AS_NUMBER: _(
        "The document number is stored as a figure, so its last digits may be lost. "
        "Format the column as text and type the number again."
    ),
    Reason.ID_CHECK_DIGIT: _(
        "The last character does not fit the others, so one of them is wrong. Compare with the document."
    ),
    Reason.ID_DATE_INVALID: _("The birth date in the number does not exist. Compare with the document."),
    Reason.ID_FORMAT: _("A number of this type of document looks different. Compare with the document."),
    Reason.MISSING_REQUIRED: _("“%(column)s” is empty. Fill it in."),
    Reason.STATE_CONFLICT: _(
        "The movement does not fit: she was not present, or was present already, on that day. "
        "Look at her earlier movements."
    ),
    Reason.UNKNOWN_CODE: _("“%(column)s” has a value that is not in the list. Use a value of the template."),
    Reason.UNKNOWN_PERSON: _("Nobody with this number is on the roster of the unit. Put her on it first."),
    Reason.DIVISION_UNKNOWN: _(
        "The first six digits are no known district. Compare with the document; the row is taken."
    ),
    Reason.ENTERPRISE_UNKNOWN: _(
        "This firm is not one that the unit serves. Correct the name or add the firm; the row is taken."
    ),
    Reason.PHONE_MALFORMED: _("The phone number cannot be right. Ask her for it; the row is taken."),
    Reason.SEX_ID_MISMATCH: _(
        "The sex differs from what the number says. Ask her; the row is taken with what the column says."
    ),
}


def sentence(finding: Finding, translate: Callable[[str], str]) -> str:
    """What is wrong and what to do, in the reader's language."""
    return translate(_SENTENCES[finding.reason]) % {"column": finding.column}
