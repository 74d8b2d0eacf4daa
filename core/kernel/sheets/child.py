"""The throw-away process that parses one untrusted file from standard input to standard output."""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Iterator, Sequence
from typing import BinaryIO

import msgspec

from core.kernel.sheets.archive import inspect_archive
from core.kernel.sheets.delimited import DelimitedFile
from core.kernel.sheets.limits import Limits
from core.kernel.sheets.refusal import Reason, Refusal
from core.kernel.sheets.wire import Batch, Done, Message, Refused, packed
from core.kernel.sheets.workbook import WireCell, WorkbookFile

__all__ = ["main"]

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PDF = b"%PDF"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_BATCH_ROWS = 500
_BATCH_CHARS = 250_000

SheetRow = tuple[str, int, Sequence[WireCell]]


def main(limits_json: str) -> None:
    """Limit this process first, then read; a refusal is a message, every other death speaks for itself."""
    limits = msgspec.json.decode(limits_json, type=Limits)
    _limit_this_process(limits)
    with os.fdopen(0, "rb") as file, os.fdopen(1, "wb", buffering=0) as pipe:
        try:
            for message in _messages(file, limits):
                _send(pipe, message)
        except Refusal as refusal:
            _send(pipe, Refused(reason=refusal.reason, params=refusal.params))
        except MemoryError:
            _send(pipe, Refused(reason=Reason.MEMORY, params={}))


def _limit_this_process(limits: Limits) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    # A core file would leave the personal data of the upload on the disk.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _send(pipe: BinaryIO, message: Message) -> None:
    left = memoryview(packed(message))
    while left:
        left = left[pipe.write(left) :]


def _messages(file: BinaryIO, limits: Limits) -> Iterator[Message]:
    book = _opened(file, limits)
    yield book.opened()
    count = 0
    for batch in _batches(book.rows()):
        count += len(batch.rows)
        if count > limits.rows + limits.spare_rows:
            raise Refusal(Reason.ROWS, limit=limits.rows)
        yield batch
    yield Done(rows=count)


def _opened(file: BinaryIO, limits: Limits) -> WorkbookFile | DelimitedFile:
    """By content, never by name: uploads are stored under random names."""
    size = os.fstat(file.fileno()).st_size
    if size > limits.file_bytes:
        raise Refusal(Reason.FILE_SIZE, limit=limits.file_bytes // 1_000_000)
    data = file.read()
    if not data.strip():
        raise Refusal(Reason.EMPTY)
    if data.startswith(_OLE):
        raise Refusal(Reason.PASSWORD if _ENCRYPTED_STREAM in data else Reason.OLD_FORMAT)
    if data.startswith(_PDF):
        raise Refusal(Reason.PDF)
    if not data.startswith(_ZIP):
        return DelimitedFile(data, limits)
    inspect_archive(file, size, limits)
    return WorkbookFile(data, limits)


def _batches(rows: Iterator[SheetRow]) -> Iterator[Batch]:
    """Up to 500 rows of one sheet, fewer when the cells are long, so that both ends hold little."""
    sheet, batch, chars = "", list[tuple[int, tuple[WireCell, ...]]](), 0
    for name, number, cells in rows:
        if batch and (name != sheet or len(batch) >= _BATCH_ROWS or chars > _BATCH_CHARS):
            yield Batch(sheet=sheet, rows=batch)
            batch, chars = [], 0
        sheet = name
        batch.append((number, tuple(cells)))
        chars += sum(len(cell) for cell in cells if isinstance(cell, str))
    if batch:
        yield Batch(sheet=sheet, rows=batch)


if __name__ == "__main__":
    main(sys.argv[1])
