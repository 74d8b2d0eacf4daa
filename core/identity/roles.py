"""The roles, as data: which compartments each opens, and how much of a person it shows.

What a role may *do* is not here: permissions name the roles that hold them by default. A permission of a
compartment that its role does not open is never granted, whatever it says.

Each association manages its own things (staff, service modules, settings) through its `tenant_officer`; the
town alone appoints the first officer, and rights consultants, who are not an employer's people.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

from core.kernel.i18n import gettext_noop as _

__all__ = [
    "MANAGER_ROLE",
    "ROLES",
    "TENANT_ROLES",
    "TOWN_ROLES",
    "Role",
    "compartments_of",
    "detail_of",
    "is_town_pool",
]

Place = Literal["tenant", "town"]
Detail = Literal["full", "basic", "identity"]
_RANK: tuple[Detail, ...] = ("full", "basic", "identity")


class Role(Struct, frozen=True, kw_only=True):
    """One row of the role table (architecture, section 4)."""

    name: str
    title: str
    belongs_to: Place
    """Where it is held: in a tenant (membership) or in a town (town role)."""
    appointed_by: Place
    compartments: frozenset[str] = frozenset()
    detail: Detail | None = None
    """Of the compartment `registry`: everything, the basic fields (document masked), or only who she is."""


def _role(
    name: str, title: str, appointed_by: Place, *compartments: str, detail: Detail | None = None
) -> Role:
    return Role(
        name=name,
        title=title,
        belongs_to="tenant",
        appointed_by=appointed_by,
        compartments=frozenset(compartments),
        detail=detail,
    )


_ALL = (
    _role("tenant_officer", _("association officer"), "tenant", "registry", "membership", detail="basic"),
    _role(
        "station_staff",
        _("station staff"),
        "tenant",
        "registry",
        "supplies",
        "benefits",
        "membership",
        detail="full",
    ),
    _role("medical_staff", _("medical staff"), "tenant", "registry", "health", "supplies", detail="identity"),
    _role("tenant_reporter", _("reporter"), "tenant", "reports"),
    _role("rights_consultant", _("rights consultant"), "town", "registry", "rights", detail="identity"),
    Role(name="town_admin", title=_("town administrator"), belongs_to="town", appointed_by="town"),
    Role(name="town_analyst", title=_("town analyst"), belongs_to="town", appointed_by="town"),
    Role(name="auditor", title=_("auditor"), belongs_to="town", appointed_by="town"),
)

ROLES = {role.name: role for role in _ALL}
TENANT_ROLES = tuple(role for role in _ALL if role.belongs_to == "tenant")
TOWN_ROLES = tuple(role for role in _ALL if role.belongs_to == "town")
MANAGER_ROLE = "tenant_officer"


def compartments_of(roles: Iterable[str]) -> frozenset[str]:
    """All compartments that any of the roles opens; an unknown role opens none."""
    return frozenset().union(*(ROLES[name].compartments for name in roles if name in ROLES))


def detail_of(roles: Iterable[str]) -> Detail | None:
    """The most that any of the roles sees of a person; None = nothing."""
    seen = {ROLES[name].detail for name in roles if name in ROLES}
    return next((detail for detail in _RANK if detail in seen), None)


def is_town_pool(name: str) -> bool:
    """Whether a town can hold people of this role: its own roles, and those whom it appoints to tenants."""
    return name in ROLES and ROLES[name].appointed_by == "town"
