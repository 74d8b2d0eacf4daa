"""The tenant's surroundings for plug-ins: its firms and units, and the town's settings."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from core.identity.memberships import list_members
from core.kernel.db import Transaction
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
    "staff_names",
    "staff_with",
    "town_settings",
]


async def staff_with(tx: Transaction, roles: Collection[str]) -> set[UUID]:
    """The accounts of the tenant's staff who have one of these roles today and can sign in."""
    return {
        member.account_id
        for member in await list_members(tx)
        if member.role in roles and member.is_active and member.has_password
    }


async def staff_names(tx: Transaction) -> dict[UUID, str]:
    """The names of the tenant's present staff by account: for pages that say who did something."""
    return {member.account_id: member.name or member.login for member in await list_members(tx)}
