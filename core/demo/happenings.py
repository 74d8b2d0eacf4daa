"""What does not happen every month: a recall, lots near their end, a box that nobody fills, what a count finds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random

from core.demo.products import Point
from core.demo.stockroom import Entry, Lot, Stockroom
from core.demo.storekeeping import CONDOM, receive, transfer

__all__ = ["Happenings", "recalled_lot"]

# Point, sku, number and days from today to the expiry of lots that came forty days ago.
NEAR = (
    ("W02-S", "SPE-GEL", 40, 20),
    ("W01-S", "SPE-FILM", 30, 26),
    ("W03-S", CONDOM.sku, 900, 75),
    ("W04-S", "SPE-SUP", 60, 82),
    ("W05-S", "COC-TRI", 24, 150),
    ("W02-S", "SPE-SUP", 50, 165),
)
CAME, RECALLED, EMPTY = timedelta(days=40), timedelta(days=9), timedelta(days=6)
RECALLED_AT = ("W01-S", "W04-S")
COUNTED = ((3, 31), (6, 30), (9, 30))
LENT = (((5, 20), "W03-S", "W02-S", "COC-LNG21", 8), ((9, 10), "W01-S", "W05-S", "EC-LNG", 2))
DAMAGED = ((6, 18), "W04-S", 12)
HANDFUL = 20


class Happenings:
    """Single events, before and after the ordinary business of a day."""

    FORGOTTEN = "W05"
    """The unit whose box is empty for some days now."""

    def __init__(self, room: Stockroom, points: Sequence[Point], today: date, rng: Random) -> None:
        self.room = room
        self.points = {each.code: each for each in points}
        self.today = today
        self.rng = rng
        lot, recalled_on = recalled_lot(today)
        room.recalled[lot] = recalled_on

    def before(self, day: date) -> None:
        """Deliveries out of turn."""
        for code, lot, number in self.arrivals():
            if day == max(self.today - CAME, self.start(code)):
                receive(self.room, self.points[code], day, [(lot, number)], f"DN-{day:%Y%m}-{code}-2")

    def arrivals(self) -> Iterator[tuple[str, Lot, int]]:
        """Where they go, what and how much."""
        for code, sku, number, left in NEAR:
            expires = self.today + timedelta(days=left)
            yield code, Lot(expires, sku, f"{sku.replace('-', '')}-{expires:%m%d}"), number
        for code in RECALLED_AT:
            yield code, recalled_lot(self.today)[0], 1000

    def after(self, day: date) -> None:
        """Counts, transfers between units, damage, and the last handfuls of a box."""
        if (day.month, day.day) in COUNTED:
            self.count(day)
        for when, here, there, sku, number in LENT:
            if (day.month, day.day) == when and day > self.start(there):
                transfer(self.room, day, self.points[here], self.points[there], sku, number)
        when, code, number = DAMAGED
        if (day.month, day.day) == when:
            for lot, taken in list(self.room.pick(self.points[code], CONDOM.sku, day, number)):
                self.note(day, code, lot, "LOSS", taken, "DAMAGED")
        if day == self.today - EMPTY and day > self.start(f"{self.FORGOTTEN}-B"):
            self.empty(day, f"{self.FORGOTTEN}-B")

    def count(self, day: date) -> None:
        """In two of five units book and shelf differ."""
        for code, point in self.points.items():
            lots = self.room.lots(point)
            if lots and self.rng.random() < 0.4:
                lot, number = self.rng.choice(lots)
                self.note(
                    day, code, lot, "ADJUST", max(-number, self.rng.choice((-3, -2, -1, 1, 2))), "COUNT_DIFF"
                )

    def empty(self, day: date, code: str) -> None:
        """People help themselves until nothing is left."""
        for lot, number in self.room.sound(self.points[code], CONDOM.sku, day):
            for first in range(0, number, HANDFUL):
                self.note(day, code, lot, "ISSUE", min(HANDFUL, number - first))

    def note(self, day: date, code: str, lot: Lot, kind: str, quantity: int, reason: str = "") -> None:
        self.room.enter(
            Entry(day=day, point=self.points[code], lot=lot, kind=kind, quantity=quantity, reason=reason)
        )

    def start(self, code: str) -> date:
        return self.points[code].tenant.start(self.today)


def recalled_lot(today: date) -> tuple[Lot, date]:
    """The lot of condoms whose packs do not close, and since when."""
    recalled_on = max(today - RECALLED, date(today.year, 1, 1))
    return Lot(today + timedelta(days=420), CONDOM.sku, "CONM-SH0417"), recalled_on
