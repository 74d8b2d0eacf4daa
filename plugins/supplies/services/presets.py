"""Dispensing rules of real places, as data that a town can lay over its catalogue before it publishes it.

They bound what one person is given; none of them takes away that condoms are had without an identity. The texts of
the places differ and one contradicts itself, so a rule can always be passed with a reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from core.sdk import gettext_noop as _
from plugins.supplies.services.catalogue import Product

__all__ = ["PRESETS", "Preset", "Rule", "lay_over"]

CONDOMS = frozenset({"MALE_CONDOM", "FEMALE_CONDOM"})
PILLS = frozenset({"COC", "POP"})
VAGINAL = frozenset({"SPERMICIDE"})


class Rule(Struct, frozen=True, kw_only=True):
    """What is set for the products of these methods; a number that is None stays as it is in the catalogue."""

    methods: frozenset[str]
    is_in_packs: bool = False
    """The place counts boxes: each number is multiplied by what a box of the product holds."""
    per_visit: int | None = None
    per_30d: int | None = None
    per_year: int | None = None
    interval_days: int | None = None
    min_age: int | None = None


class Preset(Struct, frozen=True, kw_only=True):
    """`title` and `note` are message ids."""

    title: str
    note: str
    rules: tuple[Rule, ...]


PRESETS: Mapping[str, Preset] = {
    "kunming": Preset(
        title=_("Kunming"),
        note=_("In a year 13 pill cycles, 2 emergency pills, 13 injections, 120 spermicides, 120 condoms."),
        rules=(
            Rule(methods=frozenset({"COC"}), per_year=13),
            Rule(methods=frozenset({"ECP"}), per_year=2),
            Rule(methods=frozenset({"INJ_1M"}), per_year=13),
            Rule(methods=VAGINAL | CONDOMS, per_year=120),
        ),
    ),
    "yantai": Preset(
        title=_("Yantai"),
        note=_("Up to 3 boxes of condoms in 30 days and 13 boxes in a year."),
        rules=(Rule(methods=CONDOMS, is_in_packs=True, per_30d=3, per_year=13),),
    ),
    "xian": Preset(
        title=_("Xi'an"),
        note=_("Up to 3 boxes at a time, then again after 3 months; 12 boxes of condoms in a year."),
        rules=(
            Rule(methods=CONDOMS, is_in_packs=True, per_visit=3, per_year=12),
            Rule(methods=PILLS | VAGINAL, is_in_packs=True, per_visit=3),
            Rule(methods=CONDOMS | PILLS | VAGINAL, interval_days=90),
        ),
    ),
    "nanchang": Preset(
        title=_("Nanchang, at a university"),
        note=_("One box of condoms in 30 days. The place asks for a card; here nobody has to show one."),
        rules=(Rule(methods=CONDOMS, is_in_packs=True, per_30d=1),),
    ),
    "guiyang": Preset(
        title=_("Guiyang, at a machine"),
        note=_("One box of condoms at a time, from the age of 18."),
        rules=(Rule(methods=CONDOMS, is_in_packs=True, per_visit=1, min_age=18),),
    ),
}


def lay_over(products: Iterable[Product], preset: Preset) -> tuple[Product, ...]:
    """The same products with the rules of the preset; what it says nothing about stays."""
    return tuple(_ruled(product, preset.rules) for product in products)


def _ruled(product: Product, rules: Iterable[Rule]) -> Product:
    for rule in rules:
        if product.method in rule.methods:
            times = product.pack if rule.is_in_packs else 1
            amounts = {
                "max_per_visit": rule.per_visit,
                "max_per_30d": rule.per_30d,
                "max_per_year": rule.per_year,
            }
            told = {name: amount * times for name, amount in amounts.items() if amount is not None}
            others = {"min_interval_days": rule.interval_days, "min_age": rule.min_age}
            told |= {name: number for name, number in others.items() if number is not None}
            product = replace(product, **told)
    return product
