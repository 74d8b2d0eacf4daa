"""Taking back what a file wrote: new people leave the books as if they had never been in them, known ones get back
what stood in their records. Whoever was changed since is left alone.

This is no erasure: an erased person stays counted, and files pass over her number. Here nothing happened to anybody.
Her movements are cancelled in the way of all corrections; an empty row stays, for the log of who looked at her.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct, convert, json

from core.kernel.audit import record
from core.kernel.db import Row, Transaction
from core.people.columns import SQL_TYPES, Columns
from core.people.corrections import note_cancelled
from core.people.episodes import rebuild_residence
from core.people.movements import mark_movements
from core.people.presence import MovementKind
from core.people.records import FIGURED, mark_figures

__all__ = ["Standing", "Written", "packed", "standing_of", "take_back"]

Standing = Literal["as_written", "edited", "recorded", "gone"]
"""Somebody whom a file wrote: as it left her; her record corrected since; something recorded of her since;
erased or merged since."""


class Written(Struct, frozen=True, kw_only=True):
    """What a file wrote of a person, as `Upserted` told it."""

    person_id: UUID
    version: int
    """Of her record, after it was written."""
    before: str = ""
    """What stood in the record; empty where nothing of it was changed."""
    is_new: bool = False
    ref: str | None = None
    """Of the movement that brought a new person in."""


_LOCK = """
SELECT id, version, state FROM people.person WHERE tenant_id = $1 AND id = ANY($2::uuid[]) ORDER BY id FOR UPDATE
"""

# Seen once they are locked: nobody can add anything to them any more.
_BUSY = """
SELECT person_id FROM people.consent WHERE tenant_id = $1 AND person_id = ANY($2::uuid[])
UNION SELECT person_id FROM people.movement_correction WHERE tenant_id = $1 AND person_id = ANY($2::uuid[])
UNION SELECT person_id FROM people.movement
  WHERE tenant_id = $1 AND person_id = ANY($2::uuid[]) AND NOT coalesce(ref = ANY($3::text[]), false)
UNION SELECT person_id FROM people.erasure WHERE tenant_id = $1 AND person_id = ANY($2::uuid[])
UNION SELECT kept_id FROM people.merge WHERE tenant_id = $1 AND kept_id = ANY($2::uuid[])
UNION SELECT gone_id FROM people.merge WHERE tenant_id = $1 AND gone_id = ANY($2::uuid[])
"""

_CANCEL = """
DELETE FROM people.movement WHERE tenant_id = $1 AND person_id = ANY($2::uuid[])
RETURNING id, person_id, kind, day
"""

_NO_PSEUDONYM = "DELETE FROM people.pseudonym WHERE tenant_id = $1 AND person_id = ANY($2::uuid[])"

_EMPTY = """
UPDATE people.person SET state = 'erased', version = version + 1, birth_date = NULL, sex = '9', origin = 'NS',
  name = NULL, alias = NULL, name_former = NULL, name_latin = NULL, latin = NULL, pinyin = '', initials = '',
  origin_division = NULL, is_floating = false, is_employee = false, id_type = NULL, document_sealed = NULL,
  document_index = NULL, document_tail_index = NULL, document_mask = NULL, phone_sealed = NULL,
  phone_index = NULL, phone_tail_index = NULL, phone_mask = NULL, contact_sealed = NULL
WHERE tenant_id = $1 AND id = ANY($2::uuid[])
"""

_NAMES = ", ".join(SQL_TYPES)
_ARRAYS = ", ".join(f"${place}::{kind}[]" for place, kind in enumerate(SQL_TYPES.values(), start=3))

_NOW = f"SELECT id, {_NAMES} FROM people.person WHERE tenant_id = $1 AND id = ANY($2::uuid[])"  # noqa: S608 -- of SQL_TYPES

_RESTORE = f"""
UPDATE people.person p SET version = p.version + 1, {", ".join(f"{name} = u.{name}" for name in SQL_TYPES)}
FROM unnest($2::uuid[], {_ARRAYS}) AS u (id, {_NAMES}) WHERE p.tenant_id = $1 AND p.id = u.id
"""  # noqa: S608 -- the column list of SQL_TYPES

_TYPES: Mapping[str, Any] = {"text": str, "date": date, "boolean": bool, "bytea": bytes, "uuid": UUID}


def packed(before: Mapping[str, Any], changed: Collection[str]) -> str:
    """What stood in the columns that are changed, to be kept by whoever may want it back: seal it."""
    return json.encode({name: before[name] for name in sorted(changed)}).decode() if changed else ""


async def standing_of(tx: Transaction, written: Sequence[Written]) -> dict[UUID, Standing]:
    """Lock these people, and say how each stands.

    Of somebody new nothing else may be recorded; of somebody known only the record counts, if it was changed at all.
    """
    people = sorted({one.person_id for one in written})
    there = {row["id"]: row for row in await tx.fetch(_LOCK, tx.scope.tenant, people)}
    new = [one for one in written if one.is_new]
    given = ([one.person_id for one in new], [one.ref for one in new if one.ref is not None])
    busy = {row["person_id"] for row in await tx.fetch(_BUSY, tx.scope.tenant, *given)} if new else set()
    return {one.person_id: _standing(one, there.get(one.person_id), busy) for one in written}


def _standing(one: Written, row: Row | None, busy: Collection[UUID]) -> Standing:
    if row is None or row["state"] not in ("active", "opted_out"):
        return "gone"
    if row["version"] != one.version and (one.is_new or one.before):
        return "edited"
    return "recorded" if one.person_id in busy else "as_written"


async def take_back(tx: Transaction, written: Sequence[Written]) -> None:
    """Undo what the file wrote of these people, whom `standing_of` has locked and found as they were."""
    new = [one.person_id for one in written if one.is_new]
    known = {one.person_id: _unpacked(one.before) for one in written if one.before and not one.is_new}
    if new:
        await _remove(tx, new)
    if known:
        await _restore(tx, known)
    if new or known:
        detail = {"removed": len(new), "restored": len(known)}
        record(tx, "people.person.take-back", "person", None, detail=detail)


async def _remove(tx: Transaction, people: Sequence[UUID]) -> None:
    tenant = tx.scope.tenant
    gone = await tx.fetch(_CANCEL, tenant, people)
    await note_cancelled(tx, gone)
    await rebuild_residence(tx, sorted(people))
    mark_movements(tx, [(MovementKind(row["kind"]), row["day"]) for row in gone])
    await tx.execute(_NO_PSEUDONYM, tenant, people)
    await tx.execute(_EMPTY, tenant, people)


async def _restore(tx: Transaction, known: Mapping[UUID, Columns]) -> None:
    rows = {row["id"]: row for row in await tx.fetch(_NOW, tx.scope.tenant, list(known))}
    restored = [
        {name: before.get(name, rows[person][name]) for name in SQL_TYPES} for person, before in known.items()
    ]
    arrays = [[row[name] for row in restored] for name in SQL_TYPES]
    await tx.execute(_RESTORE, tx.scope.tenant, list(known), *arrays)
    if any(FIGURED & before.keys() for before in known.values()):
        await mark_figures(tx)


def _unpacked(before: str) -> Columns:
    kept: dict[str, Any] = json.decode(before)
    return {
        name: None if value is None else convert(value, _TYPES[SQL_TYPES[name]])
        for name, value in kept.items()
    }
