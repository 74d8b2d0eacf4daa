"""Every hostile or foreign file is refused in words, and only a child process suffers from it."""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from xlsxwriter import Workbook

from core.kernel.errors import BadInput
from core.kernel.i18n import read_catalogue
from core.kernel.jobs import LONGEST
from core.kernel.roles import LIMITS
from core.kernel.sheets.limits import Limits
from core.kernel.sheets.reading import open_sheets, read_sheets
from core.kernel.sheets.refusal import Reason
from core.kernel.sheets.sentences import refused
from tests.core.kernel.sheets.workbooks import PARTS, sheet_of, with_lying_size, workbook

_CATALOGUE = Path(__file__).parents[4] / "core/kernel/locale/zh/messages.po"
_SHEET = "xl/worksheets/sheet1.xml"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
_LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {b} "{("&" + a + ";") * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)
_XXE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]>'


def _cell(place: str, text: str = "x") -> str:
    row = "".join(c for c in place if c.isdigit())
    return f'<row r="{row}"><c r="{place}" t="inlineStr"><is><t>{text}</t></is></c></row>'


def _sheet(cells: str, head: str | None = None) -> Callable[[Path], Path]:
    text = sheet_of(cells, head) if head else sheet_of(cells)
    return lambda path: workbook(path, {_SHEET: text})


def _with(name: str, content: str | bytes = "x") -> Callable[[Path], Path]:
    return lambda path: workbook(path, {name: content})


def _raw(data: bytes) -> Callable[[Path], Path]:
    def write(path: Path) -> Path:
        path.write_bytes(data)
        return path

    return write


def _zip_of(names: list[str], content: bytes = b"x") -> Callable[[Path], Path]:
    def write(path: Path) -> Path:
        with ZipFile(path, "w", ZIP_DEFLATED) as archive:
            for name in names:
                archive.writestr(name, content)
        return path

    return write


def _cut(path: Path) -> Path:
    path.write_bytes(workbook(path).read_bytes()[:-300])
    return path


def _flipped(path: Path) -> Path:
    data = bytearray(workbook(path).read_bytes())
    place = data.index(b"sheet1.xml") + 20
    data[place] ^= 0xFF
    path.write_bytes(data)
    return path


def _lying(promised: int, length: int) -> Callable[[Path], Path]:
    text = sheet_of(_cell("A1", os.urandom(length // 2).hex()))
    return lambda path: with_lying_size(workbook(path, {_SHEET: text}), _SHEET, promised)


def _encrypted_entry(path: Path) -> Path:
    data = workbook(path).read_bytes()
    # The flag word stands at offset 8 of every central directory entry.
    place = data.index(b"PK\x01\x02")
    path.write_bytes(data[: place + 8] + b"\x01" + data[place + 9 :])
    return path


def _formula_only(path: Path) -> Path:
    with Workbook(str(path)) as book:
        book.add_worksheet().write_formula(0, 0, '=WEBSERVICE("http://example.invalid")', None, 7)
    return path


_MACRO_TYPES = PARTS["[Content_Types].xml"].replace(
    "openxmlformats-officedocument.spreadsheetml.sheet.main", "ms-excel.sheet.macroEnabled.main"
)

REFUSED: dict[str, tuple[Callable[[Path], Path], Reason]] = {
    "two cells 17 billion apart": (_sheet(_cell("A1") + _cell("XFD1048576")), Reason.MEMORY),
    "two cells far down": (_sheet(_cell("A1") + _cell("GR1048576")), Reason.MEMORY),
    "one cell far right": (_sheet(_cell("XFD1")), Reason.COLUMNS),
    "billion laughs": (_sheet(_cell("A1", "&i;"), _LAUGHS), Reason.DECLARATIONS),
    "external entity": (_sheet(_cell("A1", "&f;"), _XXE), Reason.DECLARATIONS),
    "declaration in shared strings": (_with("xl/sharedStrings.xml", _LAUGHS + "<sst/>"), Reason.DECLARATIONS),
    "declaration in UTF-16": (_with("xl/sharedStrings.xml", _XXE.encode("utf-16")), Reason.DECLARATIONS),
    "deep ratio": (_sheet(_cell("A1", "0" * 30_000_000)), Reason.RATIO),
    "300 MB shared string": (_with("xl/sharedStrings.xml", b"0" * 220_000_000), Reason.RATIO),
    "promises less than it holds": (_lying(1_000, 40_000), Reason.DAMAGED),
    "promises more than it holds": (_lying(90_000_000, 40_000), Reason.DAMAGED),
    "many entries": (_zip_of([f"xl/{i}.xml" for i in range(20_000)]), Reason.ENTRIES),
    "two thousand sheets": (_zip_of([*PARTS, *(f"xl/s{i}.xml" for i in range(2_000))]), Reason.ENTRIES),
    "zip of something else": (_zip_of(["word/document.xml", "[Content_Types].xml"]), Reason.NOT_A_SHEET),
    "zip slip": (_with("../../evil.xml"), Reason.DAMAGED),
    "absolute path": (_with("/etc/evil.xml"), Reason.DAMAGED),
    "cut off": (_cut, Reason.DAMAGED),
    "a flipped byte": (_flipped, Reason.DAMAGED),
    "broken xml": (_with(_SHEET, PARTS[_SHEET].replace("</row>", "")), Reason.DAMAGED),
    "row beyond every spreadsheet": (_sheet(_cell("A99999999999")), Reason.DAMAGED),
    "no sheet part": (_with("xl/_rels/workbook.xml.rels", "<Relationships/>"), Reason.DAMAGED),
    "macro part": (_with("xl/vbaProject.bin"), Reason.MACROS),
    "macro type": (_with("[Content_Types].xml", _MACRO_TYPES), Reason.MACROS),
    "external links": (_with("xl/externalLinks/externalLink1.xml"), Reason.EXTERNAL_LINKS),
    "binary workbook": (_with("xl/workbook.bin"), Reason.BINARY_WORKBOOK),
    "OpenDocument": (_zip_of(["mimetype", "content.xml"]), Reason.OPEN_DOCUMENT),
    "encrypted entry": (_encrypted_entry, Reason.PASSWORD),
    "encrypted workbook": (_raw(_OLE + "EncryptedPackage".encode("utf-16-le")), Reason.PASSWORD),
    "old .xls or .et": (_raw(_OLE + "Workbook".encode("utf-16-le")), Reason.OLD_FORMAT),
    "PDF with another name": (_raw(b"%PDF-1.7\n%\xe2\xe3"), Reason.PDF),
    "web page with another name": (_raw(b"<html><table><tr><td>1"), Reason.WEB_PAGE),
    "an image": (_raw(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), Reason.NOT_A_SHEET),
    "compressed noise": (_raw(zlib.compress(bytes(range(256)) * 40)), Reason.NOT_A_SHEET),
    "UTF-16 text": (_raw("姓名\t证件号码".encode("utf-16")), Reason.UTF16),
    "no encoding at all": (_raw(b"a,b\n\xff\xfe\xfd,1\n"), Reason.ENCODING),
    "quote never closed": (_raw(b'a,b\n1,"2\n3,4\n'), Reason.QUOTES),
    "text after a quote": (_raw(b'a,b\n1,"2"x\n3,4\n'), Reason.QUOTES),
    "long CSV field": (_raw(b"a," + b"x" * 40_000), Reason.CELL),
    "long cell": (_sheet(_cell("A1", os.urandom(20_000).hex())), Reason.CELL),
    "wide CSV": (_raw(b"," * 300 + b"x"), Reason.COLUMNS),
    "empty file": (_raw(b""), Reason.EMPTY),
    "only blanks": (_raw(b" \r\n\r\n"), Reason.EMPTY),
    "larger than allowed": (_raw(b"a,b\n" * 2_600_000), Reason.FILE_SIZE),
    "too many rows": (_raw(b"a\n" * 100_101), Reason.ROWS),
}


async def _refusal(path: Path, limits: Limits) -> BadInput:
    with pytest.raises(BadInput) as caught:
        async for _row in read_sheets(path, limits=limits):
            pass
    return caught.value


@pytest.mark.requirement("R31")
@pytest.mark.parametrize("name", REFUSED)
async def test_hostile_file_is_refused_for_its_reason(name: str, tmp_path: Path) -> None:
    make, reason = REFUSED[name]
    error = await _refusal(make(tmp_path / "upload"), Limits(cpu_seconds=10, wait_seconds=20))
    assert (error.what, error.todo) == (refused(reason, {}).what, refused(reason, {}).todo)


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_says_what_happened_and_what_to_do(reason: Reason) -> None:
    error = refused(reason, {"limit": 1, "row": 2, "sheet": "3"})
    assert error.told(lambda text: text).endswith(".")
    assert error.advice(lambda text: text).endswith(".")


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_is_told_in_chinese(reason: Reason) -> None:
    chinese = dict(read_catalogue(_CATALOGUE))
    assert (
        refused(reason, {"limit": 1, "row": 2, "sheet": "3"}).sentence(chinese.__getitem__).count("。") == 2
    )


@pytest.mark.requirement("R31")
async def test_slow_child_is_stopped_by_the_processor_limit(tmp_path: Path) -> None:
    rows = "".join(_cell(f"A{row}", "long text " * 30) for row in range(1, 60_000))
    path = _sheet(rows)(tmp_path / "slow.xlsx")
    error = await _refusal(path, Limits(cpu_seconds=0, ratio=10_000))
    assert error.what == refused(Reason.TIME, {}).what


def test_reading_gives_up_before_its_transaction_is_ended() -> None:
    idle = int(LIMITS["app"]["idle_in_transaction_session_timeout"].removesuffix("s"))
    assert Limits().cpu_seconds <= Limits().wait_seconds < idle * 0.85
    assert idle < LONGEST


@pytest.mark.requirement("R31")
async def test_silent_child_is_stopped_by_the_clock(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    path.write_bytes(b"a,b\n")
    error = await _refusal(path, Limits(wait_seconds=0.0))
    assert error.what == refused(Reason.TIME, {}).what


@pytest.mark.requirement("R31")
async def test_unpacked_size_is_counted_not_believed(tmp_path: Path) -> None:
    path = _sheet(_cell("A1", os.urandom(1_000_000).hex()))(tmp_path / "x.xlsx")
    error = await _refusal(path, Limits(unpacked_bytes=1_500_000))
    assert error.what == refused(Reason.UNPACKED, {}).what


async def test_memory_that_python_cannot_get_is_named_too(tmp_path: Path) -> None:
    path = _raw("字,".encode() * 2_400_000)(tmp_path / "wide.csv")
    error = await _refusal(path, Limits(memory_bytes=60_000_000))
    assert error.what == refused(Reason.MEMORY, {}).what


@pytest.mark.requirement("R29")
async def test_formula_is_read_as_its_stored_value(tmp_path: Path) -> None:
    rows = [row.cells async for row in read_sheets(_formula_only(tmp_path / "f.xlsx"))]
    assert rows == [(7,)]


@pytest.mark.requirement("R31")
async def test_child_sees_no_secret_of_the_parent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOWNBRIDGE_DATABASE_URL", "postgresql://secret")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (tmp_path / "msgspec.py").write_text("raise SystemExit(3)")
    path = tmp_path / "a.csv"
    path.write_text("a,b\n")
    async with open_sheets(path) as file:
        assert file.encoding == "utf-8"
