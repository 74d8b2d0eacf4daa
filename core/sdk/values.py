"""The values that people type and the files that they send: re-exports for plug-ins, nothing of its own."""

from __future__ import annotations

from core.kernel.sheets.cells import Cell, Row
from core.kernel.sheets.limits import Limits
from core.kernel.sheets.neutral import neutral, plain
from core.kernel.sheets.reading import SheetFile, open_sheets, read_sheets
from core.kernel.sheets.writing import Column, CsvWriter, OutCell, SheetWriter, XlsxWriter
from core.kernel.text import clean
from core.people import divisions, documents, names, phones, presence
from core.people.codes import plain_code

__all__ = [
    "Cell",
    "Column",
    "CsvWriter",
    "Limits",
    "OutCell",
    "Row",
    "SheetFile",
    "SheetWriter",
    "XlsxWriter",
    "clean",
    "divisions",
    "documents",
    "names",
    "neutral",
    "open_sheets",
    "phones",
    "plain",
    "plain_code",
    "presence",
    "read_sheets",
]
