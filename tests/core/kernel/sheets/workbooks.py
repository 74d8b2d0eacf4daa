"""Small workbooks made by hand, so that a test can spoil exactly one thing."""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

__all__ = ["PARTS", "sheet_of", "with_lying_size", "workbook"]

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def sheet_of(cells: str, head: str = _HEAD) -> str:
    """One worksheet part around ready `<row>` elements."""
    return f'{head}<worksheet xmlns="{_MAIN}"><sheetData>{cells}</sheetData></worksheet>'


PARTS: Mapping[str, str] = {
    "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_TYPES}">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEET_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_SHEET_TYPE}.worksheet+xml"/></Types>',
    "_rels/.rels": f'{_HEAD}<Relationships xmlns="{_RELS}">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
    '<sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'{_HEAD}<Relationships xmlns="{_RELS}">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
    "xl/worksheets/sheet1.xml": sheet_of('<row r="1"><c r="A1" t="inlineStr"><is><t>one</t></is></c></row>'),
}


def workbook(path: Path, changes: Mapping[str, str | bytes] | None = None) -> Path:
    """A workbook with one cell, some parts replaced or added."""
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, text in {**PARTS, **(changes or {})}.items():
            archive.writestr(name, text)
    return path


def with_lying_size(path: Path, part: str, promised: int) -> Path:
    """The same workbook whose headers promise another unpacked size for one part."""
    with ZipFile(path) as archive:
        honest = archive.getinfo(part).file_size
    data = io.BytesIO(path.read_bytes())
    packed, lie = struct.pack("<I", honest), struct.pack("<I", promised)
    spoiled = data.getvalue().replace(packed, lie)
    path.write_bytes(spoiled)
    return path
