"""The rows of an .xlsx workbook. Runs in the child, after the archive was looked through."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

from msgspec.msgpack import Ext
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from core.kernel.sheets.limits import Limits
from core.kernel.sheets.refusal import Reason, Refusal
from core.kernel.sheets.wire import Opened, date_cell

__all__ = ["WorkbookFile"]

WireCell = str | int | float | Ext | None
SourceCell = int | float | str | bool | time | date | datetime | timedelta

_EXACT = 10**18
_MOST_ROWS = 1_048_576
"""No spreadsheet program has more; calamine would pad up to whatever number the file names."""


class WorkbookFile:
    """Visible worksheets only: what a clerk cannot see she cannot have meant to send."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        try:
            self._book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        except CalamineError as error:
            raise Refusal(Reason.DAMAGED) from error
        self._limits = limits
        sheets = [sheet for sheet in self._book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
        self._visible = [sheet.name for sheet in sheets if sheet.visible == SheetVisibleEnum.Visible]
        self._hidden = [sheet.name for sheet in sheets if sheet.visible != SheetVisibleEnum.Visible]

    def opened(self) -> Opened:
        return Opened(sheets=tuple(self._visible), hidden=tuple(self._hidden))

    def rows(self) -> Iterator[tuple[str, int, list[WireCell]]]:
        """(sheet, row number, cells) of every row that is not empty."""
        for name in self._visible:
            try:
                sheet = self._book.get_sheet_by_name(name)
            except CalamineError as error:
                raise Refusal(Reason.DAMAGED) from error
            for number, cells in self._rows_of(sheet):
                yield name, number, cells

    def _rows_of(self, sheet: CalamineSheet) -> Iterator[tuple[int, list[WireCell]]]:
        if sheet.start is None or sheet.end is None:
            return
        if sheet.end[0] >= _MOST_ROWS:
            raise Refusal(Reason.DAMAGED)
        if sheet.end[1] >= self._limits.columns:
            raise Refusal(Reason.COLUMNS, sheet=sheet.name, limit=self._limits.columns)
        # calamine pads the rows above the first one, but not the columns before it.
        before: list[WireCell] = [None] * sheet.start[1]
        for number, source in enumerate(sheet.iter_rows(), start=1):
            cells = list(self._cells(source, number))
            _cut_blanks(cells)
            if cells:
                yield number, before + cells

    def _cells(self, source: Iterable[SourceCell], number: int) -> Iterator[WireCell]:
        for value in source:
            if isinstance(value, str) and len(value) > self._limits.cell_chars:
                raise Refusal(Reason.CELL, row=number, limit=self._limits.cell_chars)
            yield _wire_cell(value)


def _cut_blanks(cells: list[WireCell]) -> None:
    while cells and cells[-1] is None:
        cells.pop()


def _wire_cell(value: SourceCell) -> WireCell:
    if isinstance(value, str):
        return value or None
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, int):
        return value if abs(value) < _EXACT else float(value)
    if isinstance(value, datetime):
        return date_cell(value.date())
    return date_cell(value) if isinstance(value, date) else str(value)


def _number(value: float) -> WireCell:
    if not math.isfinite(value):
        return str(value)
    return int(value) if value.is_integer() and abs(value) < _EXACT else value
