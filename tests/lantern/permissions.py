"""Who may do what with lanterns."""

from __future__ import annotations

from core.sdk import Permission
from core.sdk import gettext_noop as _

__all__ = ["PERMISSIONS"]

PERMISSIONS = (
    Permission(
        code="lantern.lamp.read",
        title=_("See lanterns"),
        roles=("station_staff", "tenant_officer", "medical_staff"),
    ),
    Permission(
        code="lantern.lamp.light",
        title=_("Light lanterns"),
        roles=("station_staff",),
        compartments=("supplies",),
    ),
    Permission(code="lantern.town.read", title=_("Count lanterns"), roles=("town_admin",)),
)
