"""What was corrected in a person's books, as it was and as it became, for whoever asks what happened.

Rows are added and never go; an erasure empties what is personal in them and leaves kinds and days.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct

from core.kernel import clock
from core.kernel.db import Row, Transaction
from core.kernel.ids import new_id
from core.people.presence import MovementKind

__all__ = [
    "CORRECTED_FIELDS",
    "Correction",
    "FieldCorrection",
    "MovementCorrection",
    "MovementFacts",
    "corrections_of",
    "forget_corrections",
    "note_cancelled",
    "note_fields",
    "note_movement",
    "was_cancelled",
]

Field = Literal["sex", "birth_date", "origin", "is_floating"]

CORRECTED_FIELDS: tuple[Field, ...] = ("sex", "birth_date", "origin", "is_floating")
"""The fields of a person whose old value is kept: those by which she is counted, her number apart."""


class MovementFacts(Struct, frozen=True, kw_only=True):
    """What a movement says; two that are equal say the same."""

    kind: MovementKind
    day: date
    reason: str = ""


class MovementCorrection(Struct, frozen=True, kw_only=True):
    """A movement as it was and as it became; `new` is None where it never happened."""

    movement: UUID
    old: MovementFacts
    new: MovementFacts | None
    why: str
    at: datetime
    by: UUID | None


class FieldCorrection(Struct, frozen=True, kw_only=True):
    """A field of her record; a day as ISO text, a yes as `true`; None was or is unknown, or erased since."""

    field: Field
    old: str | None
    new: str | None
    why: str
    at: datetime
    by: UUID | None


Correction = MovementCorrection | FieldCorrection

_NOTE_MOVEMENT = """
INSERT INTO people.movement_correction
  (tenant_id, id, person_id, movement_id, ref, old_kind, old_day, old_reason, new_kind, new_day, new_reason,
   why, corrected_at, corrected_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
"""

_NOTE_CANCELLED = """
INSERT INTO people.movement_correction
  (tenant_id, id, person_id, movement_id, old_kind, old_day, old_reason, why, corrected_at, corrected_by)
SELECT $1, u.id, u.person_id, u.movement_id, u.kind, u.day, '', '', $2, $3
FROM unnest($4::uuid[], $5::uuid[], $6::uuid[], $7::text[], $8::date[]) AS u (id, person_id, movement_id, kind, day)
"""

_NOTE_FIELDS = """
INSERT INTO people.field_correction
  (tenant_id, id, person_id, field, old_value, new_value, why, corrected_at, corrected_by)
SELECT $1, u.id, $2, u.field, u.old_value, u.new_value, $3, $4, $5
FROM unnest($6::uuid[], $7::text[], $8::text[], $9::text[]) AS u (id, field, old_value, new_value)
"""

_MOVEMENTS = """
SELECT movement_id, old_kind, old_day, old_reason, new_kind, new_day, new_reason, why, corrected_at, corrected_by
FROM people.movement_correction WHERE tenant_id = $1 AND person_id = $2 ORDER BY corrected_at, id
"""

_FIELDS = """
SELECT field, old_value, new_value, why, corrected_at, corrected_by
FROM people.field_correction WHERE tenant_id = $1 AND person_id = $2 ORDER BY corrected_at, id
"""

_WAS_CANCELLED = """
SELECT EXISTS (SELECT 1 FROM people.movement_correction
               WHERE tenant_id = $1 AND person_id = $2 AND movement_id = $3 AND new_kind IS NULL)
"""

_FORGET_MOVEMENTS = """
UPDATE people.movement_correction
SET ref = NULL, why = '', old_reason = '', new_reason = CASE WHEN new_reason IS NULL THEN NULL ELSE '' END
WHERE tenant_id = $1 AND person_id = $2
"""

_FORGET_FIELDS = """
UPDATE people.field_correction SET why = '', old_value = NULL, new_value = NULL
WHERE tenant_id = $1 AND person_id = $2
"""


async def corrections_of(tx: Transaction, person: UUID) -> list[Correction]:
    """Everything that was corrected of a person, newest first."""
    given = (tx.scope.tenant, person)
    found: list[Correction] = [_of_movement(row) for row in await tx.fetch(_MOVEMENTS, *given)]
    found += [_of_field(row) for row in await tx.fetch(_FIELDS, *given)]
    return sorted(found, key=lambda one: one.at, reverse=True)


async def forget_corrections(tx: Transaction, person: UUID) -> int:
    """Empty what is personal of the corrections of a person who is erased; the number of rows that there are."""
    given = (tx.scope.tenant, person)
    return await tx.execute(_FORGET_MOVEMENTS, *given) + await tx.execute(_FORGET_FIELDS, *given)


async def note_movement(
    tx: Transaction,
    person: UUID,
    movement: UUID,
    ref: str | None,
    old: MovementFacts,
    new: MovementFacts | None,
    why: str,
) -> None:
    """`ref` tells a file that is loaded again that this movement was cancelled, so that it stays away."""
    became = (str(new.kind), new.day, new.reason) if new else (None, None, None)
    was = (str(old.kind), old.day, old.reason)
    told = (person, movement, ref, *was, *became, why)
    await tx.execute(_NOTE_MOVEMENT, tx.scope.tenant, new_id(), *told, clock.now(), tx.scope.actor)


async def note_cancelled(tx: Transaction, movements: Sequence[Row]) -> None:
    """That movements (id, person_id, kind, day) were cancelled, of people of whom nothing personal is kept."""
    await tx.execute(
        _NOTE_CANCELLED,
        tx.scope.tenant,
        clock.now(),
        tx.scope.actor,
        [new_id() for _each in movements],
        [row["person_id"] for row in movements],
        [row["id"] for row in movements],
        [row["kind"] for row in movements],
        [row["day"] for row in movements],
    )


async def note_fields(
    tx: Transaction, person: UUID, old: Mapping[str, Any], new: Mapping[str, Any], why: str
) -> None:
    """Keep the old value of those of `CORRECTED_FIELDS` that `new` names."""
    fields = [field for field in CORRECTED_FIELDS if field in new]
    if not fields:
        return
    await tx.execute(
        _NOTE_FIELDS,
        tx.scope.tenant,
        person,
        why,
        clock.now(),
        tx.scope.actor,
        [new_id() for _field in fields],
        fields,
        [_text(old[field]) for field in fields],
        [_text(new[field]) for field in fields],
    )


async def was_cancelled(tx: Transaction, person: UUID, movement: UUID) -> bool:
    """Whether this was once a movement of hers that never happened."""
    return await tx.fetchval(_WAS_CANCELLED, tx.scope.tenant, person, movement)


def _of_movement(row: Row) -> MovementCorrection:
    return MovementCorrection(
        movement=row["movement_id"],
        old=MovementFacts(kind=MovementKind(row["old_kind"]), day=row["old_day"], reason=row["old_reason"]),
        new=None
        if row["new_kind"] is None
        else MovementFacts(kind=MovementKind(row["new_kind"]), day=row["new_day"], reason=row["new_reason"]),
        why=row["why"],
        at=row["corrected_at"],
        by=row["corrected_by"],
    )


def _of_field(row: Row) -> FieldCorrection:
    return FieldCorrection(
        field=row["field"],
        old=row["old_value"],
        new=row["new_value"],
        why=row["why"],
        at=row["corrected_at"],
        by=row["corrected_by"],
    )


def _text(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)
