"""The counter as it stands: the point, who is there, what can be handed out to her, and from which lots.

What is arranged here binds nobody; it is examined again when it is handed out (`issuing.hand_out`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol
from uuid import UUID

from msgspec import Struct

from core.sdk import BadInput, Conflict, NotFound, TenantCtx
from core.sdk import gettext_noop as _
from core.sdk.people import PeopleFilter, Person, PersonIdentity
from plugins.supplies.permissions import CLINIC, ISSUE
from plugins.supplies.services.allotting import (
    Fault,
    Lot,
    Part,
    allot,
    fault_of,
    last_day_of_use,
    most_of,
    skipped,
)
from plugins.supplies.services.catalogue import Catalogue, Product, catalogue_on
from plugins.supplies.services.eligibility import Prompt, prompts_for
from plugins.supplies.services.entitlement import Limit, broken, left_of, limits_of
from plugins.supplies.services.gates import Ruling, rule
from plugins.supplies.services.points import ServicePoint, open_points
from plugins.supplies.services.shelf import Shelf, shelf_at, skus_of
from plugins.supplies.services.taken import NOTHING, History, history_of

__all__ = [
    "NOTHING_ELSE",
    "Change",
    "Desk",
    "Given",
    "Offer",
    "Pick",
    "arrange",
    "desk_at",
    "picks_in",
    "refused",
    "who",
]


class Pick(Struct, frozen=True):
    """So many from a lot, by its row of the stock."""

    lot: UUID
    quantity: int


class Basket(Protocol):
    """What is sent: rows of the stock, and how many of each."""

    @property
    def lots(self) -> Sequence[UUID]: ...
    @property
    def quantities(self) -> Sequence[int]: ...


class Change(Struct, frozen=True, kw_only=True):
    """What is wanted otherwise: so many more of a product, from another lot first, or not at all."""

    sku: str = ""
    quantity: int = 0
    instead: UUID | None = None
    without: str = ""


NOTHING_ELSE = Change()


class Offer(Struct, frozen=True, kw_only=True):
    """A product at the point, for who stands there."""

    product: Product
    there: int
    """What of it may be handed out today; `unsound` is what may not, and why."""
    unsound: Mapping[Fault, int]
    at_once: int
    """How many of `there` are good until they are used up, handed out together."""
    limits: tuple[Limit, ...]
    ruling: Ruling

    @property
    def left(self) -> int | None:
        """How many she may still have; None: any number."""
        return left_of(self.limits)

    @property
    def is_open(self) -> bool:
        return self.there > 0 and not self.ruling.refusal

    @property
    def most(self) -> int:
        """How many she can be given now, without a reason for more."""
        if self.ruling.refusal:
            return 0
        return self.at_once if self.left is None else min(self.at_once, self.left)


class Given(Struct, frozen=True, kw_only=True):
    """One product of what is to be handed out, and what has to be said of it."""

    offer: Offer
    parts: tuple[Part, ...]
    others: tuple[Lot, ...]
    """Sound lots that it could come from instead."""
    broken: tuple[Limit, ...]
    skipped: tuple[Lot, ...]
    prompts: tuple[Prompt, ...]
    missing: int = 0
    """How many more were asked for than there are."""
    instead: tuple[Offer, ...] = ()
    """Where a limit or the stock falls short: what the catalogue names as substitutes, and she can be given."""

    @property
    def quantity(self) -> int:
        return sum(part.quantity for part in self.parts)

    @property
    def needs_reason(self) -> bool:
        return bool(self.broken or self.skipped)


class Desk(Struct, frozen=True, kw_only=True):
    """`person` is None where nobody asks who she is."""

    point: ServicePoint
    person: Person | None
    catalogue: Catalogue
    shelf: Shelf
    offers: Mapping[str, Offer]

    def offer(self, ctx: TenantCtx, sku: str) -> Offer:
        if sku not in self.offers:
            fault = _("This is not here, or not without a name. Choose one of the products that are shown.")
            raise refused(ctx, {"sku": fault}, self.instead_of(sku))
        return self.offers[sku]

    def instead_of(self, sku: str) -> tuple[Offer, ...]:
        """Its substitutes that are here and that she can be given, in the order of the catalogue's line."""
        product = self.catalogue.get(sku)
        named = (
            [self.offers[each] for each in dict.fromkeys(product.substitutes) if each in self.offers]
            if product
            else []
        )
        return tuple(offer for offer in named if offer.most)

    @property
    def replaced(self) -> Mapping[str, tuple[Offer, ...]]:
        """The products of which she can be given nothing here now, each with what can be had instead."""
        closed = [
            sku for sku in self.catalogue.products if sku not in self.offers or not self.offers[sku].most
        ]
        return {sku: instead for sku in closed if (instead := self.instead_of(sku))}


def refused(ctx: TenantCtx, faults: Mapping[str, str], instead: Sequence[Offer]) -> BadInput:
    """That it cannot be handed out, naming what can be had instead."""
    if not instead:
        return BadInput(fields=faults)
    names = ctx.tell(_(", ")).join(offer.product.name(ctx.language) for offer in instead)
    return BadInput(
        _("This cannot be handed out now. There is instead: %(names)s."), fields=faults, names=names
    )


def picks_in(basket: Basket) -> list[Pick]:
    """Raises `BadInput` where a lot has no number, or a number no lot."""
    if len(basket.lots) != len(basket.quantities):
        raise BadInput(fields={"quantities": _("Send one number for each lot.")})
    return [Pick(lot, quantity) for lot, quantity in zip(basket.lots, basket.quantities, strict=True)]


async def who(ctx: TenantCtx, person: UUID | None) -> Person | None:
    """Whom a voucher may name. Raises `NotFound`, and `Conflict` for who has left the register."""
    if person is None:
        return None
    found = await ctx.people.search(where=PeopleFilter(among=[person]), limit=1)
    if not found.people:
        raise NotFound
    if found.people[0].state == "opted_out":
        raise Conflict(
            _("She has left the register, so nothing is noted under her name."),
            _("Hand out without a name what can be had so."),
        )
    return found.people[0]


async def desk_at(ctx: TenantCtx, point: str, person: Person | None) -> Desk:
    """Raises `BadInput` for a point that is not open."""
    place = next((one for one in await open_points() if one.code == point), None)
    if place is None:
        raise BadInput(fields={"point": _("Choose a service point that is open.")})
    catalogue = await catalogue_on(ctx, ctx.today)
    shelf = await shelf_at(ctx, point, ctx.today)
    listed = [
        product
        for sku, product in catalogue.products.items()
        if sku in shelf and (person is not None or product.is_anonymous_allowed)
    ]
    history = await history_of(person.id) if person else NOTHING
    # Who begins methods is held back by nobody's age.
    asks_age = any(one.min_age for one in listed) and not ctx.can(CLINIC)
    years = await _years(ctx, person) if person and asks_age else None
    return Desk(
        point=place,
        person=person,
        catalogue=catalogue,
        shelf=shelf,
        offers={
            product.sku: Offer(
                product=product,
                there=_sound(shelf[product.sku], ctx.today),
                unsound=_unsound(shelf[product.sku], ctx.today),
                at_once=most_of(shelf[product.sku], ctx.today, product.days_per_unit),
                limits=limits_of(product, history.of(product.sku), ctx.today, years) if person else (),
                ruling=_ruling(ctx, place, product, history),
            )
            for product in listed
        },
    )


async def arrange(
    ctx: TenantCtx, desk: Desk, picks: Sequence[Pick], change: Change = NOTHING_ELSE
) -> list[Given]:
    """What these picks are, product by product, with the change made.

    A product whose lots cannot give what was picked (any more) is taken from the earliest sound lots anew; what is
    not here at all any more is left out.
    """
    lots = {lot.id: (sku, lot) for sku, listed in desk.shelf.items() for lot in listed}
    gone = await skus_of([pick.lot for pick in picks if pick.lot not in lots])
    parts: dict[str, list[Part]] = {}
    wanted: dict[str, int] = {}
    for lot, quantity in _by_lot(picks).items():
        if lot not in lots and lot not in gone:
            raise _unknown("lots")
        sku = lots[lot][0] if lot in lots else gone[lot]
        wanted[sku] = wanted.get(sku, 0) + quantity
        if lot in lots:
            parts.setdefault(sku, []).append(Part(lots[lot][1], quantity))
    if change.sku:
        wanted[change.sku] = wanted.get(change.sku, 0) + change.quantity
    if change.instead is not None and change.instead not in lots:
        raise _unknown("instead")
    first = lots[change.instead] if change.instead is not None else None
    return [
        _given(ctx, desk, sku, quantity, parts.get(sku, []), first[1] if first and first[0] == sku else None)
        for sku, quantity in wanted.items()
        if sku != change.without and (sku in desk.shelf or sku == change.sku)
    ]


def _unknown(field: str) -> BadInput:
    return BadInput(fields={field: _("This lot is not here. Choose one of those that are shown.")})


def _by_lot(picks: Sequence[Pick]) -> dict[UUID, int]:
    found: dict[UUID, int] = {}
    for pick in picks:
        found[pick.lot] = found.get(pick.lot, 0) + pick.quantity
    return found


def _given(
    ctx: TenantCtx, desk: Desk, sku: str, quantity: int, parts: list[Part], first: Lot | None
) -> Given:
    offer = desk.offer(ctx, sku)
    last_day = last_day_of_use(ctx.today, quantity, offer.product.days_per_unit)
    is_as_picked = (
        first is None
        and sum(part.quantity for part in parts) == quantity
        and all(
            part.quantity <= part.lot.balance and fault_of(part.lot, ctx.today, last_day) is None
            for part in parts
        )
    )
    lots, missing = desk.shelf[sku], 0
    if not is_as_picked:
        front = allot([first] if first else [], quantity, ctx.today, last_day)
        back = allot([lot for lot in lots if lot is not first], front.missing, ctx.today, last_day)
        parts, missing = [*front.parts, *back.parts], back.missing
    taken = {part.lot.id for part in parts}
    over = broken(offer.limits, quantity - missing)
    return Given(
        offer=offer,
        parts=tuple(parts),
        others=tuple(
            lot for lot in lots if lot.id not in taken and fault_of(lot, ctx.today, last_day) is None
        ),
        broken=tuple(over),
        skipped=tuple(skipped(lots, parts, ctx.today, last_day)),
        prompts=prompts_for(offer.product.method) if offer.ruling.asks_eligibility else (),
        missing=missing,
        instead=desk.instead_of(sku) if missing or over or offer.ruling.refusal else (),
    )


def _ruling(ctx: TenantCtx, place: ServicePoint, product: Product, history: History) -> Ruling:
    return rule(
        product,
        by="medical" if ctx.can(CLINIC) else "station",
        is_clinic=place.kind == "CLINIC",
        had_method=product.method in history.methods,
    )


def _sound(lots: Sequence[Lot], day: date) -> int:
    return sum(lot.balance for lot in lots if fault_of(lot, day, day) is None)


def _unsound(lots: Sequence[Lot], day: date) -> dict[Fault, int]:
    found: dict[Fault, int] = {}
    for lot in lots:
        if fault := fault_of(lot, day, day):
            found[fault] = found.get(fault, 0) + lot.balance
    return found


async def _years(ctx: TenantCtx, person: Person) -> int | None:
    """Her age in completed years, read where a product has one to ask for."""
    shown = await ctx.people.get(person.id, ISSUE)
    born = shown.birth_date if isinstance(shown, PersonIdentity) else None
    if born is None:
        return None
    return ctx.today.year - born.year - ((ctx.today.month, ctx.today.day) < (born.month, born.day))
