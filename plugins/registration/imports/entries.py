"""Accepted rows of a roster into people and records, thousands at a time; the same rows again write nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from msgspec import Struct, json

from core.sdk import TenantCtx
from core.sdk.people import Document, PersonRow, Upserted
from core.sdk.tenancy import FirmNames, list_firms
from plugins.registration.imports.roster import RosterEntry
from plugins.registration.services.codes import DWELLINGS, PURPOSES, as_code
from plugins.registration.tables import Record

__all__ = [
    "MOST_ENTRIES",
    "Entered",
    "RecordBefore",
    "Verdict",
    "compare_entries",
    "person_row",
    "write_entries",
]

MOST_ENTRIES = 5000
DIGEST = "registration.record.roster_digest"

_KEPT = (
    "village",
    "address_detail",
    "firm_id",
    "firm_name",
    "workshop",
    "job_title",
    "hired_on",
    "dwelling",
    "purpose",
    "version",
    "roster_year",
    "roster_digest",
)
_WRITTEN = ("person_id", *_KEPT[2:])


class RecordBefore(Struct, frozen=True, kw_only=True):
    """What a roster overwrites of a record, as it was; digests and all, so that the same row says something again."""

    firm_id: UUID | None
    firm_name: str | None
    workshop: str | None
    job_title: str | None
    hired_on: date | None
    dwelling: str | None
    purpose: str | None
    roster_year: int | None
    roster_digest: bytes | None


class Entered(Struct, frozen=True, kw_only=True):
    """Whom an entry is about, and what writing it changed."""

    person_id: UUID
    is_written: bool
    is_new: bool = False
    version: int = 0
    before: str = ""
    """What stood in her record with the platform, see `Upserted`."""
    record_version: int = 0
    record_before: RecordBefore | None = None
    """None where the station kept nothing of her yet."""


class Verdict(Struct, frozen=True):
    """What writing an entry would do."""

    is_new: bool
    is_changed: bool


class _Known(Struct, frozen=True):
    """An entry with who it is about, and what an earlier roster left of her."""

    entry: RosterEntry
    digest: bytes
    person: UUID | None
    record: Mapping[str, Any] | None
    is_passed_over: bool

    def says_something(self, year: int) -> bool:
        """Not the row that was written last, nor one of an older roster, nor of somebody who was erased."""
        if self.is_passed_over:
            return False
        if self.person is None or self.record is None:
            return True
        latest = self.record["roster_year"]
        return self.record["roster_digest"] != self.digest and (latest is None or latest <= year)

    def left_alone(self) -> Entered | None:
        if self.is_passed_over or self.person is None:
            return None
        return Entered(person_id=self.person, is_written=False)

    def entered(self, result: Upserted) -> Entered:
        names = RecordBefore.__struct_fields__
        # Who was registered between looking and writing has a record of her own that was not looked at.
        return Entered(
            person_id=result.person_id,
            is_written=result.is_new or self.person is not None,
            is_new=result.is_new,
            version=result.version,
            before=result.before,
            record_version=self.record_version,
            record_before=RecordBefore(**{name: self.record[name] for name in names})
            if self.record
            else None,
        )

    @property
    def record_version(self) -> int:
        """After it is written."""
        return self.record["version"] + 1 if self.record else 1


async def write_entries(ctx: TenantCtx, entries: Sequence[RosterEntry], year: int) -> list[Entered | None]:
    """What became of each entry, in order. New people are written; known ones get what the roster says.

    None where a file may say nothing of her: she was erased, or the number is that of a merged record.

    A row that is the same as the last one written for her leaves her alone, corrections made since included.
    """
    known = await _known(ctx, entries)
    told = [one for one in known if one.says_something(year)]
    if not told:
        return [one.left_alone() for one in known]
    upserted = await ctx.people.upsert([person_row(one.entry) for one in told])
    await _write_records(ctx, told, [result.person_id for result in upserted], year)
    written = iter(upserted)
    return [one.entered(next(written)) if one.says_something(year) else one.left_alone() for one in known]


async def compare_entries(ctx: TenantCtx, entries: Sequence[RosterEntry], year: int) -> list[Verdict]:
    """What `write_entries` would do with each; nothing is written."""
    known = await _known(ctx, entries)
    firms = FirmNames(await list_firms(ctx.transaction))
    compared = await ctx.people.compare([person_row(one.entry) for one in known])
    verdicts: list[Verdict] = []
    for one, person in zip(known, compared, strict=True):
        if one.is_passed_over:
            verdicts.append(Verdict(is_new=False, is_changed=False))
            continue
        if person is None:
            verdicts.append(Verdict(is_new=True, is_changed=True))
            continue
        differs = person.is_changed or _record_differs(one, firms)
        verdicts.append(Verdict(is_new=False, is_changed=differs and one.says_something(year)))
    return verdicts


def _document_of(entry: RosterEntry) -> Document:
    return Document(id_type=entry.id_type, number=entry.number)


def person_row(entry: RosterEntry) -> PersonRow:
    """What the platform keeps of her."""
    sexes: dict[str, Any] = {"sex": entry.sex}
    return PersonRow(
        document=_document_of(entry),
        name=entry.name,
        registered_on=entry.registered_on,
        birth_date=entry.birth_date,
        origin=entry.origin,
        origin_division=entry.division or None,
        is_floating=entry.is_floating,
        is_employee=entry.is_employee,
        phone=entry.phone or None,
        **sexes,
    )


async def _known(ctx: TenantCtx, entries: Sequence[RosterEntry]) -> list[_Known]:
    if len(entries) > MOST_ENTRIES:
        raise ValueError(f"at most {MOST_ENTRIES} entries at once")
    numbers = [_document_of(entry) for entry in entries]
    people = await ctx.people.by_number(numbers)
    passed_over = await ctx.people.passed_over(numbers)
    there = [person for person in people if person is not None]
    rows = await _records(there)
    return [
        _Known(
            entry,
            ctx.blind(DIGEST, json.encode(entry).decode()),
            person,
            rows.get(person) if person else None,
            is_passed,
        )
        for entry, person, is_passed in zip(entries, people, passed_over, strict=True)
    ]


async def _records(people: Sequence[UUID]) -> dict[UUID, Mapping[str, Any]]:
    if not people:
        return {}
    columns = [Record.person_id, *(getattr(Record, name) for name in _KEPT)]
    rows = await Record.select(*columns).where(Record.person_id.is_in(list(people)))
    return {row["person_id"]: row for row in rows}


async def _write_records(ctx: TenantCtx, told: Sequence[_Known], people: Sequence[UUID], year: int) -> None:
    firms = FirmNames(await list_firms(ctx.transaction))
    rows = [
        (person, *_columns(one.entry, firms), one.record_version, year, one.digest)
        for one, person in zip(told, people, strict=True)
    ]
    await Record.insert_many(_WRITTEN, rows, key=("person_id",))


def _columns(entry: RosterEntry, firms: FirmNames) -> tuple[Any, ...]:
    """firm_id, firm_name, workshop, job_title, hired_on, dwelling, purpose."""
    firm = firms.find(entry.firm) if entry.firm else None
    return (
        firm.id if firm else None,
        entry.firm if entry.firm and firm is None else None,
        entry.workshop or None,
        entry.post or None,
        entry.hired_on,
        as_code(DWELLINGS, entry.dwelling),
        as_code(PURPOSES, entry.purpose),
    )


def _record_differs(one: _Known, firms: FirmNames) -> bool:
    if one.record is None:
        return True
    return tuple(one.record[name] for name in _KEPT[2:9]) != _columns(one.entry, firms)
