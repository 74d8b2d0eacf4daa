"""The rows of a CSV file. Runs in the child."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from itertools import islice

from core.kernel.sheets.limits import Limits
from core.kernel.sheets.refusal import Reason, Refusal
from core.kernel.sheets.wire import Opened

__all__ = ["DelimitedFile"]

_DELIMITERS = ",;\t"
_SNIFFED_LINES = 50
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_MARKUP = ("<!doctype", "<html", "<?xml", "<table", "<meta", "<head")
# No such byte is part of a longer character in UTF-8 or GB18030.
_NOT_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


class DelimitedFile:
    """Byte order mark: UTF-8; else strict UTF-8; else GB18030, as Chinese Excel and WPS save."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        self._text, self._encoding = _decoded(data)
        self._limits = limits
        if self._text[:200].lstrip().lower().startswith(_MARKUP):
            raise Refusal(Reason.WEB_PAGE)

    def opened(self) -> Opened:
        return Opened(sheets=("",), encoding=self._encoding)

    def rows(self) -> Iterator[tuple[str, int, list[str | None]]]:
        """("", line number, cells) of every record that is not empty."""
        csv.field_size_limit(self._limits.cell_chars)
        reader = csv.reader(
            io.StringIO(self._text, newline=""), delimiter=_delimiter(self._text), strict=True
        )
        line = 1
        try:
            for fields in reader:
                cells = [field or None for field in fields]
                while cells and cells[-1] is None:
                    cells.pop()
                if len(cells) > self._limits.columns:
                    raise Refusal(Reason.COLUMNS, sheet="CSV", limit=self._limits.columns)
                if cells:
                    yield "", line, cells
                line = reader.line_num + 1
        except csv.Error as error:
            raise _misquoted(error, line, self._limits) from error


def _misquoted(error: csv.Error, line: int, limits: Limits) -> Refusal:
    if "field larger" in str(error):
        return Refusal(Reason.CELL, row=line, limit=limits.cell_chars)
    return Refusal(Reason.QUOTES, row=line)


def _decoded(data: bytes) -> tuple[str, str]:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise Refusal(Reason.UTF16)
    if _NOT_TEXT.search(data):
        raise Refusal(Reason.NOT_A_SHEET)
    for encoding in ("utf-8-sig",) if data.startswith(codecs.BOM_UTF8) else ("utf-8", "gb18030"):
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise Refusal(Reason.ENCODING)


def _delimiter(text: str) -> str:
    """The most frequent of comma, semicolon and tab outside quotes in the first lines; comma on a tie."""
    head = "".join(islice(io.StringIO(text), _SNIFFED_LINES))
    bare = _QUOTED.sub("", head)
    return max(_DELIMITERS, key=bare.count)
