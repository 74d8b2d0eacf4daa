"""The pages of supplies."""

from __future__ import annotations

from plugins.supplies.pages import counter, counts, outlets, points, recalled, stock, vouchers

__all__ = ["PAGES"]

PAGES = (
    *counter.PAGES,
    *vouchers.PAGES,
    *stock.PAGES,
    *counts.PAGES,
    *recalled.PAGES,
    *points.PAGES,
    *outlets.PAGES,
)
