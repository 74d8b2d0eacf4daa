"""A person's own affairs, across all service modules: a copy of what is kept, erasure, merging two records.

The host answers, since a page's transaction opens the compartments of its permission alone. What changes every
module's tables is asked for here and done by a job of the platform; until then `erasure` and `merges` say so.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol
from uuid import UUID

from msgspec import Struct

from core.people.copying import ConsentGiven, MergedRecord, PersonRecord
from core.people.erasure import ERASURE_REASONS, Erasure
from core.people.merging import FILLABLE, MERGE_REASONS, Merge

__all__ = [
    "ERASURE_REASONS",
    "FILLABLE",
    "MERGE_REASONS",
    "ConsentGiven",
    "Erasure",
    "Merge",
    "MergedRecord",
    "PersonRecord",
    "Personal",
    "PersonalCopy",
    "PersonalSection",
]


class PersonalSection(Struct, frozen=True, kw_only=True):
    """What one table keeps of her, in words of the reader's language; `table` is its full name."""

    table: str
    title: str
    rows: list[dict[str, str]]


class PersonalCopy(Struct, frozen=True, kw_only=True):
    """Everything that the reader's roles open. `ask` are the titles of the roles that keep more kinds of data.

    They are named because their modules are installed, whether or not there is anything of her.
    """

    record: PersonRecord
    sections: list[PersonalSection]
    ask: list[str]


class Personal(Protocol):
    """What `ctx.personal` does."""

    async def copy(self, person: UUID) -> PersonalCopy:
        """Everything that is kept of her: sealed fields in clear, noted in her access log. Raises `NotFound`."""
        ...

    async def erase(self, person: UUID, reason: str) -> None:
        """Have her erased, by a code of `ERASURE_REASONS`; asking twice is once. Raises `NotFound`, `Conflict`."""
        ...

    async def erasure(self, person: UUID) -> Erasure | None:
        """The erasure that waits for the worker, None where there is none."""
        ...

    async def merge(self, kept: UUID, gone: UUID, reason: str, take_over: Collection[str] = FILLABLE) -> UUID:
        """Have two records become one, by a code of `MERGE_REASONS`. Raises `NotFound`, `Conflict`.

        `take_over`: what the kept one takes from the other where it has none; of `FILLABLE`.
        """
        ...

    async def merges(self, person: UUID) -> list[Merge]:
        """The merges of a record that hold or are on their way."""
        ...

    async def undo_merge(self, merge: UUID) -> None:
        """Have everything put back where it was. Raises `Conflict` where that is done or cannot be."""
        ...
