"""What is done for one person from her page: confirm, permit, movement, consent, a number in clear."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from msgspec import structs

from core.sdk import BadInput, Conflict, Form, Page, TenantCtx
from core.sdk import gettext_noop as _
from core.sdk.people import MovementKind
from plugins.registration.forms import ConfirmForm, ConsentForm, MoveForm, PermitForm, PickedForm, RevealForm
from plugins.registration.pages.choices import choices
from plugins.registration.pages.person import person_page
from plugins.registration.permissions import EDIT, MOVE, REVEAL
from plugins.registration.services import confirming, moving
from plugins.registration.services.codes import PERMIT_KINDS
from plugins.registration.services.listing import basics_of
from plugins.registration.services.offers import withdraw_consent

__all__ = ["PAGES"]

SAID = {
    "ARRIVE": _("Her arrival is recorded."),
    "DEPART": _("Her departure is recorded."),
    "TEMP_LEAVE": _("It is recorded that she is away for a time."),
    "RETURN": _("Her return is recorded."),
    "OPT_OUT": _("She has left the register, and all her consents are withdrawn."),
}


async def confirm(ctx: TenantCtx, person: UUID, form: Form[ConfirmForm]) -> Any:
    await confirming.confirm(ctx, person, ctx.today, contact_verified=form.value.contact_verified)
    return _back(ctx, person, _("It is noted that she is still here."))


async def confirm_picked(ctx: TenantCtx, form: Form[PickedForm]) -> Any:
    if form.errors.keys() == {"picked"} and not form.typed.get("picked"):
        return ctx.redirect(ctx.address("people"), _("Nobody was picked: tick the people first."))
    count = await confirming.confirm_many(ctx, form.value.picked, ctx.today)
    said = _("Still here today: %(count)s. Who is not registered as present was passed over.")
    return ctx.redirect(ctx.address("people"), said, count=count)


async def show_permit(ctx: TenantCtx, person: UUID) -> Any:
    form = Form({"day": ctx.today.isoformat()}, None, {})
    return await _permit(ctx, person, form)


async def help_with_permit(ctx: TenantCtx, person: UUID, form: Form[PermitForm]) -> Any:
    if form.is_valid:
        told = form.value
        try:
            await confirming.help_with_permit(ctx, person, told.kind, told.day or ctx.today)
        except BadInput as error:
            _refuse(form, error)
        else:
            return _back(ctx, person, _("The help with her residence permit is recorded."))
    return await _permit(ctx, person, form, status=400)


async def show_move(ctx: TenantCtx, person: UUID) -> Any:
    form = Form({"day": ctx.today.isoformat()}, None, {})
    return await _move(ctx, person, form)


async def move(ctx: TenantCtx, person: UUID, form: Form[MoveForm]) -> Any:
    problem: Conflict | None = None
    if form.is_valid:
        told = form.value
        try:
            await moving.move(ctx, person, MovementKind(told.kind), told.day or ctx.today, told.reason)
        except BadInput as error:
            _refuse(form, error)
        except Conflict as error:
            problem = error
        else:
            return _back(ctx, person, SAID[told.kind])
    return await _move(ctx, person, form, problem, status=409 if problem else 400)


async def show_opt_out(ctx: TenantCtx, person: UUID) -> Any:
    """What opting out does, before it is done."""
    shown = await basics_of(ctx, person)
    given = [state for state in await ctx.people.consents(person) if state.is_given]
    return ctx.render("registration/opt_out.html", person=shown, given=given)


async def consent(ctx: TenantCtx, person: UUID, form: Form[ConsentForm]) -> Any:
    told = form.value
    if told.to == "give":
        await ctx.people.give_consent(person, told.purpose)
        return _back(ctx, person, _("Her consent is noted."))
    if await withdraw_consent(ctx, person, told.purpose):
        return _back(ctx, person, _("Her consent is withdrawn, and with it the offer to move that waited."))
    return _back(ctx, person, _("Her consent is withdrawn."))


async def reveal(ctx: TenantCtx, person: UUID, form: Form[RevealForm]) -> Any:
    """A sealed number in clear, once, and noted in her access log."""
    field = form.value.field
    value = await ctx.people.reveal(person, field, "registration.person.reveal")
    return await person_page(ctx, person, revealed={field: value})


async def _permit(ctx: TenantCtx, person: UUID, form: Form[PermitForm], status: int = 200) -> Any:
    shown = await basics_of(ctx, person)
    permit = await confirming.permit_of(ctx, person)
    return ctx.render(
        "registration/permit.html",
        status,
        person=shown,
        form=form,
        kinds=[(code, ctx.tell(choice.title)) for code, choice in PERMIT_KINDS.items()],
        titles={code: choice.title for code, choice in PERMIT_KINDS.items()},
        **structs.asdict(permit),
    )


async def _move(
    ctx: TenantCtx, person: UUID, form: Form[MoveForm], problem: Conflict | None = None, status: int = 200
) -> Any:
    shown = await basics_of(ctx, person)
    kinds = [kind for kind in moving.moves_for(shown.presence) if kind is not MovementKind.OPT_OUT]
    return ctx.render(
        "registration/move.html",
        status,
        person=shown,
        form=form,
        problem=problem,
        kinds=[(str(kind), ctx.tell(moving.KIND_TITLES[kind])) for kind in kinds],
        can_opt_out=MovementKind.OPT_OUT in moving.moves_for(shown.presence),
        lists=await choices(ctx),
    )


def _refuse(form: Form[Any], error: BadInput) -> None:
    for field, message in error.fields.items():
        form.refuse(field, message)


def _back(ctx: TenantCtx, person: UUID, said: str) -> Any:
    return ctx.redirect(ctx.address(f"people/{person}"), said)


PAGES = (
    Page(path="people/{person}/confirm", handler=confirm, permission=EDIT, method="POST"),
    Page(path="people/confirm", handler=confirm_picked, permission=EDIT, method="POST"),
    Page(path="people/{person}/permit", handler=show_permit, permission=EDIT),
    Page(path="people/{person}/permit", handler=help_with_permit, permission=EDIT, method="POST"),
    Page(path="people/{person}/move", handler=show_move, permission=MOVE),
    Page(path="people/{person}/move", handler=move, permission=MOVE, method="POST"),
    Page(path="people/{person}/opt-out", handler=show_opt_out, permission=MOVE),
    Page(path="people/{person}/consent", handler=consent, permission=EDIT, method="POST"),
    Page(
        path="people/{person}/reveal",
        handler=reveal,
        permission=REVEAL,
        method="POST",
        slots=("PERSON_TIMELINE",),
    ),
)
