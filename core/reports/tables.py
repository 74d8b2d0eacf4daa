"""Reports: a unit's account of a period, and every act on it.

The cells of every submission, `reports.cell`, have a key of five columns, which Piccolo cannot express:
they are read and written through `core.reports.cells`. Numbers alone: no person is in any of these tables.
So the town reads them through its own door, and acts on them there.
"""

from __future__ import annotations

from piccolo.columns import UUID, Date, Integer, Text, Timestamptz

from core.kernel.tables import TenantTable

__all__ = ["Report", "Step"]


class Report(TenantTable, tablename="report", schema="reports"):
    """One form of one period; `submissions` is the number of the latest one, 0 before the first."""

    region_id = UUID(default=None)
    form = Text()
    form_version = Integer()
    period = Text()
    first_day = Date(default=None)
    due_on = Date(default=None)
    state = Text(default="draft")
    version = Integer(default=1)
    """Counts what was changed, so that nobody acts on a page that is out of date."""
    submissions = Integer(default=0)
    received_on = Date(null=True, default=None)
    """The day of the first submission: a return makes nobody late."""
    prepared_by = UUID(null=True, default=None)


class Step(TenantTable, tablename="step", schema="reports"):
    """An act on a report; `indicator` and `cut` name the cell that a reason is pinned to."""

    region_id = UUID(default=None)
    report_id = UUID(default=None)
    at = Timestamptz(default=None)
    actor = UUID(null=True, default=None)
    act = Text()
    state = Text()
    """After it."""
    submission = Integer()
    reason = Text(default="")
    indicator = Text(default="")
    cut = Text(default="")
