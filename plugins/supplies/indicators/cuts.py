"""What the figures of supplies read, and how they are broken down."""

from __future__ import annotations

from core.sdk import Cut, Source
from core.sdk import gettext_noop as _
from plugins.supplies.services.methods import METHODS
from plugins.supplies.services.names import product_names

__all__ = ["BOOKS", "ENTRIES", "METHOD", "ON_A_DAY", "POINT", "SKU", "cut"]

ON_A_DAY = Source("supplies.entry", "day")
"""Of what happened in the period."""
ENTRIES = Source("supplies.entry")
"""Of balances: what is entered for a day changes every later one."""
BOOKS = Source("supplies.book")

METHOD = Cut("method", _("by method"), words={code: method.title for code, method in METHODS.items()})
SKU = Cut("sku", _("by product"), named=product_names)
POINT = Cut("point", _("by service point"))


def cut(name: str, rows: str = "e") -> str:
    return f"'{name}=' || {rows}.{name}"
