"""Who may do what in the town."""

from __future__ import annotations

from core.kernel.i18n import gettext_noop as _
from core.sdk import Permission

__all__ = ["PERMISSIONS"]

PERMISSIONS = (
    Permission(
        code="town.home.read",
        title=_("See the town's first page"),
        roles=("town_admin", "town_analyst", "auditor"),
    ),
    Permission(
        code="town.figure.read",
        title=_("See the town's totals and its units' figures"),
        roles=("town_admin", "town_analyst"),
    ),
    Permission(
        code="town.tenant.read",
        title=_("See the association units"),
        roles=("town_admin", "town_analyst", "auditor"),
    ),
    Permission(
        code="town.plugin.read",
        title=_("See the service modules"),
        roles=("town_admin", "town_analyst", "auditor"),
    ),
    Permission(code="town.plugin.offer", title=_("Offer service modules"), roles=("town_admin",)),
    Permission(
        code="town.notice.read",
        title=_("See the notices and who has read them"),
        roles=("town_admin", "town_analyst"),
    ),
    Permission(code="town.notice.write", title=_("Write notices to the units"), roles=("town_admin",)),
    Permission(code="town.audit.read", title=_("See the records of acts"), roles=("auditor", "town_admin")),
    Permission(code="town.staff.manage", title=_("Look after the town's staff"), roles=("town_admin",)),
    Permission(
        code="town.tenant.manage",
        title=_("Open, correct and close association units"),
        roles=("town_admin",),
    ),
)
