"""What the town's addresses carry."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

__all__ = ["AuditQuery", "PeriodQuery"]


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
