"""Dates as rosters hold them."""

from __future__ import annotations

import re
from datetime import date

from core.sdk.values import Cell, plain_code

__all__ = ["roster_day"]

_DAY = re.compile(r"([0-9]{4})(?:([-/])([0-9]{1,2})\2([0-9]{1,2})|([0-9]{2})([0-9]{2}))")


def roster_day(cell: Cell) -> date | None:
    """A real date cell, or 2025/3/1, 2025-03-01, 20250301 as text; ValueError for all else but blanks."""
    if isinstance(cell, date):
        return cell
    if not isinstance(cell, str | None):
        raise ValueError(cell)
    text = plain_code(cell or "")
    if not text:
        return None
    found = _DAY.fullmatch(text)
    if not found:
        raise ValueError(text)
    year, _mark, month, day, month_digits, day_digits = found.groups()
    return date(int(year), int(month or month_digits), int(day or day_digits))
