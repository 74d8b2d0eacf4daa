"""Offers to move: made for a person, answered by the unit that she may come to."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from msgspec import Struct, convert

from core.sdk import Route, TenantCtx
from plugins.registration.api.shapes import PersonId
from plugins.registration.forms import AcceptForm, OfferForm
from plugins.registration.permissions import MOVE
from plugins.registration.services import offers

__all__ = ["ROUTES", "OfferTold"]


class OfferTold(Struct, frozen=True, kw_only=True):
    """One half as it stands: `OUT` where she leaves, `IN` where she comes to; the other unit's code and names."""

    id: UUID
    direction: str
    person_id: UUID | None
    other_code: str
    other_zh: str
    other_en: str
    moves_on: date
    state: str
    decided_on: date | None


class WaitingOffers(Struct, frozen=True, kw_only=True):
    """Oldest first."""

    received: list[OfferTold]
    sent: list[OfferTold]


class CarriedPerson(Struct, frozen=True, kw_only=True):
    """What was handed on with her consent; `known_id` is the person here who has her document."""

    name: str | None
    alias: str | None
    sex: str
    birth_date: date | None
    known_id: UUID | None


class OfferDetail(Struct, frozen=True, kw_only=True):
    """`carried` is null where she did not agree or the offer is answered: ask for her document then."""

    offer: OfferTold
    carried: CarriedPerson | None


class NewOffer(OfferForm, frozen=True, kw_only=True):
    """`unit`: the code or the full name of the other unit. `agrees`: she agrees, now, that her record goes along."""


class OfferAccepted(AcceptForm, frozen=True, kw_only=True):
    """She has come. Name and document where nothing was handed on; `day` is today where it is not given."""


class OfferId(Struct, frozen=True, kw_only=True):
    """The offer that was made, declined or withdrawn."""

    id: UUID


async def list_offers(ctx: TenantCtx) -> WaitingOffers:
    return WaitingOffers(
        received=convert(await offers.waiting_offers("IN"), list[OfferTold], from_attributes=True),
        sent=convert(await offers.waiting_offers("OUT"), list[OfferTold], from_attributes=True),
    )


async def read_offer(ctx: TenantCtx, offer: UUID) -> OfferDetail:
    found = await offers.find_offer(offer)
    return OfferDetail(
        offer=convert(found, OfferTold, from_attributes=True), carried=await _carried(ctx, offer)
    )


async def make_offer(ctx: TenantCtx, person: UUID, body: NewOffer) -> OfferId:
    day = body.day or ctx.today
    return OfferId(id=await offers.offer_move(ctx, person, body.unit, day, agrees=body.agrees))


async def accept_offer(ctx: TenantCtx, offer: UUID, body: OfferAccepted) -> PersonId:
    return PersonId(id=await offers.accept(ctx, offer, offers.acceptance_of(body, ctx.today)))


async def decline_offer(ctx: TenantCtx, offer: UUID) -> OfferId:
    await offers.decline(ctx, offer)
    return OfferId(id=offer)


async def withdraw_offer(ctx: TenantCtx, offer: UUID) -> OfferId:
    await offers.withdraw(ctx, offer)
    return OfferId(id=offer)


async def _carried(ctx: TenantCtx, offer: UUID) -> CarriedPerson | None:
    carried = await offers.carried_of(ctx, offer)
    if carried is None:
        return None
    return CarriedPerson(
        name=carried.name,
        alias=carried.alias,
        sex=carried.sex,
        birth_date=carried.birth_date,
        known_id=await offers.known_of(ctx, carried),
    )


ROUTES = (
    Route(path="offers", handler=list_offers, permission=MOVE, summary="List the offers to move that wait"),
    Route(path="offers/{offer}", handler=read_offer, permission=MOVE, summary="Read an offer to move"),
    Route(
        path="people/{person}/offer",
        handler=make_offer,
        permission=MOVE,
        method="POST",
        status=201,
        summary="Offer a person to the unit that she moves to",
    ),
    Route(
        path="offers/{offer}/accept",
        handler=accept_offer,
        permission=MOVE,
        method="POST",
        summary="Accept a person who has come from another unit",
    ),
    Route(
        path="offers/{offer}/decline",
        handler=decline_offer,
        permission=MOVE,
        method="POST",
        summary="Decline an offer to move",
    ),
    Route(
        path="offers/{offer}/withdraw",
        handler=withdraw_offer,
        permission=MOVE,
        method="POST",
        summary="Take back an offer to move",
    ),
)
