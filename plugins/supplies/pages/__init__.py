"""The pages of supplies."""

from __future__ import annotations

from plugins.supplies.pages import counter, vouchers

__all__ = ["PAGES"]

PAGES = (
    *counter.PAGES,
    *vouchers.PAGES,
)
