"""Exports for people: CSV and .xlsx written row by row, with no cell that a program would run as a formula.

Both formats mark dangerous text in the same way. In a workbook the marked text is a string already, but
people save workbooks as CSV, and then nothing else protects the next reader. Not for machine files.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, BinaryIO, Literal, Self

import msgspec

from core.kernel.sheets.neutral import neutral

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

__all__ = ["Column", "CsvWriter", "OutCell", "SheetWriter", "XlsxWriter", "write_csv", "write_xlsx"]

OutCell = str | int | float | Decimal | date | None

_BOM = "\ufeff"
_DATE_FORMAT = "yyyy-mm-dd"
_LONGEST_CELL = 32_767
_LONGEST_NAME = 31
_NOT_IN_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


class Column(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One column of an export; `text` columns stay text when somebody types into them afterwards."""

    title: str
    kind: Literal["text", "number", "date"] = "text"
    width: int = 14
    """In characters; CSV has none."""
    name: str = ""
    """As the list on the page calls it: where the reader chose columns, a file holds those alone."""


class CsvWriter:
    """UTF-8 with byte order mark, CRLF, every text quoted: what Excel and WPS open rightly everywhere.

    A quoted field also stays one field where the system's list separator is a semicolon.
    """

    def __init__(self, columns: Sequence[Column]) -> None:
        self._columns = columns

    def head(self) -> bytes:
        """The first piece of the file."""
        return (_BOM + _csv_lines([[column.title for column in self._columns]])).encode()

    def lines(self, rows: Iterable[Sequence[OutCell]]) -> bytes:
        """The next piece of the file."""
        return _csv_lines(rows).encode()


def write_csv(target: BinaryIO, columns: Sequence[Column], rows: Iterable[Sequence[OutCell]]) -> None:
    """A whole CSV file; `rows` is consumed one by one."""
    writer = CsvWriter(columns)
    target.write(writer.head())
    for row in rows:
        target.write(writer.lines([row]))


def _csv_lines(rows: Iterable[Sequence[OutCell]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    writer.writerows([_csv_cell(cell) for cell in row] for row in rows)
    return text.getvalue()


def _csv_cell(cell: OutCell) -> str | int | float | Decimal:
    if cell is None:
        return ""
    if isinstance(cell, date):
        return cell.isoformat()
    return neutral(cell) if isinstance(cell, str) else cell


class XlsxWriter:
    """A workbook under construction; one sheet after the other, one row after the other, in little memory."""

    def __init__(self, target: Path | IO[bytes]) -> None:
        from xlsxwriter import Workbook  # forty modules, for a file that few processes ever write

        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self._book = Workbook(str(target) if isinstance(target, Path) else target, options)
        self._text: Format = self._book.add_format({"num_format": "@"})
        self._date: Format = self._book.add_format({"num_format": _DATE_FORMAT})
        self._bold: Format = self._book.add_format({"num_format": "@", "bold": True})

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._book.close()

    def sheet(self, name: str, columns: Sequence[Column]) -> SheetWriter:
        """The next sheet, with its heading row; characters that a sheet name cannot have become blanks."""
        fit = _NOT_IN_NAME.sub(" ", name).strip("' ")[:_LONGEST_NAME]
        sheet: Worksheet = self._book.add_worksheet(fit)
        for index, column in enumerate(columns):
            sheet.set_column(index, index, column.width, self._text if column.kind == "text" else None)
            sheet.write_string(0, index, neutral(column.title), self._bold)
        return SheetWriter(sheet, self._text, self._date)


class SheetWriter:
    """The sheet that is being written; starting the next one ends it."""

    def __init__(self, sheet: Worksheet, text: Format, day: Format) -> None:
        self._sheet = sheet
        self._text = text
        self._date = day
        self._row = 0

    def write(self, row: Sequence[OutCell]) -> None:
        """One row below the last one."""
        self._row += 1
        for column, cell in enumerate(row):
            self._write_cell(column, cell)

    def _write_cell(self, column: int, cell: OutCell) -> None:
        if cell is None:
            return
        if isinstance(cell, str):
            text = neutral(cell)[:_LONGEST_CELL]
            self._sheet.write_string(self._row, column, text, self._text)
        elif isinstance(cell, date):
            midnight = datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001 - a day has no zone
            self._sheet.write_datetime(self._row, column, midnight, self._date)
        else:
            self._sheet.write_number(self._row, column, float(cell))


def write_xlsx(
    target: Path | IO[bytes], name: str, columns: Sequence[Column], rows: Iterable[Sequence[OutCell]]
) -> None:
    """A whole workbook of one sheet; `rows` is consumed one by one."""
    with XlsxWriter(target) as book:
        sheet = book.sheet(name, columns)
        for row in rows:
            sheet.write(row)
