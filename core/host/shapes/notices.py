"""Who has read a notice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec import Struct

from core.notices.posting import Reader

__all__ = ["NoticeReader", "notice_readers"]


class NoticeReader(Struct, frozen=True, kw_only=True):
    """Not `is_current`: she has read the words before the last correction."""

    name: str
    at: datetime
    is_current: bool


def notice_readers(readers: Sequence[Reader]) -> list[NoticeReader]:
    return msgspec.convert(readers, list[NoticeReader], from_attributes=True)
