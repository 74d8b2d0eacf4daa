"""Rosters as files, laid out by offices that never agreed on anything."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from random import Random
from typing import Literal

from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet

Cell = str | int | float | date | None
Grid = list[list[Cell]]

COLUMNS = (
    "序号", "姓名", "性别", "人员类别", "证件类型", "证件号码", "出生日期", "户籍地代码", "户籍省",
    "联系电话", "登记日期", "入职日期", "企业", "车间", "岗位", "居住类型", "居住事由", "是否流动", "备注",
)  # fmt: skip
OPTIONAL = ("序号", "入职日期", "联系电话", "企业", "车间", "岗位", "居住类型", "居住事由", "备注")
NEEDED = ("人员类别", "证件类型", "登记日期", "是否流动")
OTHER_NAMES = {
    "姓名": ("姓 名", "姓\n名", "姓　名"),
    "证件号码": ("身份证号码", "证件\n号码", "身份证 号码"),
    "户籍地代码": ("户籍地区划代码", "户籍地\n区划代码"),
    "联系电话": ("手机号", "联系\n电话"),
    "登记日期": ("来镇登记日期", "来镇\n登记日期"),
    "企业": ("所在企业",),
    "是否流动": ("是否流动人口", "是否\n流动人口"),
}
DATE_FORMATS = (
    "yyyy-mm-dd", "yyyy/m/d", "m/d/yy h:mm", 'yyyy"年"m"月"d"日"', '[$-804]yyyy"年"m"月";@', "yyyy/mm/dd;@", "d-mmm-yy",
    "[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", "mm-dd-yy", "[$-409]mmm\\-yy;@",
)  # fmt: skip
TITLES = ("二〇二五年职工名册", "填报单位：某协会", "姓名按户口本填写", "请核对证件号码", "")
TOTALS = ("合计", "总计", "小计", "合 计", "合　计")


@dataclass(frozen=True)
class Office:
    """The habits of one office; they last."""

    form: Literal["xlsx", "1904", "gb18030", "utf-8-sig", "utf-8"]
    columns: tuple[str, ...]
    headers: Mapping[str, str]
    titles: int
    gap: bool
    indent: int
    total: str
    total_at: int
    family: bool
    notes: Literal["first", "last", "no"]

    @classmethod
    def invent(cls, rng: Random) -> Office:
        columns = [name for name in COLUMNS if name not in OPTIONAL or rng.random() < 0.85]
        if rng.random() < 0.5:
            rng.shuffle(columns)
        if rng.random() < 0.03:
            columns.remove(rng.choice(NEEDED))
        headers = {name: rng.choice((name, *OTHER_NAMES.get(name, ()))) for name in columns}
        return cls(
            form=rng.choice(("xlsx", "xlsx", "1904", "gb18030", "utf-8-sig", "utf-8")),
            columns=tuple(columns),
            headers=headers,
            titles=rng.choice((0, 1, 1, 2, 7, 30)),
            gap=rng.random() < 0.3,
            indent=rng.choice((0, 0, 0, 1, 3)),
            total=rng.choice((*TOTALS, "")),
            total_at=rng.choice((0, 0, 1, 4)),
            family=rng.random() < 0.6,
            notes=rng.choice(("first", "last", "no")),
        )


def write_roster(
    folder: Path, code: str, office: Office, rows: Sequence[Mapping[str, Cell]], rng: Random
) -> None:
    if office.form not in ("xlsx", "1904"):
        write_text(folder / f"{code}.csv", office, lay_out(office, rows, rng), rng)
        return
    cut = rng.randint(0, len(rows)) if office.family else len(rows)
    book = Workbook()
    if office.form == "1904":
        book.epoch = CALENDAR_MAC_1904
    book.remove(book.worksheets[0])
    if office.notes == "first":
        write_notes(book)
    fill(book.create_sheet("职工名册"), lay_out(office, rows[:cut], rng), rng)
    if office.family:
        fill(book.create_sheet("随行家属"), lay_out(office, rows[cut:], rng), rng)
    if office.notes == "last":
        write_notes(book)
        book.create_sheet("Sheet3")["B2"] = "姓名"
    book.save(folder / f"{code}.xlsx")


def write_notes(book: Workbook) -> None:
    """Advice with an example that looks like a list."""
    sheet = book.create_sheet("说明")
    for place, cells in enumerate((("填表说明",), COLUMNS, ("1", "示例"), ("合计",)), start=1):
        for column, cell in enumerate(cells, start=1):
            sheet.cell(place, column, cell)


def lay_out(office: Office, rows: Sequence[Mapping[str, Cell]], rng: Random) -> Grid:
    """Titles, the header, rows with gaps between them, the total, and what stands below it."""
    grid: Grid = [[rng.choice(TITLES)] for _ in range(office.titles)]
    grid += [[]] * office.gap
    grid.append([office.headers[name] for name in office.columns])
    for number, row in enumerate(rows, start=1):
        if rng.random() < 0.1:
            grid.append(rng.choice(([], [" "], [None, "\u3000"])))
        grid.append([number if name == "序号" else row.get(name) for name in office.columns])
    if office.total:
        grid.append([*[None] * office.total_at, office.total, f"{len(rows)}人"])
        grid += [[row.get(name) for name in office.columns] for row in rows[:1]]
        grid.append([office.headers[name] for name in office.columns])
        grid.append(["填表人：", "", "盖章"])
    return [[*[None] * office.indent, *cells] if cells else [] for cells in grid]


def fill(sheet: Worksheet, grid: Grid, rng: Random) -> None:
    for place, cells in enumerate(grid, start=1):
        for column, cell in enumerate(cells, start=1):
            if isinstance(cell, date):
                moment = datetime.combine(cell, time(8, 30) if rng.random() < 0.1 else time())
                sheet.cell(place, column, moment).number_format = rng.choice(DATE_FORMATS)
            elif isinstance(cell, str):
                if cell:
                    # Text stays text, even where it begins like a formula.
                    sheet.cell(place, column, cell).data_type = "s"
            elif cell is not None:
                sheet.cell(place, column, cell)
        if len(cells) == 1 and cells[0] and rng.random() < 0.7:
            sheet.merge_cells(start_row=place, start_column=1, end_row=place, end_column=6)


def write_text(path: Path, office: Office, grid: Grid, rng: Random) -> None:
    text = io.StringIO()
    ending = rng.choice(("\r\n", "\r\n", "\n"))
    quoting = rng.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL))
    writer = csv.writer(text, lineterminator=ending, quoting=quoting)
    for cells in grid:
        if cells:
            writer.writerow([as_text(cell) for cell in cells])
        else:
            text.write(rng.choice(("", ",,,")) + ending)
    path.write_bytes(text.getvalue().encode(office.form))


def as_text(cell: Cell) -> str:
    if isinstance(cell, float):
        return f"{cell:.5E}"
    return "" if cell is None else f"{cell:%Y-%m-%d}" if isinstance(cell, date) else str(cell)
