"""Who may do what in the portal itself."""

from __future__ import annotations

from core.identity.roles import MANAGER_ROLE
from core.kernel.i18n import gettext_noop as _
from core.sdk import Permission

__all__ = ["PERMISSIONS"]

EVERYBODY = ("tenant_officer", "station_staff", "medical_staff", "tenant_reporter", "rights_consultant")

PERMISSIONS = (
    Permission(code="tenant.home.read", title=_("See the home page"), roles=EVERYBODY),
    Permission(
        code="tenant.figure.read",
        title=_("See the unit's figures"),
        roles=("tenant_officer", "station_staff", "tenant_reporter"),
    ),
    Permission(code="tenant.association.read", title=_("See the association's own page"), roles=EVERYBODY),
    Permission(code="tenant.notice.read", title=_("Read the town's notices"), roles=EVERYBODY),
    Permission(
        code="tenant.notice.answer",
        title=_("Say for the unit that what a notice asks is done"),
        roles=("tenant_officer", "station_staff", "tenant_reporter"),
    ),
    Permission(
        code="tenant.plugin.switch", title=_("Switch service modules on and off"), roles=("tenant_officer",)
    ),
    Permission(
        code="tenant.staff.manage",
        title=_("Take staff on, change roles, hand out links"),
        roles=(MANAGER_ROLE,),
    ),
    Permission(
        code="tenant.records.read",
        title=_("See the unit's records of acts, each role its own kinds"),
        roles=(MANAGER_ROLE, "station_staff"),
    ),
)
