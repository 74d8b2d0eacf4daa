"""What is done for one person: confirming, help with a permit, consent, a number in clear."""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct, convert

from core.sdk import Route, TenantCtx
from plugins.registration.api.profile import PermitTold
from plugins.registration.api.shapes import PersonId
from plugins.registration.forms import ConfirmForm, ConsentForm, PermitForm, PickedForm, RevealForm
from plugins.registration.permissions import EDIT, REVEAL
from plugins.registration.services import confirming
from plugins.registration.services.listing import basics_of
from plugins.registration.services.offers import withdraw_consent

__all__ = ["ROUTES"]


class StillHere(ConfirmForm, frozen=True, kw_only=True):
    """`contact_verified`: and she was reached by her contact."""


class PermitHelpGiven(PermitForm, frozen=True, kw_only=True):
    """`day` is today where it is not given."""


class ConsentSaid(ConsentForm, frozen=True, kw_only=True):
    """`purpose` is one of those of the person's consents."""


class ConsentKept(Struct, frozen=True, kw_only=True):
    """`is_offer_withdrawn`: an offer to move that waited was taken back with her consent."""

    id: UUID
    is_offer_withdrawn: bool


class FieldToReveal(RevealForm, frozen=True, kw_only=True):
    """It is noted in her access log that it was seen."""


class Revealed(Struct, frozen=True, kw_only=True):
    """In clear; None where she gave none."""

    value: str | None


async def confirm_one(ctx: TenantCtx, person: UUID, body: StillHere) -> PersonId:
    await confirming.confirm(ctx, person, ctx.today, contact_verified=body.contact_verified)
    return PersonId(id=person)


class PeoplePicked(PickedForm, frozen=True, kw_only=True):
    """The ids of the people."""


class PeopleConfirmed(Struct, frozen=True, kw_only=True):
    """How many of them are registered as present; the others were passed over."""

    confirmed: int


async def confirm_many(ctx: TenantCtx, body: PeoplePicked) -> PeopleConfirmed:
    return PeopleConfirmed(confirmed=await confirming.confirm_many(ctx, body.picked, ctx.today))


async def read_permit(ctx: TenantCtx, person: UUID) -> PermitTold:
    await basics_of(ctx, person)
    return convert(await confirming.permit_of(ctx, person), PermitTold, from_attributes=True)


async def help_with_permit(ctx: TenantCtx, person: UUID, body: PermitHelpGiven) -> PersonId:
    await confirming.help_with_permit(ctx, person, body.kind, body.day or ctx.today)
    return PersonId(id=person)


async def change_consent(ctx: TenantCtx, person: UUID, body: ConsentSaid) -> ConsentKept:
    if body.to == "withdraw":
        return ConsentKept(id=person, is_offer_withdrawn=await withdraw_consent(ctx, person, body.purpose))
    await ctx.people.give_consent(person, body.purpose)
    return ConsentKept(id=person, is_offer_withdrawn=False)


async def reveal(ctx: TenantCtx, person: UUID, body: FieldToReveal) -> Revealed:
    return Revealed(value=await ctx.people.reveal(person, body.field, "registration.person.reveal"))


ROUTES = (
    Route(
        path="people/confirm",
        handler=confirm_many,
        permission=EDIT,
        method="POST",
        summary="Confirm that several people are still here",
    ),
    Route(
        path="people/{person}/confirm",
        handler=confirm_one,
        permission=EDIT,
        method="POST",
        summary="Note that a person is still here",
    ),
    Route(
        path="people/{person}/permit",
        handler=read_permit,
        permission=EDIT,
        summary="Read what residence and help come to for a residence permit",
    ),
    Route(
        path="people/{person}/permit",
        handler=help_with_permit,
        permission=EDIT,
        method="POST",
        summary="Record help with a residence permit",
    ),
    Route(
        path="people/{person}/consent",
        handler=change_consent,
        permission=EDIT,
        method="POST",
        summary="Note that a person agrees to a purpose, or withdraws her consent",
    ),
    Route(
        path="people/{person}/reveal",
        handler=reveal,
        permission=REVEAL,
        method="POST",
        summary="See a sealed number in clear",
        is_repeatable=True,
    ),
)
