"""Movements at the counter: which ones she may have now, recording them, correcting those recorded wrongly."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from core.sdk import BadInput, Conflict, TenantCtx
from core.sdk import gettext_noop as _
from core.sdk.people import CORRECTABLE_TO, MovementFacts, MovementKind
from plugins.registration.events import MOVED, PersonMoved
from plugins.registration.services.codes import REASONS
from plugins.registration.services.confirming import write_confirmation
from plugins.registration.tables import Transfer

__all__ = [
    "COUNTER_KINDS",
    "KIND_TITLES",
    "correct",
    "kinds_for_correction",
    "move",
    "moves_for",
    "refuse_while_offered",
]

KIND_TITLES: dict[str, str] = {
    "OPENING": _("present when the books began"),
    "ARRIVE": _("arrival"),
    "CHANGE_EMPLOYER_IN": _("came from another association unit"),
    "TEMP_LEAVE": _("away for a time"),
    "RETURN": _("return"),
    "MOVE_WITHIN_TOWN": _("another address or firm in the unit"),
    "DEPART": _("departure"),
    "CHANGE_EMPLOYER_OUT": _("moved to another association unit"),
    "OPT_OUT": _("withdrew from the register"),
    "CLOSING": _("not on the roster of the new year"),
    "DECEASED": _("deceased"),
    "CANCEL_DUPLICATE": _("registered twice, cancelled"),
}

COUNTER_KINDS: dict[str, tuple[MovementKind, ...]] = {
    "absent": (MovementKind.ARRIVE,),
    "present": (MovementKind.DEPART, MovementKind.TEMP_LEAVE, MovementKind.OPT_OUT),
    "away": (MovementKind.RETURN, MovementKind.DEPART, MovementKind.OPT_OUT),
}
"""By presence: what the page of a person offers."""

ALL_COUNTER_KINDS = frozenset(kind for kinds in COUNTER_KINDS.values() for kind in kinds)

_CONFIRMING = frozenset({MovementKind.ARRIVE, MovementKind.RETURN})


def moves_for(presence: str) -> tuple[MovementKind, ...]:
    return COUNTER_KINDS[presence]


async def move(ctx: TenantCtx, person: UUID, kind: MovementKind, day: date, reason: str = "") -> UUID:
    """Record a movement; raises `IllegalMovement`, `BadInput`, and `Conflict` while an offer to move waits."""
    if kind not in ALL_COUNTER_KINDS:
        raise Conflict(_("This movement is not recorded at the counter."))
    if reason and reason not in REASONS:
        # The reason stands in the records, which outlive an erasure: a code, never words about her.
        raise BadInput(fields={"reason": _("Choose one of the list.")})
    await refuse_while_offered(person)
    movement = await ctx.people.move(person, kind, day, reason)
    if kind in _CONFIRMING:
        await write_confirmation(ctx, person, day, contact_verified=False)
    await ctx.emit(MOVED, PersonMoved(person=person, movement=movement, kind=kind))
    return movement


def kinds_for_correction(kind: MovementKind) -> tuple[MovementKind, ...]:
    """What a movement of this kind can be corrected into; itself, where only the day is wrong."""
    return CORRECTABLE_TO if kind in CORRECTABLE_TO else (kind, *CORRECTABLE_TO)


async def correct(
    ctx: TenantCtx, person: UUID, movement: UUID, *, seen: MovementFacts, new: MovementFacts | None, why: str
) -> bool:
    """Make a movement what it really was; None: it never happened. False when that is done already.

    Raises `MovementChanged`, `IllegalMovement`, `BadInput`, and `Conflict` while an offer to move waits.
    """
    await refuse_while_offered(person)
    return await ctx.people.correct_movement(person, movement, seen=seen, new=new, why=why)


async def refuse_while_offered(*people: UUID) -> None:
    """While an offer waits, the other unit answers for the record that was offered."""
    waiting = await Transfer.exists().where(
        Transfer.person_id.is_in(list(people))
        & (Transfer.direction == "OUT")
        & Transfer.state.is_in(["waiting", "withdrawing"])
    )
    if waiting:
        raise Conflict(
            _("An offer that she moves to another association unit is waiting."),
            _("Withdraw the offer first, or wait for the answer."),
        )
