"""What a tenant or its town may set for supplies."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

__all__ = ["Settings"]

Days = Annotated[int, Meta(ge=1, le=365)]


class Settings(Struct, frozen=True, kw_only=True):
    retire_years: Annotated[int, Meta(ge=1, le=10)] = 2
    """After so many years nobody at a counter sees any more who received something."""
    backdate_days: Annotated[int, Meta(ge=0, le=366)] = 31
    """How far back an act may be entered, for paper that was filled in outside."""
    consumption_months: Annotated[int, Meta(ge=1, le=12)] = 3
    """Average consumption is that of so many months with stock."""
    inspect_after_days: Days = 90
    """What has lain longer is inspected, and again every `inspect_every_days` days."""
    inspect_every_days: Days = 60
    review_months: Annotated[int, Meta(ge=1, le=12)] = 1
    """Every so many months each point asks for what it needs, however much it has."""
