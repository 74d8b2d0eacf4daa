"""The roster template: every column, those with numbers formatted as text, and notes on what goes where."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

from core.sdk import gettext_noop as _
from core.sdk.values import Column, XlsxWriter
from plugins.registration.imports import columns as col

__all__ = ["roster_template"]

EMPLOYEES, FAMILY, NOTES = "职工名册", "随行家属", "说明"
_NOT_OF_FAMILY = frozenset({col.HIRED_ON, col.FIRM, col.WORKSHOP, col.POST})
_WIDE = frozenset({col.ID_NUMBER, col.FIRM})

_HINTS: dict[str, str] = {
    col.NAME: _("Required. The full name; a dot in a name may be typed as any of the usual dots."),
    col.SEX: _("男, 女, 未知, or empty for not stated."),
    col.CATEGORY: _("Required. 职工 for an employee, 家属 for a family member."),
    col.ID_TYPE: _("Required. 居民身份证, 户口簿, 护照 or 港澳居民来往内地通行证."),
    col.ID_NUMBER: _("Required. As text: a number stored as a figure loses its last digits and is rejected."),
    col.BIRTH_DATE: _("Empty for resident identity cards: the number says it."),
    col.DIVISION: _("Six digits of the place of household registration."),
    col.PROVINCE: _("The province, where the six digits are not known; 境外 for abroad."),
    col.PHONE: _("One telephone number."),
    col.REGISTERED_ON: _(
        "Required. The day of the first registration with this unit; new people arrive on it."
    ),
    col.HIRED_ON: _("The day on which the firm hired her."),
    col.FIRM: _("The firm's full or short name, as the unit has it."),
    col.FLOATING: _("Required. 是 for people from elsewhere, 否 for locals."),
}


def roster_template(tell: Callable[[str], str]) -> bytes:
    """An .xlsx file with empty lists for employees and family members, and a sheet of notes."""
    file = BytesIO()
    with XlsxWriter(file) as book:
        book.sheet(EMPLOYEES, [_column(name) for name in col.COLUMNS])
        book.sheet(FAMILY, [_column(name) for name in col.COLUMNS if name not in _NOT_OF_FAMILY])
        notes = book.sheet(
            NOTES, [Column(title=tell(_("Column"))), Column(title=tell(_("What goes here")), width=80)]
        )
        for name in col.COLUMNS:
            if name in _HINTS:
                notes.write([name, tell(_HINTS[name])])
        notes.write(["", tell(_("Dates as 2025-03-01, 2025/3/1 or 20250301. A row 合计 ends the list."))])
    return file.getvalue()


def _column(name: str) -> Column:
    return Column(title=name, width=22 if name in _WIDE else 14)
