"""What the town's addresses carry."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from core.kernel.text import Line

__all__ = ["AuditQuery", "NoticeDraft", "NoticesQuery", "PeriodQuery", "Withdrawal"]

Letter = Annotated[str, Meta(max_length=5000)]


class PeriodQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    period: Annotated[str, Meta(max_length=7)] = ""
    """`2025-03`, `2025-Q1` or `2025`; empty = this month."""


class AuditQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The filter of the records: who, what about, from and to which day, and where the last page ended."""

    who: Annotated[str, Meta(max_length=100)] = ""
    about: Annotated[str, Meta(max_length=40)] = ""
    since: date | None = None
    until: date | None = None
    before: Annotated[int, Meta(ge=1)] | None = None


class NoticesQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    before: UUID | None = None
    """Only notices older than this one."""


class NoticeDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A notice as it is typed. Of a correction `to` stays empty: it goes to the same units."""

    title: Line
    body: Letter
    to: tuple[str, ...] = ()
    due_on: date | None = None
    needs_answer: bool = False
    key: UUID | None = None
    """Made with the form, so that sending it twice posts one notice."""
    version: int = 1
    """Which version a correction is of."""


class Withdrawal(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: Line
