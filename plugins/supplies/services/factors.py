"""Couple-years of protection: what one unit of a product counts, as an exact fraction, never a rounded one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction

__all__ = ["FACTOR_SET", "PUBLISHED", "cyp_of", "is_doubtful", "parse_factor", "total_cyp"]

FACTOR_SET = "USAID/FHI360 2022"
"""The published set that the seed follows; a town may publish another one with its catalogue."""

PUBLISHED: Mapping[str, Fraction] = {
    "MALE_CONDOM": Fraction(1, 120),
    "FEMALE_CONDOM": Fraction(1, 120),
    "COC": Fraction(1, 15),
    "POP": Fraction(1, 12),
    "ECP": Fraction(1, 20),
    "INJ_1M": Fraction(1, 13),
    "NET_EN": Fraction(1, 6),
    "DMPA_IM": Fraction(1, 4),
    "DMPA_SC": Fraction(1, 4),
    "SPERMICIDE": Fraction(1, 120),
    "CU_IUD": Fraction(23, 5),
    "LNG_IUD": Fraction(24, 5),
    "IMPLANT_ETG": Fraction(5, 2),
    "IMPLANT_LNG2": Fraction(5, 2),
    "PATCH": Fraction(1, 15),
    "RING": Fraction(1, 15),
}
"""By method. A method that has no published factor is not here, and not doubted."""

_FRACTION = re.compile(r"([0-9]{1,6})(?:/([1-9][0-9]{0,5}))?")


def parse_factor(text: str) -> Fraction | None:
    """`1/120` or `5`; nothing for an empty text; raises ValueError for decimals, which are roundings."""
    if not text:
        return None
    match = _FRACTION.fullmatch(text)
    if match is None:
        raise ValueError(text)
    return Fraction(int(match[1]), int(match[2] or 1))


def cyp_of(quantity: int, factor: str) -> Fraction:
    """Nothing where the product has no factor: its units are reported, its protection is not guessed."""
    return quantity * (parse_factor(factor) or Fraction())


def total_cyp(lines: Iterable[tuple[int, str]]) -> Fraction:
    """Of quantities and factors, exactly."""
    return sum((cyp_of(quantity, factor) for quantity, factor in lines), Fraction())


def is_doubtful(method: str, factor: Fraction | None) -> bool:
    """Less than half or more than twice what is published: a nought too many, such as 0.0067 for a pill cycle."""
    published = PUBLISHED.get(method)
    if published is None:
        return False
    return factor is None or not published / 2 <= factor <= published * 2
