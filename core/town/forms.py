"""What the town's addresses carry."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from core.kernel.numbers import Version
from core.kernel.text import Code, Line, Name
from core.tenancy.tenants import Kind

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


class PeriodQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    period: Annotated[str, Meta(max_length=7)] = ""
    """`2025-03`, `2025-Q1` or `2025`; empty = this month."""


class LinkFor(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    login: Name


class UnitWords(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the town says of a new unit; `profile` is what it is furnished with, the officer its first manager."""

    code: Annotated[str, Meta(max_length=32)]
    kind: Kind
    name_zh: Name
    name_en: Line
    opened_on: date
    profile: Code
    officer: Name


class NewUnit(UnitWords, frozen=True, kw_only=True, forbid_unknown_fields=True):
    officer_login: Name = ""
    """Empty: one is proposed."""


class UnitNames(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name_zh: Name
    name_en: Line


class CloseUnit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    closed_on: date
    reason: Line = ""


class NewFirm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    uscc: Code = ""
    name_zh: Name
    name_en: Line = ""
    industry: Annotated[str, Meta(max_length=1, pattern="^[A-Ta-t]?$")] = ""
    served_from: date


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
