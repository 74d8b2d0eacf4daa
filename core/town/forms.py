"""What the town's addresses carry."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

from core.kernel.text import Code, Line, Name
from core.tenancy.tenants import Kind

__all__ = [
    "CloseUnit",
    "EndFirm",
    "LinkFor",
    "NewFirm",
    "NewUnit",
    "PeriodQuery",
    "UnitNames",
]


class PeriodQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    period: Annotated[str, Meta(max_length=7)] = ""
    """`2025-03`, `2025-Q1` or `2025`; empty = this month."""


class LinkFor(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    login: Name


class NewUnit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    code: Annotated[str, Meta(max_length=32)]
    kind: Kind
    name_zh: Name
    name_en: Line
    opened_on: date
    profile: Code
    officer: Name
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
