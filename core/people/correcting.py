"""Correcting a movement that was recorded wrongly, and cancelling one that never happened.

The row is changed or taken away, so that residence, stock and figures say what really happened; what it said
before is kept beside it (`corrections`). A movement keeps its place among those of its new day: that of recording.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from core.kernel.audit import record
from core.kernel.db import Row, Transaction
from core.kernel.errors import BadInput, Conflict, NotFound
from core.kernel.i18n import gettext_noop as _
from core.kernel.text import clean
from core.people.corrections import MovementFacts, note_movement, was_cancelled
from core.people.episodes import rebuild_residence
from core.people.movements import check_day, mark_movements
from core.people.presence import MovementKind, refuse

__all__ = ["CORRECTABLE_TO", "MovementChanged", "correct_movement", "uncorrectable"]

CORRECTABLE_TO = (
    MovementKind.ARRIVE,
    MovementKind.DEPART,
    MovementKind.TEMP_LEAVE,
    MovementKind.RETURN,
)
"""What a movement can be corrected into; the others have effects of their own beside presence."""

_OF_THE_BOOKS = frozenset({MovementKind.OPENING, MovementKind.CLOSING})

_LOCK = """
SELECT birth_date FROM people.person WHERE tenant_id = $1 AND id = $2 AND state IN ('active', 'opted_out') FOR UPDATE
"""

_KNOWN = """
SELECT id, kind, day, sequence, reason, ref, transfer_id FROM people.movement
WHERE tenant_id = $1 AND person_id = $2 ORDER BY day, sequence
"""

_CHANGE = "UPDATE people.movement SET kind = $3, day = $4, reason = $5 WHERE tenant_id = $1 AND id = $2"

_CANCEL = "DELETE FROM people.movement WHERE tenant_id = $1 AND id = $2"


class MovementChanged(Conflict):
    """Somebody else corrected or cancelled it since it was shown; `stands` is what it says now, None: cancelled."""

    code = "movement-changed"
    default_what = _("Somebody else has corrected this movement since you opened it.")
    default_todo = _("Nothing you typed is lost: look at what stands now, then send again.")

    def __init__(self, stands: MovementFacts | None) -> None:
        self.stands = stands
        super().__init__()


def uncorrectable(kind: MovementKind, transfer_id: UUID | None) -> Conflict | None:
    """Why such a movement is not corrected in one record alone, and what to do instead; None when it is."""
    if transfer_id is not None:
        return Conflict(
            _(
                "This is one half of a move between two association units, and the other unit has the other half."
            ),
            _("Let the unit where she is now offer her back; then the move can be offered again as it was."),
        )
    if kind in _OF_THE_BOOKS:
        return Conflict(
            _("This was written when the books of a year began, from its roster."),
            _("Record what really happened as a movement of its own, on its day."),
        )
    if kind is MovementKind.CANCEL_DUPLICATE:
        return Conflict(
            _("This was written because she was registered twice."),
            _("Look at the other record of hers, and undo the merging there if it was wrong."),
        )
    return None


async def correct_movement(
    tx: Transaction,
    person: UUID,
    movement: UUID,
    *,
    seen: MovementFacts,
    new: MovementFacts | None,
    why: str,
) -> bool:
    """Make a movement that was `seen` into `new`, or, with None, cancel it; False when that is done already.

    Raises `NotFound`, `MovementChanged`, `IllegalMovement`, `Conflict` for what is not corrected here, `BadInput`.
    """
    why = clean(why)
    if not why:
        raise BadInput(fields={"why": _("Say in a few words why.")})
    birth_date = await _lock(tx, person)
    known = await tx.fetch(_KNOWN, tx.scope.tenant, person)
    row = next((each for each in known if each["id"] == movement), None)
    if row is None:
        if not await was_cancelled(tx, person, movement):
            raise NotFound
        if new is None:
            return False
        raise MovementChanged(None)
    # Cleaned like what was seen and sent: a form could not send it back otherwise.
    stands = MovementFacts(kind=MovementKind(row["kind"]), day=row["day"], reason=clean(row["reason"]))
    if stands == new:
        return False
    refusal = uncorrectable(stands.kind, row["transfer_id"])
    if refusal is not None:
        raise refusal
    if stands != seen:
        raise MovementChanged(stands)
    if new is not None:
        _check_new(stands, new, birth_date)
    _check_order(known, row, new)
    await _write(tx, person, row, stands, new, why)
    return True


async def _lock(tx: Transaction, person: UUID) -> date | None:
    """On its own: what a statement sees that waited for the lock may be older than the lock."""
    row = await tx.fetchrow(_LOCK, tx.scope.tenant, person)
    if row is None:
        raise NotFound
    return row["birth_date"]


async def _write(
    tx: Transaction, person: UUID, row: Row, old: MovementFacts, new: MovementFacts | None, why: str
) -> None:
    if new is None:
        await tx.execute(_CANCEL, tx.scope.tenant, row["id"])
    else:
        await tx.execute(_CHANGE, tx.scope.tenant, row["id"], str(new.kind), new.day, new.reason)
    await note_movement(tx, person, row["id"], row["ref"], old, new, why)
    told = {"movement": str(row["id"]), "was_kind": str(old.kind), "was_day": old.day.isoformat()}
    if new is not None:
        told |= {"kind": str(new.kind), "day": new.day.isoformat()}
    # Why is in her own words, or others', and an audit line outlives an erasure: it stays in the correction.
    record(tx, f"people.movement.{'correct' if new else 'cancel'}", "person", person, detail=told)
    if new is not None and (old.kind, old.day) == (new.kind, new.day):
        return
    await rebuild_residence(tx, [person])
    mark_movements(tx, [(each.kind, each.day) for each in (old, new) if each is not None])


def _check_new(old: MovementFacts, new: MovementFacts, birth_date: date | None) -> None:
    check_day(new.day, birth_date)
    if new.kind is not old.kind and new.kind not in CORRECTABLE_TO:
        raise BadInput(fields={"kind": _("Choose one of the list.")})


def _check_order(known: Sequence[Row], row: Row, new: MovementFacts | None) -> None:
    """All her movements as they would stand, in order of day and then of recording."""
    others = [
        (each["day"], each["sequence"], MovementKind(each["kind"])) for each in known if each is not row
    ]
    corrected = [(new.day, row["sequence"], new.kind)] if new else []
    refusal = refuse(kind for _day, _sequence, kind in sorted([*others, *corrected], key=lambda one: one[:2]))
    if refusal is not None:
        raise refusal
