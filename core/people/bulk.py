"""A whole file's worth of people in two or three statements, whatever their number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from msgspec import UNSET, Struct

from core.kernel.audit import record
from core.kernel.db import Transaction
from core.kernel.ids import new_id
from core.kernel.seal import Keyring
from core.kernel.tables import current_tenant
from core.people.columns import NAMES, SQL_TYPES, Columns, Sealer, is_unique, name_keys, plain_columns
from core.people.drafts import Document, PersonDraft, PersonRow
from core.people.records import FIGURED, mark_figures, new_row, write_pseudonyms
from core.people.taking_back import packed

__all__ = [
    "MOST_ROWS",
    "Upserted",
    "compare_people",
    "passed_over",
    "people_by_number",
    "upsert_people",
]

MOST_ROWS = 5000


class Upserted(Struct, frozen=True):
    """What became of one row: the person, and whether she is new, corrected or as she was.

    `version` is that of her record now; `before`, what was changed, as `take_back` puts it back: seal it.
    """

    person_id: UUID
    is_new: bool
    is_changed: bool = False
    version: int = 1
    before: str = ""


_ARRAYS = ", ".join(f"${place}::{kind}[]" for place, kind in enumerate(SQL_TYPES.values(), start=3))
_NAMES = ", ".join(SQL_TYPES)

_SEEN = f"""
SELECT id, merged_into, version, {_NAMES} FROM people.person
WHERE tenant_id = $1 AND document_index = ANY($2::bytea[]) ORDER BY id
"""  # noqa: S608 -- the column list of SQL_TYPES, here and below

_KNOWN = f"{_SEEN} FOR UPDATE"

_INSERT = f"""
INSERT INTO people.person (tenant_id, id, {_NAMES})
SELECT $1, u.* FROM unnest($2::uuid[], {_ARRAYS}) AS u (id, {_NAMES})
ON CONFLICT (tenant_id, document_index) DO NOTHING RETURNING id
"""  # noqa: S608

_UPDATE = f"""
UPDATE people.person p SET version = p.version + 1, {", ".join(f"{name} = u.{name}" for name in SQL_TYPES)}
FROM unnest($2::uuid[], {_ARRAYS}) AS u (id, {_NAMES})
WHERE p.tenant_id = $1 AND p.id = u.id
"""  # noqa: S608

_BY_NUMBER = """
SELECT coalesce(merged_into, id) AS id, document_index FROM people.person
WHERE tenant_id = $1 AND document_index = ANY($2::bytea[])
"""

_PASSED_OVER = """
SELECT document_index AS number FROM people.person
WHERE tenant_id = $1 AND document_index = ANY($2::bytea[]) AND merged_into IS NOT NULL
UNION ALL
SELECT number_index FROM people.refusal WHERE tenant_id = $1 AND number_index = ANY($3::bytea[])
"""


class _Plan:
    """What a file's rows come down to."""

    def __init__(self) -> None:
        self.done: list[Upserted] = []
        self.added: dict[UUID, Columns] = {}
        self.pseudonyms: dict[UUID, str] = {}
        self.corrected: dict[UUID, Columns] = {}
        self.fields: set[str] = set()

    def add(self, sealer: Sealer, row: PersonRow, columns: Columns, person: UUID) -> None:
        self.added[person] = columns
        self.pseudonyms[person] = sealer.pseudonym(row.document)
        self.done.append(Upserted(person, is_new=True))

    def leave(self, person: UUID) -> None:
        """As she is."""
        self.done.append(Upserted(person, is_new=False))

    def correct(self, before: Mapping[str, Any], changes: Columns) -> None:
        person: UUID = before["id"]
        if changes:
            self.corrected[person] = {name: before[name] for name in SQL_TYPES} | changes
            self.fields |= changes.keys()
        kept = packed(before, changes)
        version = before["version"] + bool(changes)
        self.done.append(
            Upserted(person, is_new=False, is_changed=bool(changes), version=version, before=kept)
        )


async def upsert_people(tx: Transaction, keyring: Keyring, rows: Sequence[PersonRow]) -> list[Upserted]:
    """Up to 5,000 checked rows in their order: new people are written, known ones get the file's values.

    A row that says nothing new writes nothing, so loading a file again changes nothing. Each row needs a
    document of a known number space, and no two rows may have the same one.
    """
    sealer = Sealer(keyring, current_tenant())
    await tx.plan_afresh()
    keys = _keys(sealer, rows)
    known = {row["document_index"]: row for row in await tx.fetch(_KNOWN, sealer.tenant, keys)}
    plan = _Plan()
    for key, row in zip(keys, rows, strict=True):
        if key in known and known[key]["merged_into"] is not None:
            plan.leave(known[key]["merged_into"])
        elif key in known:
            plan.correct(known[key], _changes(sealer, known[key], row))
        else:
            person = new_id()
            plan.add(sealer, row, new_row(tx, sealer, person, _draft(row)), person)
    written = await _write(tx, plan)
    late = [
        row
        for row, each in zip(rows, plan.done, strict=True)
        if each.is_new and each.person_id not in written
    ]
    if not late:
        return plan.done
    # Somebody else wrote these a moment ago, so now they are known.
    again = iter(await upsert_people(tx, keyring, late))
    return [each if not each.is_new or each.person_id in written else next(again) for each in plan.done]


async def compare_people(
    tx: Transaction, keyring: Keyring, rows: Sequence[PersonRow]
) -> list[Upserted | None]:
    """What `upsert_people` would do with the rows, None for a new person; nothing is written or locked."""
    sealer = Sealer(keyring, current_tenant())
    keys = _keys(sealer, rows)
    known = {row["document_index"]: row for row in await tx.fetch(_SEEN, sealer.tenant, keys)}
    return [
        _verdict(sealer, known[key], row) if key in known else None
        for key, row in zip(keys, rows, strict=True)
    ]


def _verdict(sealer: Sealer, before: Mapping[str, Any], row: PersonRow) -> Upserted:
    if before["merged_into"] is not None:
        return Upserted(before["merged_into"], is_new=False)
    return Upserted(before["id"], is_new=False, is_changed=bool(_changes(sealer, before, row)))


async def _write(tx: Transaction, plan: _Plan) -> set[UUID]:
    """The people who are new indeed: others may have been registered since they were looked for."""
    tenant, written = tx.scope.tenant, set[UUID]()
    if plan.added:
        # In one order for everybody, so that two files at once wait for each other and no longer.
        added = dict(sorted(plan.added.items(), key=lambda item: item[1]["document_index"]))
        written = {row["id"] for row in await tx.fetch(_INSERT, tenant, list(added), *_transposed(added))}
        await write_pseudonyms(
            tx, [(person, plan.pseudonyms[person]) for person in added if person in written]
        )
    if plan.corrected:
        await tx.execute(_UPDATE, tenant, list(plan.corrected), *_transposed(plan.corrected))
    if plan.fields & FIGURED:
        await mark_figures(tx)
    if written or plan.corrected:
        counts = {"added": len(written), "corrected": len(plan.corrected), "fields": sorted(plan.fields)}
        record(tx, "people.person.upsert", "person", None, detail=counts)
    return written


async def people_by_number(
    tx: Transaction, keyring: Keyring, documents: Sequence[Document]
) -> list[UUID | None]:
    """For each document the person of this tenant who has it, None where nobody does.

    The number of a record that was merged leads to the one that is kept.
    """
    sealer = Sealer(keyring, current_tenant())
    keys = [sealer.document_index(document) for document in documents]
    rows = await tx.fetch(_BY_NUMBER, sealer.tenant, keys)
    known = {row["document_index"]: row["id"] for row in rows}
    return [known.get(key) for key in keys]


async def passed_over(tx: Transaction, keyring: Keyring, documents: Sequence[Document]) -> list[bool]:
    """Which of these numbers files say nothing by: those of people who were erased, or of merged records.

    A file loaded again must neither bring somebody back nor tell two things of one person. The counter may.
    """
    sealer = Sealer(keyring, current_tenant())
    keys = [sealer.document_index(document) for document in documents]
    refusals = [sealer.refusal_index(document) for document in documents]
    rows = await tx.fetch(_PASSED_OVER, sealer.tenant, keys, refusals)
    found = {row["number"] for row in rows}
    return [not found.isdisjoint(pair) for pair in zip(keys, refusals, strict=True)]


def _keys(sealer: Sealer, rows: Sequence[PersonRow]) -> list[bytes]:
    if len(rows) > MOST_ROWS:
        raise ValueError(f"at most {MOST_ROWS} people at once")
    if not all(is_unique(row.document) for row in rows):
        raise ValueError("a document of this type does not tell people apart")
    keys = [sealer.document_index(row.document) for row in rows]
    if len(set(keys)) < len(keys):
        raise ValueError("two rows with the same document")
    return keys


def _draft(row: PersonRow) -> PersonDraft:
    told = {name: getattr(row, name) for name in row.__struct_fields__}
    return PersonDraft(**{name: value for name, value in told.items() if value is not UNSET})


def _changes(sealer: Sealer, before: Mapping[str, Any], row: PersonRow) -> Columns:
    """What the row says that is new; a telephone number is sealed only then."""
    told = plain_columns(row) | {"id_type": row.document.id_type, "source": before["source"]}
    if row.phone is not UNSET:
        index = sealer.phone_index(row.phone) if row.phone else None
        if index != before["phone_index"]:
            told |= sealer.phone_columns(before["id"], row.phone)
    if any(name in told and told[name] != before[name] for name in NAMES):
        told |= name_keys({**before, **told})
    return {name: value for name, value in told.items() if before[name] != value}


def _transposed(rows: Mapping[UUID, Columns]) -> list[list[Any]]:
    """One array for each column, in the order of `SQL_TYPES`."""
    return [[row[name] for row in rows.values()] for name in SQL_TYPES]
