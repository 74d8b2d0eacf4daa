"""Lots on shelves: what comes and goes at every point, so that nothing is taken that is not there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from core.demo.people import Person
from core.demo.products import Point

__all__ = ["Entry", "Lot", "Stockroom"]

TAKING = frozenset({"ISSUE", "LOSS", "TRANSFER_OUT"})


@dataclass(frozen=True, slots=True, order=True)
class Lot:
    """What was made together; the sound one that expires first comes first."""

    expires: date
    sku: str
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that happened to a lot at a point."""

    day: date
    point: Point
    lot: Lot
    kind: str
    quantity: int
    reason: str = ""
    person: Person | None = None
    reference: str = ""

    @property
    def change(self) -> int:
        return -self.quantity if self.kind in TAKING else self.quantity


class Stockroom:
    """All points of the town; entries stand in the order in which they happened."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.recalled: dict[Lot, date] = {}
        self.shelves: dict[tuple[str, str], dict[Lot, int]] = defaultdict(dict)

    def enter(self, entry: Entry) -> None:
        """Write it down and move the goods."""
        shelf = self.shelves[entry.point.code, entry.lot.sku]
        shelf[entry.lot] = shelf.get(entry.lot, 0) + entry.change
        self.entries.append(entry)

    def lots(self, point: Point) -> list[tuple[Lot, int]]:
        """Everything that lies at a point, sound or not."""
        return [
            (lot, number)
            for (code, _), shelf in self.shelves.items()
            if code == point.code
            for lot, number in sorted(shelf.items())
            if number
        ]

    def sound(self, point: Point, sku: str, day: date) -> list[tuple[Lot, int]]:
        """What may be handed out on a day, the lot that expires first before the others."""
        return [
            (lot, number)
            for lot, number in sorted(self.shelves[point.code, sku].items())
            if number and day <= lot.expires and day < self.recalled.get(lot, date.max)
        ]

    def there(self, point: Point, sku: str, day: date) -> int:
        """How many of a product may be handed out on a day."""
        return sum(number for _, number in self.sound(point, sku, day))

    def pick(self, point: Point, sku: str, day: date, quantity: int) -> Iterator[tuple[Lot, int]]:
        """So many as there are up to a quantity, split over lots in the order of their expiry."""
        for lot, number in self.sound(point, sku, day):
            taken = min(number, quantity)
            quantity -= taken
            if taken:
                yield lot, taken
