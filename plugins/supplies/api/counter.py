"""Handing out: what is offered at a point, the lots that are proposed, the issue."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from msgspec import Struct

from core.sdk import Route, TenantCtx
from core.sdk.people import Person
from plugins.supplies.api.shapes import VoucherId
from plugins.supplies.forms import CounterQuery, HandOutForm, LookForm, WishForm
from plugins.supplies.permissions import ISSUE
from plugins.supplies.services import last_used
from plugins.supplies.services.desk import Change, Given, Offer, arrange, desk_at, picks_in, who
from plugins.supplies.services.issuing import hand_out, said_in
from plugins.supplies.services.points import open_points
from plugins.supplies.services.wishes import keep_wish

__all__ = ["ROUTES"]


class AtPoint(CounterQuery, frozen=True, kw_only=True):
    """The code of a service point; without one, where the account handed out at last."""


class Instead(Struct, frozen=True, kw_only=True):
    """A substitute that is here; `most`: how many she can be given of it now."""

    sku: str
    most: int


class OfferTold(Struct, frozen=True, kw_only=True):
    """`there`: what may be handed out; `left`: what she may still have today, null for any number.

    `most`: how many she can be given now without a reason for more; `instead`: where that is none, what there is.
    `refusal` says in words why the caller may not hand it out.
    """

    sku: str
    there: int
    left: int | None
    refusal: str
    asks_advice: bool
    asks_eligibility: bool
    most: int
    instead: list[Instead]


class AbsentTold(Struct, frozen=True, kw_only=True):
    """A product of the catalogue that is not offered here, with what is offered in its place."""

    sku: str
    instead: list[Instead]


class Offers(Struct, frozen=True, kw_only=True):
    """`point` is the one that was looked at, empty where none is open."""

    point: str
    offers: list[OfferTold]
    absent: list[AbsentTold]


class LotTold(Struct, frozen=True, kw_only=True):
    """`stock` is what is sent back as one of `lots`."""

    stock: UUID
    lot: str
    expiry: date
    quantity: int


class Basket(LookForm, frozen=True, kw_only=True):
    """`lots` are rows of the stock, `quantities` how many of each."""


class Proposed(Struct, frozen=True, kw_only=True):
    """`missing`: how many more were asked for than there are; `broken`: the limits that it goes beyond.

    With a broken limit or a skipped lot an issue needs an `override`; `instead` is what there is in that case or where
    something is missing.
    """

    sku: str
    lots: list[LotTold]
    others: list[LotTold]
    missing: int
    broken: list[str]
    skipped: list[str]
    instead: list[Instead]


class Proposal(Struct, frozen=True, kw_only=True):
    products: list[Proposed]


class Handed(HandOutForm, frozen=True, kw_only=True):
    """What was proposed, and what has to be said of it; without `person` it is anonymous."""


class Wish(WishForm, frozen=True, kw_only=True):
    """`tell`: she agrees that she is told when something that she received is recalled; `not`: she takes it back."""


class PersonId(Struct, frozen=True, kw_only=True):
    id: UUID


async def read_anonymous(ctx: TenantCtx, query: AtPoint) -> Offers:
    return await _offers(ctx, query.point, None)


async def read_offers(ctx: TenantCtx, person: UUID, query: AtPoint) -> Offers:
    return await _offers(ctx, query.point, await who(ctx, person))


async def look(ctx: TenantCtx, body: Basket) -> Proposal:
    desk = await desk_at(ctx, body.point, await who(ctx, body.person))
    change = Change(sku=body.sku, quantity=body.quantity or 0, instead=body.instead, without=body.without)
    return Proposal(products=[_proposed(one) for one in await arrange(ctx, desk, picks_in(body), change)])


async def issue(ctx: TenantCtx, body: Handed) -> VoucherId:
    posted = await hand_out(ctx, body.point, body.person, picks_in(body), said_in(body))
    return VoucherId(id=posted.voucher, is_new=posted.is_new)


async def keep_her_wish(ctx: TenantCtx, person: UUID, body: Wish) -> PersonId:
    await keep_wish(ctx, person, wants=body.to == "tell")
    return PersonId(id=person)


async def _offers(ctx: TenantCtx, wished: str, person: Person | None) -> Offers:
    point = await last_used.point_for(ctx, await open_points(), wished)
    if point is None:
        return Offers(point="", offers=[], absent=[])
    desk = await desk_at(ctx, point.code, person)
    replaced = desk.replaced
    return Offers(
        point=point.code,
        offers=[
            OfferTold(
                sku=offer.product.sku,
                there=offer.there,
                left=offer.left,
                refusal=ctx.tell(offer.ruling.refusal) if offer.ruling.refusal else "",
                asks_advice=offer.ruling.asks_advice,
                asks_eligibility=offer.ruling.asks_eligibility,
                most=offer.most,
                instead=_instead(replaced.get(offer.product.sku, ())),
            )
            for offer in desk.offers.values()
        ],
        absent=[
            AbsentTold(sku=sku, instead=_instead(others))
            for sku, others in replaced.items()
            if sku not in desk.offers
        ],
    )


def _instead(offers: Iterable[Offer]) -> list[Instead]:
    return [Instead(sku=offer.product.sku, most=offer.most) for offer in offers]


def _proposed(one: Given) -> Proposed:
    return Proposed(
        sku=one.offer.product.sku,
        lots=[
            LotTold(stock=part.lot.id, lot=part.lot.lot, expiry=part.lot.expiry, quantity=part.quantity)
            for part in one.parts
        ],
        others=[
            LotTold(stock=lot.id, lot=lot.lot, expiry=lot.expiry, quantity=lot.balance) for lot in one.others
        ],
        missing=one.missing,
        broken=[limit.kind for limit in one.broken],
        skipped=[lot.lot for lot in one.skipped],
        instead=_instead(one.instead),
    )


ROUTES = (
    Route(
        path="issue",
        handler=read_anonymous,
        permission=ISSUE,
        summary="Read what a service point offers without a name",
    ),
    Route(
        path="issue/{person}",
        handler=read_offers,
        permission=ISSUE,
        summary="Read what a service point offers to a person, and what she may still have",
    ),
    Route(
        path="issue/{person}/recalls",
        handler=keep_her_wish,
        permission=ISSUE,
        method="POST",
        summary="Note whether a person wants to be told of recalls",
    ),
    Route(
        path="issue/look",
        handler=look,
        permission=ISSUE,
        method="POST",
        is_repeatable=True,
        summary="Have lots proposed, the earliest sound one first; nothing is entered",
    ),
    Route(
        path="issue",
        handler=issue,
        permission=ISSUE,
        method="POST",
        status=201,
        summary="Hand out what was proposed, to a person or without a name",
    ),
)
