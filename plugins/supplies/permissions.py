"""Who may do what with supplies. An employer's officer has none of it: she sees totals above the threshold alone."""

from __future__ import annotations

from core.sdk import Permission
from core.sdk import gettext_noop as _

__all__ = ["CLINIC", "ISSUE", "KEEP", "PERMISSIONS", "READ"]

READ = "supplies.stock.read"
KEEP = "supplies.stock.keep"
ISSUE = "supplies.issue.make"
CLINIC = "supplies.issue.clinic"

SUPPLIES = ("supplies",)
WITH_PEOPLE = ("registry", "supplies")
STATION = ("station_staff",)
STAFF = ("station_staff", "medical_staff")

PERMISSIONS = (
    Permission(code=READ, title=_("see stock and ledger"), roles=STAFF, compartments=SUPPLIES),
    Permission(code=KEEP, title=_("keep stock"), roles=STATION, compartments=SUPPLIES),
    Permission(code=ISSUE, title=_("hand out supplies"), roles=STAFF, compartments=WITH_PEOPLE),
    Permission(
        code=CLINIC,
        title=_("begin methods that a clinician begins"),
        roles=("medical_staff",),
        compartments=WITH_PEOPLE,
    ),
)
