"""Exchange folders (`town-exchange/1`): what a plug-in's import is given and what it answers."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import date
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct

from core.kernel.errors import BadInput
from core.kernel.i18n import gettext_noop as _
from core.people import documents
from core.people.codes import plain_code
from core.people.drafts import PersonRow
from core.sdk.ctx import TenantCtx, TownCtx

__all__ = [
    "Covered",
    "ExchangeFolder",
    "ExchangeTenant",
    "FileOutcome",
    "KnownPeople",
    "LoadCtx",
    "Note",
]


class ExchangeTenant(Struct, frozen=True, kw_only=True):
    """A line of tenants.csv with what the files need of it; `starts_on` is the first day of its year here."""

    id: UUID
    code: str
    opened_on: date
    starts_on: date
    plugins: frozenset[str]
    firm_names: frozenset[str]
    """All Chinese names, present and former, of the firms that it serves."""


class ExchangeFolder(Struct, frozen=True, kw_only=True):
    """A folder whose master files are read; `tenants` in order of code."""

    path: Path
    town_code: str
    year: int
    months: int
    covered_to: date
    """The last day of its last month."""
    exported_on: date
    """The day on which it was written: of the days after it, it tells nothing."""
    factor_set: str
    """By which factors supplies count as years of protection."""
    synthetic_ids: bool
    known_id_prefixes: frozenset[str]
    tenants: dict[str, ExchangeTenant]

    def lines(self, file: str, required: Sequence[str]) -> Iterator[tuple[int, dict[str, str | None]]]:
        """A CSV file of the folder by its path in it: the number of each line, the header being 1, and its cells.

        Raises `BadInput` where the file is not what the format says, also after some lines.
        """
        try:
            with (self.path / file).open(encoding="utf-8", newline="") as text:
                reader = csv.DictReader(text, strict=True)
                if missing := [name for name in required if name not in (reader.fieldnames or ())]:
                    raise _broken(file, f"no column {', '.join(missing)}")
                for line in reader:
                    yield reader.line_num, line
        except (csv.Error, UnicodeDecodeError) as error:
            raise _broken(file, str(error)) from None


class Note(Struct, frozen=True):
    """A rejected row or a warning; `row` is the number that a person sees."""

    file: str
    sheet: str
    row: int
    severity: Literal["reject", "warning"]
    reason: str
    column: str


class FileOutcome(Struct, frozen=True, kw_only=True):
    """What became of one file or sheet; `broken` is a sentence when the file could not be taken at all."""

    file: str
    sheet: str = ""
    rows: int = 0
    accepted: int = 0
    notes: tuple[Note, ...] = ()
    broken: str = ""

    @property
    def rejected(self) -> int:
        return sum(note.severity == "reject" for note in self.notes)

    @property
    def warnings(self) -> int:
        return sum(note.severity == "warning" for note in self.notes)


class KnownPeople:
    """Whom each tenant knows by its own roster, as far as the folder goes, whatever became of them since.

    The import that judges the rosters tells it; those after it ask. A tenant without the service that registers
    people has nobody of them in its books: the row is enough to write her by `ctx.people.upsert`.
    """

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str, str], PersonRow] = {}

    def tell(self, tenant: str, people: Iterable[PersonRow]) -> None:
        for row in people:
            self._rows[_key(tenant, row.document.id_type, row.document.number)] = row

    def find(self, tenant: str, id_type: str, id_no: str) -> PersonRow | None:
        """By type and number as a file writes them; None for who is known to another tenant alone."""
        return self._rows.get(_key(tenant, id_type, id_no))


class LoadCtx(Struct, frozen=True, kw_only=True):
    """What an import works with.

    `tenant(code)` opens a transaction in one tenant, `town()` in the town; `tell` reports progress.
    """

    tenant: Callable[[str], AbstractAsyncContextManager[TenantCtx]]
    town: Callable[[], AbstractAsyncContextManager[TownCtx]]
    tell: Callable[[str, int, int], Any]
    known: KnownPeople


class Covered(Struct, frozen=True):
    """The year that an answer is given of, and the last day that the town's files cover of it."""

    year: int
    last_day: date


def _key(tenant: str, id_type: str, id_no: str) -> tuple[str, str, str]:
    return tenant, documents.space(plain_code(id_type)), documents.normal_number(id_no)


def _broken(file: str, error: str) -> BadInput:
    return BadInput(
        _("%(file)s cannot be read: %(error)s."),
        _("Export the file again, whole."),
        file=file,
        error=error,
    )
