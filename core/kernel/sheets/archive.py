"""The zip file of a workbook, looked through before any spreadsheet library sees it. Runs in the child."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO
from xml.parsers.expat import ExpatError, ParserCreate, XMLParserType
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from core.kernel.sheets.limits import Limits
from core.kernel.sheets.refusal import Reason, Refusal

__all__ = ["inspect_archive"]

_CHUNK = 1 << 16
_INFLATED = 1 << 20
_FREE_BYTES = 1_000_000
_LOCAL_HEADER = struct.Struct("<4s22xHH")
_ENCRYPTED = 0x1
_BROKEN = (
    BadZipFile,
    EOFError,
    ExpatError,
    IndexError,
    NotImplementedError,
    ValueError,
    struct.error,
    zlib.error,
)


def inspect_archive(file: BinaryIO, size: int, limits: Limits) -> None:
    """Raise Refusal unless `file` is an honest workbook: every byte is inflated once and counted."""
    try:
        _inspect(file, size, limits)
    except _BROKEN as error:
        raise Refusal(Reason.DAMAGED) from error


def _inspect(file: BinaryIO, size: int, limits: Limits) -> None:
    with ZipFile(file) as archive:
        entries = archive.infolist()
    if len(entries) > limits.entries:
        raise Refusal(Reason.ENTRIES, limit=limits.entries)
    _refuse_names([entry.filename for entry in entries])
    total = 0
    for entry in entries:
        for count in _counted(file, entry):
            total += count
            _refuse_size(total, size, limits)


def _refuse_names(names: list[str]) -> None:
    folded = {name.lower() for name in names}
    if len(folded) != len(names) or any(_leaves_folder(name) for name in names):
        raise Refusal(Reason.DAMAGED)
    if any(name.endswith("vbaproject.bin") for name in folded):
        raise Refusal(Reason.MACROS)
    if "xl/workbook.bin" in folded:
        raise Refusal(Reason.BINARY_WORKBOOK)
    if "mimetype" in folded and "content.xml" in folded:
        raise Refusal(Reason.OPEN_DOCUMENT)
    if "[content_types].xml" not in folded or "xl/workbook.xml" not in folded:
        raise Refusal(Reason.NOT_A_SHEET)
    if any(name.startswith("xl/externallinks/") for name in folded):
        raise Refusal(Reason.EXTERNAL_LINKS)


def _leaves_folder(name: str) -> bool:
    return name.startswith("/") or ".." in name.replace("\\", "/").split("/") or ":" in name


def _refuse_size(total: int, size: int, limits: Limits) -> None:
    if total > limits.unpacked_bytes:
        raise Refusal(Reason.UNPACKED, limit=limits.unpacked_bytes // 1_000_000)
    if total > _FREE_BYTES and total > limits.ratio * size:
        raise Refusal(Reason.RATIO, limit=limits.ratio)


def _counted(file: BinaryIO, entry: ZipInfo) -> Iterator[int]:
    """The sizes of the inflated pieces of one entry; XML is checked to be whole and plain on the way."""
    if entry.flag_bits & _ENCRYPTED:
        raise Refusal(Reason.PASSWORD)
    name = entry.filename.lower()
    parser = _plain_parser() if name.endswith((".xml", ".rels")) else None
    total = 0
    for piece in _inflated(file, entry):
        if parser:
            parser.Parse(piece, False)
        if name == "[content_types].xml" and b"macroEnabled" in piece:
            raise Refusal(Reason.MACROS)
        total += len(piece)
        yield len(piece)
    if parser:
        parser.Parse(b"", True)
    if total != entry.file_size:
        raise BadZipFile(entry.filename)


def _plain_parser() -> XMLParserType:
    """No handler but one: a document type, and with it every entity, ends the parsing before it begins."""
    parser = ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_declaration
    return parser


def _refuse_declaration(name: str, system: str | None, public: str | None, subset: bool) -> None:
    raise Refusal(Reason.DECLARATIONS)


def _inflated(file: BinaryIO, entry: ZipInfo) -> Iterator[bytes]:
    """Inflate what is there, not what the header promises: zipfile would stop at the promised size."""
    if entry.compress_type == ZIP_STORED:
        yield from _raw(file, entry)
        return
    if entry.compress_type != ZIP_DEFLATED:
        raise BadZipFile(entry.filename)
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    for packed in _raw(file, entry):
        left = packed
        while left:
            yield stream.decompress(left, _INFLATED)
            left = stream.unconsumed_tail
    yield stream.flush()
    if not stream.eof or stream.unused_data:
        raise BadZipFile(entry.filename)


def _raw(file: BinaryIO, entry: ZipInfo) -> Iterator[bytes]:
    file.seek(entry.header_offset)
    magic, name_length, extra_length = _LOCAL_HEADER.unpack(file.read(_LOCAL_HEADER.size))
    if magic != b"PK\x03\x04":
        raise BadZipFile(entry.filename)
    file.seek(name_length + extra_length, 1)
    left = entry.compress_size
    while left > 0:
        chunk = file.read(min(left, _CHUNK))
        if not chunk:
            raise EOFError
        left -= len(chunk)
        yield chunk
