"""The tenant's surroundings for plug-ins: its firms and units, and the town's settings."""

from __future__ import annotations

from core.tenancy.firms import Firm, FirmNames, find_firm, list_firms
from core.tenancy.town_settings import TownSettings, town_settings
from core.tenancy.units import Unit, list_units

__all__ = [
    "Firm",
    "FirmNames",
    "TownSettings",
    "Unit",
    "find_firm",
    "list_firms",
    "list_units",
    "town_settings",
]
