"""What happened to a person's presence, one at a time or a whole file's worth."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from msgspec import Struct

from core.kernel import clock
from core.kernel.audit import record
from core.kernel.changes import changed
from core.kernel.db import Row, Transaction
from core.kernel.errors import BadInput, NotFound
from core.kernel.i18n import gettext_noop as _
from core.kernel.ids import new_id
from core.people.consent import withdraw_all
from core.people.episodes import rebuild_residence
from core.people.presence import (
    ENTERING,
    LEAVING,
    IllegalMovement,
    MovementKind,
    Presence,
    after,
    is_legal,
    refuse,
)

__all__ = [
    "Movement",
    "MovementRow",
    "check_day",
    "mark_movements",
    "movements_of",
    "presence_of",
    "record_movement",
    "write_movements",
]

MOST_ROWS = 5000


class Movement(Struct, frozen=True, kw_only=True):
    """A recorded movement."""

    id: UUID
    kind: MovementKind
    day: date
    reason: str
    transfer_id: UUID | None
    ref: str | None


class MovementRow(Struct, frozen=True, kw_only=True):
    """A movement to be written in bulk; `ref` or `transfer_id` says whether it is there, or was cancelled."""

    person_id: UUID
    kind: MovementKind
    day: date
    reason: str = ""
    ref: str | None = None
    transfer_id: UUID | None = None


# FOR UPDATE makes writers of one person's movements wait for each other.
_LOCKED = """
SELECT p.birth_date, m.kind, m.day, m.sequence
FROM people.person p
LEFT JOIN people.movement m ON m.tenant_id = p.tenant_id AND m.person_id = p.id
WHERE p.tenant_id = $1 AND p.id = $2 AND p.state IN ('active', 'opted_out')
ORDER BY m.day, m.sequence FOR UPDATE OF p
"""

_LOCK_MANY = """
SELECT id FROM people.person WHERE tenant_id = $1 AND id = ANY($2::uuid[]) AND state IN ('active', 'opted_out')
ORDER BY id FOR UPDATE
"""

_WRITE = """
WITH given AS (
  SELECT * FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::date[], $6::text[], $7::text[], $8::uuid[])
    WITH ORDINALITY AS u (id, person_id, kind, day, reason, ref, transfer_id, place)
), fresh AS (
  SELECT * FROM given g
  WHERE NOT EXISTS (SELECT 1 FROM people.movement m WHERE m.tenant_id = $1 AND m.ref = g.ref)
    AND NOT EXISTS (SELECT 1 FROM people.movement_correction c
                    WHERE c.tenant_id = $1 AND c.ref = g.ref AND c.new_kind IS NULL)
    AND NOT EXISTS (SELECT 1 FROM people.movement m WHERE m.tenant_id = $1 AND m.transfer_id = g.transfer_id)
), latest AS (
  SELECT person_id, max(sequence) AS sequence FROM people.movement
  WHERE tenant_id = $1 AND person_id = ANY($3::uuid[]) GROUP BY person_id
)
INSERT INTO people.movement
  (tenant_id, id, person_id, kind, day, sequence, reason, ref, transfer_id, recorded_at, recorded_by)
SELECT $1, f.id, f.person_id, f.kind, f.day,
       coalesce(l.sequence, 0) + row_number() OVER (PARTITION BY f.person_id ORDER BY f.place),
       f.reason, f.ref, f.transfer_id, $9, $10
FROM fresh f LEFT JOIN latest l USING (person_id)
RETURNING person_id, kind, day
"""

# The place is asked for here: what was seen with the lock may be older than the lock.
_WRITE_NEXT = """
INSERT INTO people.movement
  (tenant_id, id, person_id, kind, day, reason, ref, transfer_id, recorded_at, recorded_by, sequence)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, coalesce(max(m.sequence), 0) + 1
FROM people.movement m WHERE m.tenant_id = $1 AND m.person_id = $3
"""

_RECORDED = """
SELECT id FROM people.movement WHERE tenant_id = $1 AND (ref = $2 OR transfer_id = $3)
UNION ALL
SELECT movement_id FROM people.movement_correction WHERE tenant_id = $1 AND ref = $2 AND new_kind IS NULL
LIMIT 1
"""

_OF_PERSON = """
SELECT id, kind, day, reason, transfer_id, ref FROM people.movement
WHERE tenant_id = $1 AND person_id = $2 ORDER BY day, sequence
"""


async def movements_of(tx: Transaction, person: UUID) -> list[Movement]:
    """All movements of a person, oldest first."""
    rows = await tx.fetch(_OF_PERSON, tx.scope.tenant, person)
    return [Movement(**{**row, "kind": MovementKind(row["kind"])}) for row in rows]


async def presence_of(tx: Transaction, person: UUID) -> Presence:
    """Present, away or absent by all that is recorded."""
    return after(movement.kind for movement in await movements_of(tx, person))


async def record_movement(
    tx: Transaction,
    person: UUID,
    kind: MovementKind,
    day: date,
    reason: str = "",
    transfer_id: UUID | None = None,
    ref: str | None = None,
) -> UUID:
    """Record what happened on `day`, which may lie before earlier entries as long as all still fit.

    The movement's id; that of the existing one where `ref` or `transfer_id` is recorded, or cancelled, already.
    Raises `NotFound`, `IllegalMovement`, and `BadInput` for a day that is not to be.
    """
    known = await tx.fetch(_LOCKED, tx.scope.tenant, person)
    if not known:
        raise NotFound
    there = await _recorded(tx, ref, transfer_id)
    if there is not None:
        return there
    check_day(day, known[0]["birth_date"])
    _check_order([row for row in known if row["kind"] is not None], kind, day)
    row = MovementRow(person_id=person, kind=kind, day=day, reason=reason, ref=ref, transfer_id=transfer_id)
    movement = await _write_next(tx, row)
    await rebuild_residence(tx, [person])
    if kind is MovementKind.OPT_OUT:
        await withdraw_all(tx, [person])
    mark_movements(tx, [(kind, day)])
    record(
        tx,
        "people.movement.record",
        "person",
        person,
        reason=reason,
        detail={"movement": str(movement), "kind": str(kind), "day": day.isoformat()},
    )
    return movement


async def write_movements(tx: Transaction, rows: Sequence[MovementRow]) -> int:
    """Write up to 5,000 movements in their order, those apart whose `ref` or `transfer_id` is there or cancelled.

    The number written. Raises `NotFound` for an unknown person and `IllegalMovement` when they do not fit.
    """
    if len(rows) > MOST_ROWS:
        raise ValueError(f"at most {MOST_ROWS} movements at once")
    await tx.plan_afresh()
    people = sorted({row.person_id for row in rows})
    locked = await tx.fetch(_LOCK_MANY, tx.scope.tenant, people)
    if len(locked) < len(people):
        raise NotFound
    written = await _write(tx, [new_id() for _row in rows], rows)
    if not written:
        return 0
    await rebuild_residence(tx, sorted({row["person_id"] for row in written}))
    mark_movements(tx, ((MovementKind(row["kind"]), row["day"]) for row in written))
    opted_out = {row["person_id"] for row in written if row["kind"] == MovementKind.OPT_OUT}
    if opted_out:
        await withdraw_all(tx, opted_out)
    record(tx, "people.movement.write", "movement", None, detail={"count": len(written)})
    return len(written)


async def _write(tx: Transaction, ids: Sequence[UUID], rows: Sequence[MovementRow]) -> list[Row]:
    return await tx.fetch(
        _WRITE,
        tx.scope.tenant,
        ids,
        [row.person_id for row in rows],
        [str(row.kind) for row in rows],
        [row.day for row in rows],
        [row.reason for row in rows],
        [row.ref for row in rows],
        [row.transfer_id for row in rows],
        clock.now(),
        tx.scope.actor,
    )


async def _write_next(tx: Transaction, row: MovementRow) -> UUID:
    movement = new_id()
    told = (row.person_id, str(row.kind), row.day, row.reason, row.ref, row.transfer_id)
    await tx.execute(_WRITE_NEXT, tx.scope.tenant, movement, *told, clock.now(), tx.scope.actor)
    return movement


async def _recorded(tx: Transaction, ref: str | None, transfer_id: UUID | None) -> UUID | None:
    if ref is None and transfer_id is None:
        return None
    return await tx.fetchval(_RECORDED, tx.scope.tenant, ref, transfer_id)


def check_day(day: date, birth_date: date | None) -> None:
    """Raise `BadInput` for a day on which nothing can have happened to her yet."""
    if day > clock.today():
        raise BadInput(fields={"day": _("A day that has not come yet cannot be recorded.")})
    if birth_date is not None and day < birth_date:
        raise BadInput(fields={"day": _("This day is before her birth date.")})


def _check_order(known: Sequence[Row], kind: MovementKind, day: date) -> None:
    """`known` in order of day; the new movement comes last on its day."""
    before = [MovementKind(row["kind"]) for row in known if row["day"] <= day]
    later = [MovementKind(row["kind"]) for row in known if row["day"] > day]
    refusal = refuse([*before, kind])
    if refusal is not None:
        raise refusal
    if not is_legal([*before, kind, *later]):
        raise IllegalMovement(_("This does not fit what is recorded of her after this day."))


def mark_movements(tx: Transaction, movements: Iterable[tuple[MovementKind, date]]) -> None:
    """Movements count in their month; presence changes from the earliest day on."""
    kept = list(movements)
    for month in {day.replace(day=1) for _kind, day in kept}:
        changed(tx, "people.movement", month)
    turns = [day for kind, day in kept if kind in ENTERING | LEAVING]
    if turns:
        changed(tx, "people.residence", min(turns), onwards=True)
