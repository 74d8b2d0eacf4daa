"""The cells of the figures, and the marks that say which of them are stale.

The region is the tenant of its own figures, as of its own acts: a cell of the town is a row whose `tenant_id`
is the region's id. So every level has the same shape, and a county is one more row of it.
"""

from __future__ import annotations

from piccolo.columns import UUID, BigInt, Boolean, Date, Numeric, Text

from core.kernel.tables import TenantTable

__all__ = ["Figure", "Stale"]


class Stale(TenantTable, tablename="stale", schema="figures"):
    """Rows of `source` dated `first_day` changed in this tenant, or from then on. Appended, never updated."""

    source = Text()
    first_day = Date()
    is_onward = Boolean(default=False)


class Figure(TenantTable, tablename="figure", schema="figures"):
    """One cell: the value is num / divisor, with `den` as its denominator where it has one; None is unknown.

    The key is (tenant_id, period, indicator, cut); there is no id.
    """

    region_id = UUID(default=None)
    period = Text(primary_key=True)
    indicator = Text()
    cut = Text()
    num = Numeric(null=True, default=None)
    divisor = BigInt(default=1)
    den = Numeric(null=True, default=None)
