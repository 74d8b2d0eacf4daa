"""The records of acts as sentences, with what the filter can be set to."""

from __future__ import annotations

from uuid import UUID

import msgspec
from msgspec import Struct

from core.host.listing import Limit
from core.host.records.reading import Leaf, RecordsQuery

__all__ = ["RecordChoice", "RecordLine", "RecordsAsked", "RecordsPage", "records_page"]


class RecordsAsked(RecordsQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`who` is a user name, `about` a kind of thing; days are those of the town, both included."""

    limit: Limit = 50


class RecordLine(Struct, frozen=True, kw_only=True):
    """`person`: whom the act is about, where it is a person that a unit looks after."""

    day: str
    clock: str
    who: str
    sentence: str
    reason: str
    person: UUID | None


class RecordChoice(Struct, frozen=True, kw_only=True):
    """A value of the filter, and its words."""

    value: str
    words: str


class RecordsPage(Struct, frozen=True, kw_only=True):
    """The newest first; `who` and `about` are the values that the filter can take."""

    lines: list[RecordLine]
    who: list[RecordChoice]
    about: list[RecordChoice]
    next: str | None


def records_page(leaf: Leaf) -> RecordsPage:
    return RecordsPage(
        lines=msgspec.convert(leaf.lines, list[RecordLine], from_attributes=True),
        who=[RecordChoice(value=value, words=words) for value, words in leaf.people],
        about=[RecordChoice(value=value, words=words) for value, words in leaf.things],
        next=leaf.next or None,
    )
