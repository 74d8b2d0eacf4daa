"""What the town tells its units, and who of them has read it.

Each unit has a row of its own for every notice that it got, one for each version: so its wall holds here as
everywhere, and a reading is of the very words that were read.
"""

from __future__ import annotations

from piccolo.columns import UUID, Boolean, Date, Integer, Text, Timestamptz

from core.kernel.tables import TenantTable

__all__ = ["Notice", "Reading"]


class Notice(TenantTable, tablename="notice", schema="notices"):
    """One version of a notice as one unit got it; `notice_id` is the same in all units and versions."""

    region_id = UUID(default=None)
    notice_id = UUID(default=None)
    version = Integer(default=1)
    title = Text()
    body = Text()
    due_on = Date(null=True, default=None)
    needs_answer = Boolean(default=False)
    posted_at = Timestamptz(default=None)
    posted_by = UUID(default=None)
    replaced_at = Timestamptz(null=True, default=None)
    withdrawn_at = Timestamptz(null=True, default=None)
    withdrawn_why = Text(default="")
    done_at = Timestamptz(null=True, default=None)
    done_by = UUID(null=True, default=None)


class Reading(TenantTable, tablename="reading", schema="notices"):
    """Somebody of the unit said that she has read this version. Written once, never changed."""

    region_id = UUID(default=None)
    row_id = UUID(default=None)
    account_id = UUID(default=None)
    read_at = Timestamptz(default=None)
