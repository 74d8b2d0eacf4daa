"""The pages of supplies."""

from __future__ import annotations

from plugins.supplies.pages import (
    behind,
    counter,
    counts,
    deciding,
    needs,
    outlets,
    pack_dates,
    papers,
    points,
    recalled,
    requisitions,
    shipments,
    stock,
    transfers,
    vouchers,
)

__all__ = ["PAGES"]

PAGES = (
    *counter.PAGES,
    *vouchers.PAGES,
    *stock.PAGES,
    *pack_dates.PAGES,
    *counts.PAGES,
    *recalled.PAGES,
    *points.PAGES,
    *outlets.PAGES,
    *needs.PAGES,
    *requisitions.PAGES,
    *deciding.PAGES,
    *shipments.PAGES,
    *transfers.PAGES,
    *papers.PAGES,
    *behind.PAGES,
)
