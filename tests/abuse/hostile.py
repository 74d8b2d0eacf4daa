"""Rosters that try to break the reader or to pass for something else; each with the verdict that is right for it.

The files that are refused as no spreadsheet at all stand in `tests/core/kernel/sheets/test_bombs.py`.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from msgspec import Struct
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from core.kernel.sheets.refusal import Reason
from tests.abuse.rosters import COLUMNS, good_row, resident_number
from tests.core.kernel.sheets.test_bombs import REFUSED
from tests.core.kernel.sheets.workbooks import PARTS, sheet_of, workbook

__all__ = ["EVERY_FILE", "ROSTERS", "Hostile", "Read"]

Build = Callable[[Path], Path]
Values = Sequence[object]


class Read(Struct, frozen=True, kw_only=True):
    """It is read: so many rows are new people, and these rows are rejected for these reasons."""

    added: int
    rejected: Mapping[int, str] = {}
    hidden: int = 0
    missing: tuple[str, ...] = ()


class NoList(Struct, frozen=True):
    """It is read, but no sheet has the list."""


class Hostile(Struct, frozen=True):
    build: Build
    verdict: Reason | Read | NoList
    name: str = "名册.xlsx"


def _values(person: int, **changes: object) -> list[object]:
    return list({**good_row(person), **changes}.values())


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _book(write: Callable[[Workbook], object], **options: object) -> Build:
    def build(path: Path) -> Path:
        with Workbook(str(path), {"strings_to_formulas": False, **options}) as book:
            write(book)
        return path

    return build


def _list(rows: Sequence[Values], header: Values = COLUMNS) -> Build:
    """A plain workbook of these rows."""
    return _book(lambda book: _fill(book.add_worksheet("职工名册"), rows, header))


def _fill(sheet: Worksheet, rows: Sequence[Values], header: Values = COLUMNS) -> Worksheet:
    for place, row in enumerate((header, *rows)):
        for column, value in enumerate(row):
            if isinstance(value, date):
                sheet.write_string(place, column, value.isoformat())
            elif value is not None:
                sheet.write(place, column, value)
    return sheet


def _csv(
    rows: Sequence[Values], delimiter: str = ",", ends: str = "\r\n", encoding: str = "utf-8", title: str = ""
) -> Build:
    lines = [delimiter.join(_text(value) for value in row) for row in (COLUMNS, *rows)]
    data = (title + ends.join(lines) + ends).encode(encoding)
    return _bytes(data)


def _bytes(data: bytes) -> Build:
    def build(path: Path) -> Path:
        path.write_bytes(data)
        return path

    return build


def _parts(changes: Mapping[str, str | bytes]) -> Build:
    return lambda path: workbook(path, changes)


def _inline(rows: Sequence[Values], dimension: str = "") -> str:
    """The sheet part by hand, where what a writer would never write is wanted."""
    lines = [
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{_text(value)}</t></is></c>' for value in row) + "</row>"
        for row in (COLUMNS, *rows)
    ]
    return sheet_of("".join(lines)).replace("<sheetData>", f"{dimension}<sheetData>")


SHEET = "xl/worksheets/sheet1.xml"
GOOD = [_values(1), _values(2)]


def _overlapping(path: Path) -> Path:
    """Many entries of the central directory name one piece of data: small on disk, huge when unpacked."""
    workbook(path, {SHEET: _inline(GOOD), "xl/media/a.bin": bytes(3_000_000)})
    data = path.read_bytes()
    end = data.rindex(b"PK\x05\x06")
    size, start = struct.unpack("<II", data[end + 12 : end + 20])
    directory = data[start : start + size]
    place = directory.index(b"xl/media/a.bin") - 46
    entry = directory[place : place + 46 + len(b"xl/media/a.bin")]
    more = b"".join(entry.replace(b"a.bin", b"%05d" % number) for number in range(500))
    count = len(PARTS) + 1 + 500
    tail = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, count, count, size + len(more), start, 0)
    path.write_bytes(data[:start] + directory + more + tail)
    return path


def _nested(path: Path) -> Path:
    """A bomb in a zip in the workbook: nobody unpacks what is only carried along."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(20_000_000))
    return workbook(path, {SHEET: _inline(GOOD), "xl/media/inner.zip": inner.getvalue()})


def _two_faced(path: Path) -> Path:
    """The name before the data is another one than in the directory."""
    data = workbook(path, {SHEET: _inline(GOOD)}).read_bytes()
    path.write_bytes(data.replace(SHEET.encode(), b"xl/worksheets/other1.xml", 1))
    return path


def _stored_wrongly(path: Path) -> Path:
    """The check sum of a part is that of something else."""
    data = bytearray(workbook(path, {SHEET: _inline(GOOD)}).read_bytes())
    crc = struct.pack("<I", zlib.crc32(_inline(GOOD).encode()))
    path.write_bytes(bytes(data).replace(crc, struct.pack("<I", 7)))
    return path


def _merged(book: Workbook) -> None:
    sheet = book.add_worksheet("职工名册")
    sheet.merge_range(0, 0, 0, len(COLUMNS) - 1, "星河镇花名册")
    for column, name in enumerate(COLUMNS):
        sheet.merge_range(1, column, 2, column, "\n".join(name))
    for place, row in enumerate(GOOD, start=3):
        sheet.write_row(place, 0, [_text(value) for value in row])


def _dates(book: Workbook) -> None:
    """As real dates, as text in the three ways, and as a bare number, which is no date."""
    sheet = _fill(book.add_worksheet("职工名册"), [_values(number) for number in range(5)])
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    column = COLUMNS.index("登记日期")
    moment = datetime(2026, 3, 1)  # noqa: DTZ001 -- a cell has no zone
    sheet.write_datetime(1, column, moment, day)
    for place, told in enumerate(("2026/3/1", "20260301", "2026-3-1"), start=2):
        sheet.write_string(place, column, told)
    sheet.write_number(5, column, 46082)


LAST_VALUES: Sequence[tuple[int, str, Any]] = (
    (1, "岗位", "缝纫"),
    (2, "姓名", ""),
    (3, "证件号码", 199003010023),
)


def _formulas(book: Workbook) -> None:
    """What a formula last gave is a value like any other; one that gave nothing gives nothing."""
    sheet = _fill(book.add_worksheet("职工名册"), [_values(number) for number in range(3)])
    for place, name, last in LAST_VALUES:
        sheet.write_formula(place, COLUMNS.index(name), '=WEBSERVICE("http://example.invalid")', None, last)


def _many_sheets(book: Workbook) -> None:
    for number in range(300):
        _fill(book.add_worksheet(f"第{number}页"), [_values(number)])


def _tall_sheets(book: Workbook) -> None:
    for number in range(900):
        book.add_worksheet(f"第{number}页").write_string(1_048_575, 0, "x")


def _hidden(book: Workbook) -> None:
    _fill(book.add_worksheet("职工名册"), GOOD)
    _fill(book.add_worksheet("隐藏"), [_values(3)]).hide()
    _fill(book.add_worksheet("深藏"), [_values(4)]).very_hidden()


def _only_hidden(book: Workbook) -> None:
    book.add_worksheet("封面").write_string(0, 0, "看第二页")
    _fill(book.add_worksheet("深藏"), GOOD).very_hidden()


def _chart(book: Workbook) -> None:
    _fill(book.add_worksheet("职工名册"), GOOD)
    chart = book.add_chart({"type": "line"})
    assert chart is not None
    chart.add_series({"values": "=职工名册!$A$1:$A$3"})
    book.add_chartsheet("图").set_chart(chart)


def _objects(book: Workbook) -> None:
    """Links, remarks and a check of what is typed in: none of it is data."""
    sheet = _fill(book.add_worksheet("职工名册"), GOOD)
    sheet.write_url(1, 20, "http://example.invalid/steal", string="x")
    sheet.write_comment(1, 1, "javascript:alert(1)")
    sheet.data_validation("B2:B9", {"validate": "list", "source": ["男", "女"]})


def _deep(levels: int) -> str:
    return sheet_of("<a>" * levels + "</a>" * levels)


def _wide_element(count: int) -> str:
    attributes = " ".join(f'a{number}="1"' for number in range(count))
    return sheet_of(f"<row {attributes}/>")


ID = "证件号码"
ZERO_WIDTH = f"{resident_number(1)[:9]}\u200b{resident_number(1)[9:]}"

ROSTERS: Mapping[str, Hostile] = {
    "comma": Hostile(_csv(GOOD), Read(added=2), "名册.csv"),
    "semicolon": Hostile(_csv(GOOD, ";"), Read(added=2), "名册.csv"),
    "tab": Hostile(_csv(GOOD, "\t"), Read(added=2), "名册.txt"),
    "byte order mark": Hostile(_csv(GOOD, encoding="utf-8-sig"), Read(added=2), "名册.csv"),
    "GB18030 with a title": Hostile(
        _csv(GOOD, encoding="gb18030", title="花名册\r\n"), Read(added=2), "名册.csv"
    ),
    "lone CR": Hostile(_csv(GOOD, ends="\r"), Read(added=2), "名册.csv"),
    "lone LF": Hostile(_csv(GOOD, ends="\n"), Read(added=2), "名册.csv"),
    "NUL": Hostile(_csv([_values(1, 姓名="王\0芳")]), Reason.NOT_A_SHEET, "名册.csv"),
    "backspace": Hostile(_csv([_values(1, 姓名="王\b芳")]), Reason.NOT_A_SHEET, "名册.csv"),
    "CSV that is called a workbook": Hostile(_csv(GOOD), Read(added=2), "名册.xlsx"),
    "workbook that is called a picture": Hostile(_list(GOOD), Read(added=2), "../../名册.jpg\0.exe"),
    "formula as text": Hostile(
        _csv([_values(1, 岗位="=cmd|'/C calc'!A0"), _values(2, 姓名="@SUM(1)")]), Read(added=2), "名册.csv"
    ),
    "formulas": Hostile(_book(_formulas), Read(added=1, rejected={3: "MISSING_REQUIRED", 4: "ID_AS_NUMBER"})),
    "hidden sheets": Hostile(_book(_hidden), Read(added=2, hidden=2)),
    "the list on a hidden sheet": Hostile(_book(_only_hidden), NoList()),
    "merged cells": Hostile(_book(_merged), Read(added=2)),
    "a chart sheet": Hostile(_book(_chart), Read(added=2)),
    "links and remarks": Hostile(_book(_objects), Read(added=2)),
    "dates": Hostile(_book(_dates), Read(added=4, rejected={6: "DATE_INVALID"})),
    "dates of 1904": Hostile(_book(_dates, date_1904=True), Read(added=4, rejected={6: "DATE_INVALID"})),
    "numbers as figures": Hostile(
        _list([_values(1, **{ID: int(resident_number(1)[:15])}), _values(2)]),
        Read(added=1, rejected={2: "ID_AS_NUMBER"}),
    ),
    "figures as text": Hostile(
        _list([_values(1, 性别="1", 是否流动="1", 证件类型="01"), _values(2)]), Read(added=2)
    ),
    "a column twice": Hostile(_list([[*row, "男的"] for row in GOOD], [*COLUMNS, "性别"]), Read(added=2)),
    "a column missing": Hostile(
        _list([row[:-1] for row in GOOD], COLUMNS[:-1]),
        Read(added=0, rejected={2: "UNKNOWN_CODE", 3: "UNKNOWN_CODE"}, missing=("是否流动",)),
    ),
    "no header": Hostile(_list(GOOD, ["甲"] * 13), NoList()),
    "only a header": Hostile(_list([]), Read(added=0)),
    "a hundred more columns": Hostile(
        _list([[*row, *range(100)] for row in GOOD], [*COLUMNS, *(f"列{n}" for n in range(100))]),
        Read(added=2),
    ),
    "right to left": Hostile(_list([_values(1, 姓名="王\u202e芳\u202c"), _values(2)]), Read(added=2)),
    "zero width in a number": Hostile(
        _list([_values(1, **{ID: ZERO_WIDTH}), _values(2)]), Read(added=1, rejected={2: "ID_FORMAT"})
    ),
    "control characters": Hostile(
        _list([_values(1, 姓名="\x01\x02\x1b"), _values(2, 姓名="王\x07芳")]),
        Read(added=1, rejected={2: "MISSING_REQUIRED"}),
    ),
    "lines in a cell": Hostile(_list([_values(1, 姓名="王\r\n\n芳"), _values(2)]), Read(added=2)),
    "a cell of 32,767 characters": Hostile(
        _list([_values(1, 姓名="王" * 32_767), _values(2)]), Read(added=2)
    ),
    "three hundred sheets": Hostile(_book(_many_sheets), Read(added=300)),
    "a nested bomb": Hostile(_nested, Read(added=2)),
    "overlapping entries": Hostile(_overlapping, Reason.RATIO),
    "another name before the data": Hostile(_two_faced, Read(added=2)),
    "a wrong check sum": Hostile(_stored_wrongly, Reason.DAMAGED),
    "a dimension that lies": Hostile(
        _parts({SHEET: _inline(GOOD, '<dimension ref="A1:XFD1048576"/>')}), Read(added=2)
    ),
    "elements a hundred thousand deep": Hostile(_parts({SHEET: _deep(100_000)}), NoList()),
    "fifty thousand attributes": Hostile(_parts({SHEET: _wide_element(50_000)}), NoList()),
    "a row that is none": Hostile(
        _parts({SHEET: sheet_of('<row r="99999999999"><c r="A99999999999"><v>1</v></c></row>')}),
        Reason.DAMAGED,
    ),
    "a string that is not there": Hostile(
        _parts({SHEET: sheet_of('<row><c t="s"><v>4000000000</v></c></row>')}), Reason.DAMAGED
    ),
    "numbers of every kind": Hostile(
        _parts(
            {
                SHEET: sheet_of(
                    "".join(
                        f"<row><c><v>{value}</v></c></row>"
                        for value in ("1e308", "-0", "NaN", "INF", "9" * 4000)
                    )
                )
            }
        ),
        NoList(),
    ),
    "quadratic entities": Hostile(
        _parts(
            {
                SHEET: '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "'
                + "a" * 50_000
                + '">]><x>'
                + "&a;" * 50_000
                + "</x>"
            }
        ),
        Reason.DECLARATIONS,
    ),
}

HEAVY: Mapping[str, Hostile] = {
    "nine hundred sheets of a million rows": Hostile(_book(_tall_sheets), Reason.TIME),
}
"""Takes all the time that there is, so it is left to the full size."""

EVERY_FILE: Mapping[str, Hostile] = {
    **{name: Hostile(build, reason) for name, (build, reason) in REFUSED.items()},
    **ROSTERS,
    **HEAVY,
}
