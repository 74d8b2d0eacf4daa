"""The stock of the units beside each other, and what one could give to another: reckoned from their figures alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import ceil, floor
from typing import Literal

from msgspec import Struct

from core.sdk.figures import UnitFigures
from plugins.supplies.services.catalogue import Catalogue

__all__ = ["INDICATORS", "Holding", "Proposal", "holdings", "propose", "tracers_in"]

OUT_DAYS, LASTING, EXPIRING, ON_HAND = "SUP-06", "SUP-07", "SUP-09", "SUP-10"
INDICATORS = (OUT_DAYS, LASTING, EXPIRING, ON_HAND)

LEVELS = {"town_station": (3, 6)}
USUAL_LEVELS = (2, 3)
"""Months of stock, least and most; of a kind of unit, where no other is known to the town."""
MONTHS_OF_SHORT_LIFE = 6


class Holding(Struct, frozen=True, kw_only=True):
    """What a unit has of a product. `monthly` is what it hands out in a month, 0 where that is not known."""

    unit: str
    unit_kind: str
    sku: str
    on_hand: int
    monthly: Fraction
    expiring: int
    out_days: int

    @property
    def months(self) -> Fraction | None:
        """How long it lasts; None, not 0 and not for ever, where nothing is handed out."""
        return self.on_hand / self.monthly if self.monthly else None

    @property
    def least(self) -> int:
        return ceil(self._levels[0] * self.monthly)

    @property
    def most(self) -> int:
        return ceil(self._levels[1] * self.monthly)

    @property
    def state(self) -> Literal["out", "low", "much", "ok"]:
        if self.on_hand == 0:
            return "out"
        if self.monthly and self.on_hand < self.least:
            return "low"
        return "much" if self.on_hand > self.most and (self.monthly or self.expiring) else "ok"

    @property
    def needed(self) -> int:
        """What is missing to the most, once it is below the least."""
        return self.most - self.on_hand if self.monthly and self.on_hand < self.least else 0

    @property
    def too_old(self) -> int:
        """What expires within half a year and will not be handed out by then."""
        return max(0, self.expiring - floor(self.monthly * MONTHS_OF_SHORT_LIFE))

    @property
    def spare(self) -> int:
        """What lies above the most; of a product that nobody asks for, what expires soon."""
        if not self.monthly:
            return self.expiring
        return max(0, self.on_hand - self.most, self.too_old if self.on_hand > self.least else 0)

    @property
    def _levels(self) -> tuple[int, int]:
        return LEVELS.get(self.unit_kind, USUAL_LEVELS)


class Proposal(Struct, frozen=True, kw_only=True):
    """`is_old`: some of it expires within half a year, so it goes first."""

    sku: str
    giver: str
    taker: str
    quantity: int
    is_old: bool


def tracers_in(catalogue: Catalogue) -> list[str]:
    return [product.sku for product in catalogue.products.values() if product.is_tracer]


def holdings(units: Iterable[UnitFigures], skus: Sequence[str]) -> list[Holding]:
    """Of every unit and product; what has no figure is 0, because nothing of it ever came."""
    return [
        Holding(
            unit=unit.code,
            unit_kind=unit.kind,
            sku=sku,
            on_hand=_whole(unit.number(ON_HAND, f"sku={sku}")),
            monthly=_monthly(unit, sku),
            expiring=_whole(unit.number(EXPIRING, f"sku={sku}")),
            out_days=_whole(unit.number(OUT_DAYS, f"sku={sku}")),
        )
        for unit in units
        for sku in skus
    ]


def propose(found: Iterable[Holding]) -> list[Proposal]:
    """Who has too much, or what soon expires, gives to who has too little; the oldest first."""
    by_sku: dict[str, list[Holding]] = {}
    for holding in found:
        by_sku.setdefault(holding.sku, []).append(holding)
    return [proposal for sku in by_sku for proposal in _matched(by_sku[sku])]


def _matched(found: Sequence[Holding]) -> Iterable[Proposal]:
    spare = {each.unit: each.spare for each in found if each.spare and not each.needed}
    givers = sorted(
        (each for each in found if each.unit in spare),
        key=lambda each: (-each.too_old, -each.spare, each.unit),
    )
    for taker in sorted(
        (each for each in found if each.needed), key=lambda each: (each.months or 0, each.unit)
    ):
        missing = taker.needed
        for giver in givers:
            quantity = min(missing, spare[giver.unit])
            if quantity:
                spare[giver.unit] -= quantity
                missing -= quantity
                yield Proposal(
                    sku=taker.sku,
                    giver=giver.unit,
                    taker=taker.unit,
                    quantity=quantity,
                    is_old=giver.too_old > 0,
                )


def _monthly(unit: UnitFigures, sku: str) -> Fraction:
    figure = unit.figure(LASTING, f"sku={sku}")
    return figure.den if figure and figure.den else Fraction()


def _whole(number: Fraction | None) -> int:
    return int(number) if number is not None else 0
