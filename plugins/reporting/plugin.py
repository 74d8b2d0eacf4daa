"""Reporting: the monthly report of a unit, filled from its figures, and the town's answer to it."""

from __future__ import annotations

from core.sdk import Plugin
from core.sdk import gettext_noop as _

__all__ = ["plugin"]

plugin = Plugin(
    name="reporting",
    title=_("Monthly reports"),
    description=_(
        "Fills the monthly report from the unit's figures, sends it to the town and follows its answer."
    ),
    requires_sdk=">=1.2,<2",
    order=80,
    acts={"reporting.cell.fill": _("filled in %(cells)s cells of the report for %(period)s")},
)
