"""What the unit fills in by hand, until it is submitted; what was submitted is the platform's to keep."""

from __future__ import annotations

from piccolo.columns import UUID, Integer, Text, Timestamptz

from core.sdk import TableUse, TenantTable

__all__ = ["TABLES", "Entry"]


class Entry(TenantTable, tablename="entry", schema="reporting"):
    """A cell as it stands in the draft: a number, a remark, or both; an empty number is not filled in yet."""

    period = Text()
    indicator = Text()
    cut = Text()
    number = Integer(null=True, default=None)
    remark = Text(default="")
    changed_at = Timestamptz()
    changed_by = UUID(null=True, default=None)


TABLES = (TableUse(table=Entry, compartment="reports"),)
