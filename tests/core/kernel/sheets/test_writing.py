"""No cell of an export is a formula, and nothing that was text is lost on the way out and back in."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import cast

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from core.kernel.sheets.neutral import neutral, plain
from core.kernel.sheets.reading import read_sheets
from core.kernel.sheets.writing import Column, CsvWriter, OutCell, XlsxWriter, write_csv, write_xlsx

_STARTS = ["=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠"]
_PAYLOADS = [start + rest for start in _STARTS for rest in ("1+1", "cmd|' /C calc'!A0", 'HYPERLINK("x")', "")]
_COLUMNS = (Column("姓名"), Column("数", "number", 8), Column("日", "date"))

_texts = st.text(st.characters(codec="utf-8"), max_size=40)


@pytest.mark.requirement("R29")
@given(_texts)
def test_marking_can_be_undone_exactly(text: str) -> None:
    assert plain(neutral(text)) == text


@pytest.mark.requirement("R29")
@pytest.mark.parametrize("payload", _PAYLOADS)
def test_dangerous_text_gets_an_apostrophe(payload: str) -> None:
    assert neutral(payload) == "'" + payload


def test_harmless_text_stays_as_it_is() -> None:
    assert [neutral(text) for text in ("张三", "O'Neil", "a=b", "", "'90s")] == [
        "张三", "O'Neil", "a=b", "", "'90s",
    ]  # fmt: skip


@pytest.mark.requirement("R29")
@given(st.lists(st.lists(_texts, min_size=2, max_size=4), max_size=5))
def test_csv_gives_every_text_back_and_no_formula(rows: list[list[str]]) -> None:
    target = io.BytesIO()
    write_csv(target, [Column("甲")], rows)
    text = target.getvalue().decode("utf-8-sig")
    read = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert [[plain(cell) for cell in row] for row in read[1:]] == rows
    assert not any(cell.startswith(tuple(_STARTS)) for row in read for cell in row)


def test_csv_has_mark_quotes_and_line_ends_for_excel() -> None:
    writer = CsvWriter(_COLUMNS)
    rows: list[list[OutCell]] = [["张;三", -5, date(2025, 3, 1)], ['说"好"', 0.5, None]]
    assert writer.head() + writer.lines(rows) == (
        b"\xef\xbb\xbf" + '"姓名","数","日"\r\n"张;三",-5,"2025-03-01"\r\n"说""好""",0.5,""\r\n'.encode()
    )


def _only_sheet(path: Path) -> Worksheet:
    return cast("Worksheet", openpyxl.load_workbook(path).active)


@pytest.mark.requirement("R29")
def test_workbook_holds_strings_where_formulas_were_meant(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    write_xlsx(path, "名册", _COLUMNS[:1], [[payload] for payload in _PAYLOADS])
    cells = [row[0] for row in _only_sheet(path).iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(str(cell.value).startswith("'") for cell in cells)


def test_workbook_keeps_kinds_and_text_format(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    write_xlsx(path, "a/b:c*" + "长" * 40, _COLUMNS, [["000000199003010023", 7, date(2025, 3, 1)]])
    sheet = _only_sheet(path)
    [row] = list(sheet.iter_rows(min_row=2))
    assert [cell.value for cell in row[:2]] == ["000000199003010023", 7]
    assert (row[0].number_format, row[2].number_format) == ("@", "yyyy-mm-dd")
    assert (sheet.title, len(sheet.title)) == ("a b c " + "长" * 25, 31)


async def test_what_is_written_can_be_imported(tmp_path: Path) -> None:
    xlsx, text = tmp_path / "out.xlsx", tmp_path / "out.csv"
    rows: list[list[OutCell]] = [["=1+1", 3, date(2025, 3, 1)], ["阿依古丽·艾合买提", None, None]]
    write_xlsx(xlsx, "名册", _COLUMNS, rows)
    with text.open("wb") as file:
        write_csv(file, _COLUMNS, rows)
    assert [row.cells async for row in read_sheets(xlsx)] == [
        ("姓名", "数", "日"), ("'=1+1", 3, date(2025, 3, 1)), ("阿依古丽·艾合买提",),
    ]  # fmt: skip
    assert [row.cells async for row in read_sheets(text)] == [
        ("姓名", "数", "日"), ("'=1+1", "3", "2025-03-01"), ("阿依古丽·艾合买提",),
    ]  # fmt: skip


def test_sheets_are_written_one_after_the_other_without_keeping_rows(tmp_path: Path) -> None:
    def rows() -> Iterator[list[OutCell]]:
        return ([f"人{number}", number] for number in range(2_000))

    with XlsxWriter(tmp_path / "two.xlsx") as book:
        for name in ("一", "二"):
            sheet = book.sheet(name, _COLUMNS)
            for row in rows():
                sheet.write(row)
    assert [sheet.max_row for sheet in openpyxl.load_workbook(tmp_path / "two.xlsx")] == [2_001, 2_001]
