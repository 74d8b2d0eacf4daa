"""Each drawer is opened by the roles that hold its compartment; the careless page opens none."""

from __future__ import annotations

from core.sdk import Permission
from core.sdk import gettext_noop as _
from tests.cabinet.tables import DRAWERS

__all__ = ["EVERYBODY", "HOLDERS", "PERMISSIONS"]

# Written out, as an author writes them: what the platform says of its roles is compared with this by the test.
HOLDERS: dict[str, tuple[str, ...]] = {
    "benefits": ("station_staff",),
    "health": ("medical_staff",),
    "membership": ("tenant_officer", "station_staff"),
    "registry": ("tenant_officer", "station_staff", "medical_staff", "rights_consultant"),
    "reports": ("tenant_reporter",),
    "rights": ("rights_consultant",),
    "supplies": ("station_staff", "medical_staff"),
}
EVERYBODY = ("tenant_officer", "station_staff", "medical_staff", "tenant_reporter", "rights_consultant")

PERMISSIONS = (
    *(
        Permission(code=f"cabinet.{name}.read", title=name, roles=HOLDERS[name], compartments=(name,))
        for name in DRAWERS
    ),
    Permission(code="cabinet.case.read", title=_("Look at the cabinet"), roles=EVERYBODY),
    Permission(
        code="cabinet.town.read",
        title=_("Look at the cabinets"),
        roles=("town_admin", "town_analyst", "auditor"),
    ),
)
