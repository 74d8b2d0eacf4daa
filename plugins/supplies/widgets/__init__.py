"""In the platform's own pages."""

from __future__ import annotations

from plugins.supplies.widgets import counter, stock

__all__ = ["WIDGETS"]

WIDGETS = (*counter.WIDGETS, *stock.WIDGETS)
