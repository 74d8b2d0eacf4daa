"""The marks that say which figures are stale.

The cells, `figures.figure`, have a key of four columns (tenant_id, period, indicator, cut), which Piccolo
cannot express: they are read through `core.figures.read` and written by the recompute alone. The region is
the tenant of its own figures, as of its own acts: a cell of the town is a row whose `tenant_id` is the
region's id, so every level has the same shape and a county is one more.
"""

from __future__ import annotations

from piccolo.columns import Boolean, Date, Text

from core.kernel.tables import TenantTable

__all__ = ["Stale"]


class Stale(TenantTable, tablename="stale", schema="figures"):
    """Rows of `source` dated `first_day` changed in this tenant, or from then on. Appended, never updated."""

    source = Text()
    first_day = Date()
    is_onward = Boolean()
