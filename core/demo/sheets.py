"""Rosters as files: workbooks of both date systems, and two kinds of CSV."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from io import StringIO
from pathlib import Path
from random import Random

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from core.demo.layouts import FAMILY_ABSENT, Layout
from core.demo.rosters import Cell, Row
from core.demo.town import Tenant

__all__ = ["Book", "write_roster"]

WORKERS, FAMILY, NOTES = "职工名册", "随行家属", "说明"
SIGNATURE = "填表人：            审核人：            （盖章）"
ADVICE = (
    "填表说明",
    "1. 请由用工单位填写；姓名与证件号码必填，证件号码一列请先设为文本格式。",
    "2. 日期写作 2025-3-1、2025/3/1 或 20250301。",
    "3. 家属自愿登记，填在“随行家属”表中。",
    "姓名、证件号码两列不可删除。",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """The content of one roster file; an empty row is a row that the clerk left free."""

    tenant: Tenant
    today: date
    workers: Sequence[Row]
    family: Sequence[Row]


def write_roster(folder: Path, book: Book, layout: Layout, rng: Random) -> None:
    """Write `<tenant>.xlsx` or `<tenant>.csv` into the folder."""
    path = folder / f"{book.tenant.code}.{layout.suffix}"
    if layout.form == "xlsx":
        write_workbook(path, book, layout, rng)
    else:
        write_text(path, book, layout, rng)


def write_workbook(path: Path, book: Book, layout: Layout, rng: Random) -> None:
    """Sheets for workers and family, and a sheet of advice that is never data."""
    options = {"date_1904": layout.date_1904, "in_memory": True}
    family_columns = tuple(name for name in layout.columns if name not in FAMILY_ABSENT)
    with Workbook(str(path), options) as workbook:
        workbook.set_properties({"created": datetime.combine(book.today, time(8), tzinfo=UTC)})
        if layout.notes_first:
            write_notes(workbook)
        for name, columns, rows in (
            (WORKERS, layout.columns, book.workers),
            (FAMILY, family_columns, book.family),
        ):
            if rows:
                grid = lay_out(book, layout, name, columns, with_gaps(rows, rng))
                SheetWriter(workbook, name, len(columns), layout).write([*grid, [SIGNATURE]])
        if not layout.notes_first:
            write_notes(workbook)


def write_notes(workbook: Workbook) -> None:
    """Advice for those who fill the workbook in."""
    sheet = workbook.add_worksheet(NOTES)
    for place, line in enumerate(ADVICE):
        sheet.write_string(place, 0, line)


def write_text(path: Path, book: Book, layout: Layout, rng: Random) -> None:
    """One table of workers and family; only the older encoding comes with a title line."""
    rows = with_gaps([*book.workers, *book.family], rng)
    grid = lay_out(book, layout, "职工及家属名册", layout.columns, rows)
    if layout.form == "utf-8-sig":
        grid = grid[1:]
    width = len(layout.columns)
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    for cells in grid:
        writer.writerow(["" if cell is None else cell for cell in (*cells, *[None] * (width - len(cells)))])
    path.write_bytes(text.getvalue().encode(layout.form))


def with_gaps(rows: Sequence[Row], rng: Random) -> list[Row]:
    """The rows with one or two empty ones between them."""
    spaced = list(rows)
    for _ in range(1 + (len(rows) > 60)):
        spaced.insert(rng.randint(1, len(spaced) - 1) if len(spaced) > 1 else 0, {})
    return spaced


def lay_out(
    book: Book, layout: Layout, name: str, columns: Sequence[str], rows: Sequence[Row]
) -> list[list[Cell]]:
    """Title, header, numbered rows and the total, as a grid of cells."""
    grid: list[list[Cell]] = [[f"{book.tenant.name}{book.today.year}年度{name}"]]
    if layout.subtitle:
        day = book.today
        grid.append([f"填报单位：{book.tenant.name}    填报日期：{day.year}年{day.month}月{day.day}日"])
    if layout.gap_below_title:
        grid.append([])
    grid.append([layout.header(column) for column in columns])
    number = 0
    for row in rows:
        number += bool(row)
        grid.append([number if column == "序号" else row.get(column) for column in columns] if row else [])
    grid.append([layout.total, None, f"{number}人"])
    return grid


class SheetWriter:
    """Puts a grid into a worksheet, with the merged cells that make life hard for importers."""

    def __init__(self, workbook: Workbook, name: str, width: int, layout: Layout) -> None:
        self.sheet: Worksheet = workbook.add_worksheet(name)
        self.width = width
        self.layout = layout
        pattern = "yyyy/m/d" if layout.date_1904 else "yyyy-mm-dd"
        self.day: Format = workbook.add_format({"num_format": pattern})
        self.bold: Format = workbook.add_format({"bold": True, "align": "center", "text_wrap": True})

    def write(self, grid: Sequence[Sequence[Cell]]) -> None:
        """Everything, title to signature."""
        header = next(place for place, cells in enumerate(grid) if len(cells) == self.width)
        self.sheet.set_column(0, self.width - 1, 13)
        for place, cells in enumerate(grid):
            merged = self.width - 1 if place < header else 5
            if len(cells) == 1:
                self.sheet.merge_range(place, 0, place, merged, cells[0], self.bold)
            elif len(cells) == 3:
                self.sheet.merge_range(place, 0, place, 1, cells[0], self.bold)
                self.put(place, 2, cells[2])
            else:
                for column, cell in enumerate(cells):
                    self.put(place, column, cell, self.bold if place == header else None)

    def put(self, row: int, column: int, cell: Cell, form: Format | None = None) -> None:
        """One cell, in its own type: dates stay dates, digits typed as text stay text."""
        if isinstance(cell, date):
            self.sheet.write_datetime(row, column, datetime.combine(cell, time()), self.day)
        elif isinstance(cell, int):
            self.sheet.write_number(row, column, cell)
        elif cell:
            self.sheet.write_string(row, column, cell, form)
