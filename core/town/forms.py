"""What the town's addresses carry."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from core.kernel.i18n import gettext_noop as _
from core.kernel.numbers import Version
from core.kernel.text import Code, Line, Name
from core.tenancy.tenants import Kind
from core.web.forms import asks

__all__ = [
    "CloseUnit",
    "EndFirm",
    "Letter",
    "LinkFor",
    "NewFirm",
    "NewUnit",
    "NoticeDraft",
    "PeriodQuery",
    "UnitNames",
    "UnitWords",
    "Withdrawal",
]

Letter = Annotated[str, Meta(max_length=5000)]
PROPOSED = _(
    "Left empty, it is made from the sound of the name. For somebody who has one already, write it here, and her"
    " name as it stands there."
)


class PeriodQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    period: Annotated[str, Meta(max_length=7)] = ""
    """`2025-03`, `2025-Q1` or `2025`; empty = this month."""


class LinkFor(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    login: Name


class UnitWords(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the town says of a new unit; `profile` is what it is furnished with, the officer its first manager."""

    kind: Annotated[Kind, asks(_("Kind"))]
    code: Annotated[
        str,
        asks(
            _("Code"),
            _("Proposed: the next free one. It is part of the unit's address and never changes."),
            max_length=32,
        ),
    ]
    name_zh: Annotated[Name, asks(_("Name in Chinese"))]
    name_en: Annotated[Line, asks(_("Name in English"))]
    opened_on: Annotated[date, asks(_("First day of the unit"), _("Such as 2025-06-03 or 20250603."))]
    profile: Annotated[
        Code,
        asks(
            _("Starter profile"),
            _(
                "Service modules, settings, workshops and groups to begin with. The unit changes them as it likes."
            ),
        ),
    ]
    officer: Annotated[Name, asks(_("Name of the first officer"))]


class NewUnit(UnitWords, frozen=True, kw_only=True, forbid_unknown_fields=True):
    officer_login: Annotated[Name, asks(_("User name of the officer"), PROPOSED)] = ""


class UnitNames(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name_zh: Name
    name_en: Line


class CloseUnit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    closed_on: date
    reason: Line = ""


class NewFirm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name_zh: Annotated[Name, asks(_("Full name in Chinese"))]
    uscc: Annotated[
        Code,
        asks(_("Credit code"), _("18 characters. A firm that has this code already is brought up to date.")),
    ] = ""
    name_en: Annotated[Line, asks(_("Name in English"))] = ""
    industry: Annotated[
        str,
        asks(_("Industry"), _("The letter A to T of GB/T 4754."), max_length=1, pattern="^[A-Ta-t]?$"),
    ] = ""
    served_from: Annotated[date, asks(_("Served from"))]


class EndFirm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    served_to: date


class NoticeDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A notice as it is typed. Of a correction `to` stays empty: it goes to the same units."""

    title: Line
    body: Letter
    to: Annotated[tuple[Line, ...], Meta(max_length=500)] = ()
    due_on: date | None = None
    needs_answer: bool = False
    key: UUID | None = None
    """Made with the form, so that sending it twice posts one notice."""
    version: Version = 1
    """Which version a correction is of."""


class Withdrawal(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: Line
