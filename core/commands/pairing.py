"""Pairs what plug-ins say of acts that touch two tenants: half against half, number against number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

from msgspec import Struct

from core.sdk.handover import Half

__all__ = ["Standing", "unlike"]

ALONE = (
    "See whether `townbridge jobs list` names its message; if not, compare both units with the last backup."
)
DIFFERENT = "Ask both units for their papers of it, and have the one that is wrong corrected by a count."


class Standing(Struct, frozen=True):
    """A half, in the unit with the code `place`; `is_telling`: its message to the other one is on its way."""

    place: str
    told: Half
    is_telling: bool


def unlike(halves: Iterable[Standing]) -> Iterator[tuple[Standing, str]]:
    """A sentence for each half that is alone, and for each number that differs, where no message is on its way."""
    together: dict[UUID, list[Standing]] = defaultdict(list)
    for half in halves:
        together[half.told.id].append(half)
    for found in together.values():
        if any(half.is_telling for half in found):
            continue
        if _is_pair(found):
            yield from _differences(*found)
        else:
            yield from (
                (half, f"{half.told.name} has no half in {half.told.other}. {ALONE}") for half in found
            )


def _is_pair(found: Sequence[Standing]) -> bool:
    return [half.place for half in found] == [half.told.other for half in reversed(found)] and len(found) == 2


def _differences(one: Standing, other: Standing) -> Iterator[tuple[Standing, str]]:
    for name in sorted(one.told.numbers.keys() | other.told.numbers.keys()):
        here, there = one.told.numbers.get(name, 0), other.told.numbers.get(name, 0)
        if here != there:
            yield (
                one,
                f"{one.told.name}, {name}: {here} here, {there} in {other.place}. {DIFFERENT}",
            )
