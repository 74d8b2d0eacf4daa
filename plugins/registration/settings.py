"""What a tenant or its town may set for registration."""

from __future__ import annotations

from msgspec import Struct

__all__ = ["Settings"]


class Settings(Struct, frozen=True, kw_only=True):
    min_days: int = 30
    """Registration is meant for stays of this many days; for a shorter one the clerk is told so."""
    offer_days: int = 30
    """An offer to move that is not answered within this many days ends."""
    permit_months: int = 6
    """Months of residence after which a residence permit can be applied for; needs local confirmation."""
    import_days: int = 7
    """What an import still holds of people is deleted after this many days."""
    station_address: str = ""
    """Where the station is, for the papers that people take along; empty leaves a line to write on."""
    station_phone: str = ""
    """The station's telephone number, likewise."""
