"""Every address of the product as one that can be asked, and who is let in there."""

from __future__ import annotations

import re
from uuid import UUID

from msgspec import Struct

from core.app import CORE_PAGES, Platform
from core.host.routing import Address, addresses
from core.identity.roles import ROLES
from core.testing import TOWN

__all__ = ["Door", "doors", "of_plugins"]

SOMEBODY = str(UUID(int=7))
WORDS = {"tenant_slug": "t01", "town_code": TOWN, "kind": "csv"}


class Door(Struct, frozen=True):
    """One address; `may` and `may_not` are roles of its place (`may_not` can be empty)."""

    address: Address
    path: str
    may: tuple[str, ...]
    may_not: tuple[str, ...]

    @property
    def is_api(self) -> bool:
        return self.address.kind == "route"

    def __str__(self) -> str:
        return f"{self.address.method} {self.address.path}"


def doors(platform: Platform) -> list[Door]:
    return [_door(platform, address) for address in addresses(CORE_PAGES, platform.registry)]


def of_plugins(platform: Platform) -> list[Door]:
    return [door for door in doors(platform) if door.address.plugin is not None]


def _door(platform: Platform, address: Address) -> Door:
    permission = platform.server.gate.permission(address.permission)
    place = "tenant" if "{tenant_slug}" in address.path else "town"
    roles = [role for role in ROLES.values() if role.belongs_to == place]
    path = re.sub(r"\{(\w+)\}", lambda match: WORDS.get(match[1], SOMEBODY), address.path)
    return Door(
        address,
        path,
        tuple(role.name for role in roles if role.name in permission.roles),
        tuple(role.name for role in roles if role.name not in permission.roles),
    )
