"""What a tenant or its town may set for registration."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from core.sdk import Line

__all__ = ["Settings"]


Days = Annotated[int, Meta(ge=1, le=365)]


class Settings(Struct, frozen=True, kw_only=True):
    min_days: Days = 30
    """Registration is meant for stays of this many days; for a shorter one the clerk is told so."""
    offer_days: Days = 30
    """An offer to move that is not answered within this many days ends."""
    permit_months: Annotated[int, Meta(ge=0, le=120)] = 6
    """Months of residence after which a residence permit can be applied for; needs local confirmation."""
    import_days: Days = 7
    """What an import still holds of people is deleted after this many days."""
    undo_hours: Annotated[int, Meta(ge=1, le=72)] = 24
    """An import can be undone for this long: a wrong file is noticed on the day, and until then what stood there
    before is kept as well."""
    station_address: Line = ""
    """Where the station is, for the papers that people take along; empty leaves a line to write on."""
    station_phone: Line = ""
    """The station's telephone number, likewise."""
