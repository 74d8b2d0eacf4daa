"""Correcting a movement that was recorded wrongly, or saying that it never happened; what it was is kept."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from core.sdk import BadInput, Conflict, Form, NotFound, Page, TenantCtx
from core.sdk import gettext_noop as _
from core.sdk.people import MovementChanged, MovementFacts, uncorrectable
from plugins.registration.forms import CancelForm, CorrectForm
from plugins.registration.pages.choices import choices
from plugins.registration.permissions import MOVE
from plugins.registration.services import moving
from plugins.registration.services.codes import REASONS, title_of
from plugins.registration.services.listing import basics_of

__all__ = ["PAGES"]


async def show_correct(ctx: TenantCtx, person: UUID, movement: UUID) -> Any:
    return await _shown(ctx, person, movement, None)


async def correct(ctx: TenantCtx, person: UUID, movement: UUID, form: Form[CorrectForm]) -> Any:
    problem: Conflict | None = None
    if form.is_valid:
        told = form.value
        new = MovementFacts(kind=told.kind, day=told.day, reason=told.reason)
        try:
            await moving.correct(ctx, person, movement, seen=_seen(told), new=new, why=told.why)
        except BadInput as error:
            _refuse(form, error)
        except Conflict as error:
            problem = error
        else:
            return ctx.redirect(ctx.address(f"people/{person}"), _("The movement is corrected."))
    return await _shown(ctx, person, movement, form, problem)


async def show_cancel(ctx: TenantCtx, person: UUID, movement: UUID) -> Any:
    """What would be taken away, before it is."""
    return await _shown(ctx, person, movement, None, is_cancel=True)


async def cancel(ctx: TenantCtx, person: UUID, movement: UUID, form: Form[CancelForm]) -> Any:
    problem: Conflict | None = None
    if form.is_valid:
        told = form.value
        try:
            await moving.correct(ctx, person, movement, seen=_seen(told), new=None, why=told.why)
        except BadInput as error:
            _refuse(form, error)
        except Conflict as error:
            problem = error
        else:
            return ctx.redirect(ctx.address(f"people/{person}"), _("The movement is cancelled."))
    return await _shown(ctx, person, movement, form, problem, is_cancel=True)


async def _shown(
    ctx: TenantCtx,
    person: UUID,
    movement: UUID,
    form: Form[Any] | None,
    problem: Conflict | None = None,
    *,
    is_cancel: bool = False,
) -> Any:
    """What stands now, and what was typed; for one that was cancelled meanwhile only that."""
    shown = await basics_of(ctx, person)
    moves = await ctx.people.movements(person)
    move = next((each for each in moves if each.id == movement), None)
    if move is None and not isinstance(problem, MovementChanged):
        raise NotFound
    stands = MovementFacts(kind=move.kind, day=move.day, reason=move.reason) if move else None
    typed = form if form is not None or stands is None else Form.of(stands)
    refusal = uncorrectable(move.kind, move.transfer_id) if move else None
    return ctx.render(
        "registration/correction.html",
        409 if problem else 400 if form is not None else 200,
        person=shown,
        movement=movement,
        stands=stands,
        refusal=refusal,
        problem=None if refusal else problem,
        form=typed,
        is_cancel=is_cancel,
        kinds=_kinds(ctx, stands),
        titles=moving.KIND_TITLES,
        reason=title_of(REASONS, stands.reason) if stands else "",
        lists=await choices(ctx, {"reason": stands.reason if stands else None}),
    )


def _kinds(ctx: TenantCtx, stands: MovementFacts | None) -> list[tuple[str, str]]:
    kinds = moving.kinds_for_correction(stands.kind) if stands else ()
    return [(str(kind), ctx.tell(moving.KIND_TITLES[kind])) for kind in kinds]


def _seen(told: CancelForm) -> MovementFacts:
    return MovementFacts(kind=told.seen_kind, day=told.seen_day, reason=told.seen_reason)


def _refuse(form: Form[Any], error: BadInput) -> None:
    for field, message in error.fields.items():
        form.refuse(field, message)


PAGES = (
    Page(path="people/{person}/movements/{movement}", handler=show_correct, permission=MOVE),
    Page(path="people/{person}/movements/{movement}", handler=correct, permission=MOVE, method="POST"),
    Page(path="people/{person}/movements/{movement}/cancel", handler=show_cancel, permission=MOVE),
    Page(path="people/{person}/movements/{movement}/cancel", handler=cancel, permission=MOVE, method="POST"),
)
