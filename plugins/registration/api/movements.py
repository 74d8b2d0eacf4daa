"""Movements: recording them, correcting those recorded wrongly, cancelling what never happened."""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct

from core.sdk import Route, TenantCtx
from core.sdk.people import MovementFacts, MovementKind
from plugins.registration.forms import CancelForm, CorrectForm, MoveForm
from plugins.registration.permissions import MOVE
from plugins.registration.services import moving

__all__ = ["ROUTES"]


class NewMovement(MoveForm, frozen=True, kw_only=True):
    """`day` is today where it is not given. `OPT_OUT` leaves the register and withdraws all her consents."""


class MovementCancelled(CancelForm, frozen=True, kw_only=True):
    """What was seen is what it says now; if it is not so any more, nothing is done."""


class MovementCorrected(CorrectForm, frozen=True, kw_only=True):
    """What was seen, and what it really was; if what was seen is not so any more, nothing is done."""


class MovementId(Struct, frozen=True, kw_only=True):
    """The movement that was recorded, corrected or cancelled."""

    id: UUID


async def record_movement(ctx: TenantCtx, person: UUID, body: NewMovement) -> MovementId:
    kind = MovementKind(body.kind)
    return MovementId(id=await moving.move(ctx, person, kind, body.day or ctx.today, body.reason))


async def correct_movement(
    ctx: TenantCtx, person: UUID, movement: UUID, body: MovementCorrected
) -> MovementId:
    new = MovementFacts(kind=body.kind, day=body.day, reason=body.reason)
    await moving.correct(ctx, person, movement, seen=_seen(body), new=new, why=body.why)
    return MovementId(id=movement)


async def cancel_movement(
    ctx: TenantCtx, person: UUID, movement: UUID, body: MovementCancelled
) -> MovementId:
    await moving.correct(ctx, person, movement, seen=_seen(body), new=None, why=body.why)
    return MovementId(id=movement)


def _seen(body: CancelForm) -> MovementFacts:
    return MovementFacts(kind=body.seen_kind, day=body.seen_day, reason=body.seen_reason)


ROUTES = (
    Route(
        path="people/{person}/move",
        handler=record_movement,
        permission=MOVE,
        method="POST",
        status=201,
        summary="Record that a person came, left, returned, is away, or leaves the register",
    ),
    Route(
        path="people/{person}/movements/{movement}",
        handler=correct_movement,
        permission=MOVE,
        method="PATCH",
        summary="Correct a movement that was recorded wrongly",
    ),
    Route(
        path="people/{person}/movements/{movement}/cancel",
        handler=cancel_movement,
        permission=MOVE,
        method="POST",
        summary="Cancel a movement that never happened",
    ),
)
