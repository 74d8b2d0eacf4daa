"""Who fills in, sends and answers reports."""

from __future__ import annotations

from core.sdk import Permission
from core.sdk import gettext_noop as _

__all__ = ["DECIDE", "FILL", "PERMISSIONS", "READ", "REPORTERS", "REVIEW", "SUBMIT"]

READ = "reporting.report.read"
FILL = "reporting.report.fill"
SUBMIT = "reporting.report.submit"
REVIEW = "reporting.report.review"
DECIDE = "reporting.report.decide"

REPORTERS = ("tenant_reporter",)
REPORTS = ("reports",)

PERMISSIONS = (
    Permission(code=READ, title=_("see the unit's reports"), roles=REPORTERS, compartments=REPORTS),
    Permission(code=FILL, title=_("fill in reports"), roles=REPORTERS, compartments=REPORTS),
    Permission(code=SUBMIT, title=_("submit reports"), roles=REPORTERS, compartments=REPORTS),
    Permission(code=REVIEW, title=_("see the units' reports"), roles=("town_admin", "town_analyst")),
    Permission(code=DECIDE, title=_("approve and return reports"), roles=("town_admin",)),
)
