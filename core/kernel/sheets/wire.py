"""The pipe between child and parent: a length of four bytes, then one msgpack message."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
from msgspec.msgpack import Decoder, Encoder, Ext

from core.kernel.sheets.refusal import Reason

__all__ = [
    "HEADER_BYTES",
    "MESSAGE_BYTES",
    "Batch",
    "Done",
    "Message",
    "Opened",
    "Refused",
    "date_cell",
    "packed",
    "size_of",
    "unpacked",
]

HEADER_BYTES = 4
MESSAGE_BYTES = 32_000_000
"""One row of 200 full cells fits; a longer message means that the child is not itself any more."""

_DATE = 1
_DATE_BYTES = 4


class Opened(msgspec.Struct, frozen=True, tag="opened"):
    sheets: tuple[str, ...]
    hidden: tuple[str, ...] = ()
    encoding: str = ""


class Batch(msgspec.Struct, frozen=True, tag="batch"):
    sheet: str
    rows: list[tuple[int, tuple[Any, ...]]]


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    reason: Reason
    params: dict[str, str | int]


class Done(msgspec.Struct, frozen=True, tag="done"):
    rows: int


Message = Opened | Batch | Refused | Done


def date_cell(day: date) -> Ext:
    """A date on the wire; msgpack has none, and msgspec would make it text."""
    return Ext(_DATE, day.toordinal().to_bytes(_DATE_BYTES, "big"))


def packed(message: Message) -> bytes:
    """One message with its length before it."""
    body = _encoder.encode(message)
    return len(body).to_bytes(HEADER_BYTES, "big") + body


def size_of(header: bytes) -> int:
    return int.from_bytes(header, "big")


def unpacked(body: bytes) -> Message:
    """Raises msgspec.MsgspecError when `body` is no message."""
    return _decoder.decode(body)


def _extension(code: int, data: memoryview) -> date:
    if code != _DATE:
        raise ValueError(code)
    return date.fromordinal(int.from_bytes(data, "big"))


_encoder = Encoder()
_decoder: Decoder[Message] = Decoder(Message, ext_hook=_extension)
