"""Movements at the counter: which ones she may have now, and recording them."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from core.sdk import Conflict, TenantCtx
from core.sdk import gettext_noop as _
from core.sdk.people import MovementKind
from plugins.registration.events import MOVED, PersonMoved
from plugins.registration.services.confirming import write_confirmation
from plugins.registration.tables import Transfer

__all__ = ["COUNTER_KINDS", "KIND_TITLES", "move", "moves_for"]

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
    waiting = await Transfer.exists().where(
        (Transfer.person_id == person)
        & (Transfer.direction == "OUT")
        & Transfer.state.is_in(["waiting", "withdrawing"])
    )
    if waiting:
        raise Conflict(
            _("An offer that she moves to another association unit is waiting."),
            _("Withdraw the offer first, or wait for the answer."),
        )
    movement = await ctx.people.move(person, kind, day, reason)
    if kind in _CONFIRMING:
        await write_confirmation(ctx, person, day, contact_verified=False)
    await ctx.emit(MOVED, PersonMoved(person=str(person), movement=str(movement), kind=str(kind)))
    return movement
