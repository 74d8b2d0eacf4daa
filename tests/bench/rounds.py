"""Rounds: the floor and ours in turn, and what is said of them is the median of the ratios of each round."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from statistics import median
from typing import Self

from msgspec import Struct

__all__ = ["Ratio", "in_turn", "ratio"]


class Ratio(Struct, frozen=True):
    """The median over the rounds, and how far the rounds lay apart."""

    middle: float
    least: float
    most: float

    @classmethod
    def once(cls, number: float) -> Self:
        """What was measured a single time."""
        return cls(number, number, number)


async def in_turn(*sides: Callable[[], Awaitable[float]], rounds: int) -> list[list[float]]:
    """One list of measurements for each side, the sides taking turns; who begins changes with every round."""
    measured: list[list[float]] = [[] for _side in sides]
    for number in range(rounds):
        order = list(enumerate(sides))
        for place, side in order if number % 2 == 0 else reversed(order):
            measured[place].append(await side())
    return measured


def ratio(ours: list[float], floor: list[float]) -> Ratio:
    """Ours by the floor's, round by round."""
    each = sorted(mine / least for mine, least in zip(ours, floor, strict=True))
    return Ratio(median(each), each[0], each[-1])
