"""What a person sees in Excel or WPS is what the reader says: values, kinds, row numbers."""

from __future__ import annotations

import asyncio
import resource
from datetime import date, datetime
from pathlib import Path

import pytest
from xlsxwriter import Workbook

from core.kernel.errors import BadInput
from core.kernel.sheets.cells import Cell
from core.kernel.sheets.limits import Limits
from core.kernel.sheets.reading import Row, open_sheets, read_sheets
from tests.core.kernel.sheets.workbooks import sheet_of, workbook

_MANY = 100_000


async def _rows(path: Path) -> list[Row]:
    return [row async for row in read_sheets(path)]


async def _csv(tmp_path: Path, data: bytes) -> list[tuple[int, tuple[Cell, ...]]]:
    path = tmp_path / "list.csv"
    path.write_bytes(data)
    return [(row.number, row.cells) for row in await _rows(path)]


@pytest.mark.parametrize("is_1904", [False, True])
async def test_date_cells_are_real_dates_in_both_date_systems(tmp_path: Path, is_1904: bool) -> None:
    path = tmp_path / "dates.xlsx"
    with Workbook(str(path), {"date_1904": is_1904}) as book:
        sheet = book.add_worksheet()
        for row, shown in enumerate(("yyyy-mm-dd", 'yyyy"年"m"月"d"日"', "m/d/yy h:mm", "[$-804]yyyy/m/d")):
            moment = datetime(2025, 3, 1, 12 * (row == 2))  # noqa: DTZ001 - a cell has no zone
            sheet.write_datetime(row, 0, moment, book.add_format({"num_format": shown}))
    assert [row.cells for row in await _rows(path)] == [(date(2025, 3, 1),)] * 4


async def test_every_kind_of_cell_keeps_its_kind(tmp_path: Path) -> None:
    path = tmp_path / "kinds.xlsx"
    with Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_string(0, 0, "000000199003010023")
        sheet.write_number(0, 1, 199003010023)
        sheet.write_number(0, 2, 0.5)
        sheet.write_boolean(0, 3, True)
        sheet.write_number(0, 4, 1.99003e200)
        sheet.write_string(0, 5, "  =1+1\nnext")
        sheet.write_blank(0, 6, None, book.add_format({"bold": True}))
    [row] = await _rows(path)
    assert row.cells == ("000000199003010023", 199003010023, 0.5, "TRUE", 1.99003e200, "  =1+1\nnext")
    assert [type(cell) for cell in row.cells[:3]] == [str, int, float]


async def test_row_numbers_are_those_of_the_sheet(tmp_path: Path) -> None:
    path = tmp_path / "gaps.xlsx"
    with Workbook(str(path)) as book:
        sheet = book.add_worksheet("空白")
        sheet.merge_range(4, 2, 5, 4, "标题")
        sheet.write_string(8, 3, "值")
        book.add_worksheet("空表")
        book.add_worksheet("第二").write_string(0, 0, "A1")
    rows = await _rows(path)
    assert rows == [
        Row("空白", 5, (None, None, "标题")),
        Row("空白", 9, (None, None, None, "值")),
        Row("第二", 1, ("A1",)),
    ]
    assert rows[0].cell(9) is None


async def test_hidden_sheet_is_named_but_not_read(tmp_path: Path) -> None:
    path = tmp_path / "hidden.xlsx"
    with Workbook(str(path)) as book:
        book.add_worksheet("看得见").write_string(0, 0, "a")
        secret = book.add_worksheet("看不见")
        secret.write_string(0, 0, "b")
        secret.hide()
    async with open_sheets(path) as file:
        assert (file.sheets, file.hidden) == (("看得见",), ("看不见",))
        assert [row.sheet async for row in file.rows()] == ["看得见"]


@pytest.mark.parametrize(
    ("encoding", "said"), [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("gb18030", "gb18030")]
)
async def test_csv_encoding_is_found(tmp_path: Path, encoding: str, said: str) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes("姓名,证件\r\n𬭎宇·㛃,1\r\n".encode(encoding))
    async with open_sheets(path) as file:
        assert file.encoding == said
        assert [row.cells async for row in file.rows()] == [("姓名", "证件"), ("𬭎宇·㛃", "1")]


async def test_broken_text_after_a_byte_order_mark_is_not_guessed(tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        await _csv(tmp_path, b"\xef\xbb\xbfa,\xd6\xd0\n")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
async def test_delimiter_is_sniffed_outside_quotes(tmp_path: Path, delimiter: str) -> None:
    lines = [["a", '"x,;\t,;\t,;\t,;"', "c"], ["1", "2", "3"]]
    data = "\n".join(delimiter.join(line) for line in lines).encode()
    assert [cells for _, cells in await _csv(tmp_path, data)] == [
        ("a", "x,;\t,;\t,;\t,;", "c"),
        ("1", "2", "3"),
    ]


async def test_line_number_is_the_physical_line(tmp_path: Path) -> None:
    data = b'a,b\r\n\r\n,,\r\n"x\r\ny ""q""",1\r\n2,=3\r\n'
    assert await _csv(tmp_path, data) == [(1, ("a", "b")), (4, ('x\r\ny "q"', "1")), (6, ("2", "=3"))]


async def test_missing_file_is_not_blamed_on_the_sender(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        await _rows(tmp_path / "none.xlsx")


async def test_reader_that_stops_early_leaves_no_process(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_bytes(b"a,b,c\n" * 90_000)
    before = _children()
    async with open_sheets(path) as file:
        async for row in file.rows():
            assert row.number == 1
            assert _children() > before
            break
    assert _children() <= before


def _children() -> set[str]:
    """Those that ended and that nobody has waited for included."""
    told = (each.read_text() for each in Path("/proc/self/task").glob("*/children"))
    return {process for each in told for process in each.split()}


async def test_slow_consumer_is_not_timed_out(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_bytes(b"a,b,c\n" * 90_000)
    count = 0
    async with open_sheets(path, limits=Limits(wait_seconds=2)) as file:
        async for _row in file.rows():
            count += 1
            if count == 1:
                await asyncio.sleep(2.5)
    assert count == 90_000


async def test_hundred_thousand_rows_stream_through_little_memory(tmp_path: Path) -> None:
    cell = '<c t="inlineStr"><is><t>%s</t></is></c>'
    rows = (
        f"<row>{cell % f'0000001990030{n:05d}'}{''.join(cell % (n * k % 9973) for k in range(11))}</row>"
        for n in range(_MANY)
    )
    path = workbook(tmp_path / "big.xlsx", {"xl/worksheets/sheet1.xml": sheet_of("".join(rows))})
    before = most = _resident_bytes()
    count = cells = 0
    async for row in read_sheets(path):
        count += 1
        cells += len(row.cells)
        if count % 5_000 == 0:
            most = max(most, _resident_bytes())
    assert (count, cells) == (_MANY, 12 * _MANY)
    assert most - before < 50_000_000


def _resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
