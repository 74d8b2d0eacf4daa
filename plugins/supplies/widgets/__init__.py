"""In the platform's own pages."""

from __future__ import annotations

from plugins.supplies.widgets import counter, orders, stock

__all__ = ["WIDGETS"]

WIDGETS = (*counter.WIDGETS, *orders.WIDGETS, *stock.WIDGETS)
