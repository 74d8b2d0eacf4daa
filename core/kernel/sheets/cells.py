"""What a spreadsheet consists of once it is read: rows of small plain values."""

from __future__ import annotations

from datetime import date

import msgspec

__all__ = ["Cell", "Row"]

Cell = str | int | float | date | None
"""Text, number, real date, or nothing. The type tells how the cell was stored: a number is never text."""


class Row(msgspec.Struct, frozen=True):
    """One row that is not empty; `cells` begins at column A, blanks at the end are cut off."""

    sheet: str
    """Empty for a CSV file."""
    number: int
    """Row of the sheet, or line of the CSV file on which the record begins; from 1."""
    cells: tuple[Cell, ...]

    def cell(self, column: int) -> Cell:
        """The cell of a column counted from 0; nothing beyond the last one."""
        return self.cells[column] if column < len(self.cells) else None
