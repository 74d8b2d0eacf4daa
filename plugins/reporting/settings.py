"""What a tenant or its town may set for reporting."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

__all__ = ["Settings"]


class Settings(Struct, frozen=True, kw_only=True):
    second_person: bool = True
    """Where the unit has two people who can report, one prepares the report and another one submits it."""
    remind_days: Annotated[int, Meta(ge=0, le=31)] = 7
    """So many days before a report is due it stands on the home page."""
