"""Offers to move: made from a person's page, answered by the unit that she may come to."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from core.sdk import BadInput, Conflict, Form, Page, TenantCtx
from core.sdk import gettext_noop as _
from plugins.registration.forms import AcceptForm, OfferForm
from plugins.registration.pages.choices import choices
from plugins.registration.permissions import MOVE
from plugins.registration.services import offers
from plugins.registration.services.listing import basics_of
from plugins.registration.services.words import SEXES

__all__ = ["PAGES"]


async def show_offers(ctx: TenantCtx) -> Any:
    waiting = await offers.waiting_offers("IN")
    names = {offer.id: await offers.carried_of(ctx, offer.id) for offer in waiting}
    return ctx.render(
        "registration/offers.html", waiting=waiting, names=names, sent=await offers.waiting_offers("OUT")
    )


async def show_offer_form(ctx: TenantCtx, person: UUID) -> Any:
    return await _offer_form(ctx, person, Form({"day": ctx.today.isoformat()}, None, {}))


async def send_offer(ctx: TenantCtx, person: UUID, form: Form[OfferForm]) -> Any:
    problem: Conflict | None = None
    if form.is_valid:
        told = form.value
        try:
            await offers.offer_move(ctx, person, told.unit, told.day or ctx.today, agrees=told.agrees)
        except BadInput as error:
            for field, message in error.fields.items():
                form.refuse(field, message)
        except Conflict as error:
            problem = error
        else:
            return ctx.redirect(
                ctx.address(f"people/{person}"), _("The offer is sent. She stays here until it is accepted.")
            )
    return await _offer_form(ctx, person, form, problem, status=409 if problem else 400)


async def withdraw(ctx: TenantCtx, offer: UUID) -> Any:
    found = await offers.find_offer(offer)
    await offers.withdraw(ctx, offer)
    return ctx.redirect(ctx.address(f"people/{found.person_id}"), _("The offer is being withdrawn."))


async def show_answer(ctx: TenantCtx, offer: UUID) -> Any:
    found = await offers.find_offer(offer)
    form = Form({"day": max(found.moves_on, ctx.today).isoformat()}, None, {})
    return await _answer_form(ctx, offer, form)


async def accept(ctx: TenantCtx, offer: UUID, form: Form[AcceptForm]) -> Any:
    problem: Conflict | None = None
    if form.is_valid:
        try:
            person = await offers.accept(ctx, offer, offers.acceptance_of(form.value, ctx.today))
        except BadInput as error:
            for field, message in error.fields.items():
                form.refuse(field, message)
        except Conflict as error:
            problem = error
        else:
            return ctx.redirect(
                ctx.address(f"people/{person}"),
                _("She has come to this unit. The other unit is told the day."),
            )
    return await _answer_form(ctx, offer, form, problem, status=409 if problem else 400)


async def decline(ctx: TenantCtx, offer: UUID) -> Any:
    await offers.decline(ctx, offer)
    return ctx.redirect(ctx.address("offers"), _("The offer is declined, and what was handed on is deleted."))


async def _offer_form(
    ctx: TenantCtx, person: UUID, form: Form[OfferForm], problem: Conflict | None = None, status: int = 200
) -> Any:
    shown = await basics_of(ctx, person)
    agreed = any(
        state.is_given for state in await ctx.people.consents(person) if state.purpose.code == "TRANSFER"
    )
    return ctx.render(
        "registration/offer.html", status, person=shown, form=form, problem=problem, has_agreed=agreed
    )


async def _answer_form(
    ctx: TenantCtx, offer: UUID, form: Form[AcceptForm], problem: Conflict | None = None, status: int = 200
) -> Any:
    found = await offers.find_offer(offer)
    carried = await offers.carried_of(ctx, offer)
    return ctx.render(
        "registration/answer.html",
        status,
        offer=found,
        state=offers.STATE_TITLES[found.state],
        carried=carried,
        known=await offers.known_of(ctx, carried),
        sexes=SEXES,
        form=form,
        problem=problem,
        lists=await choices(ctx),
    )


PAGES = (
    Page(path="offers", handler=show_offers, permission=MOVE),
    Page(path="offers/{offer}", handler=show_answer, permission=MOVE),
    Page(path="offers/{offer}/accept", handler=accept, permission=MOVE, method="POST"),
    Page(path="offers/{offer}/decline", handler=decline, permission=MOVE, method="POST"),
    Page(path="offers/{offer}/withdraw", handler=withdraw, permission=MOVE, method="POST"),
    Page(path="people/{person}/offer", handler=show_offer_form, permission=MOVE),
    Page(path="people/{person}/offer", handler=send_offer, permission=MOVE, method="POST"),
)
