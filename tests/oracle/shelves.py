"""Supplies of small towns: catalogues, points, recalls, and a ledger in which every rule is met and broken."""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from tests.oracle.spelling import resident, spelled_id, wide, write_export, write_table

if TYPE_CHECKING:
    from tests.oracle.towns import Human, Town, Unit

COLUMNS = (
    "ref", "date", "tenant", "point", "sku", "lot", "expiry", "kind", "quantity", "reason", "id_type", "id_no",
    "reference",
)  # fmt: skip
CATALOGUE = (
    "sku", "name_zh", "name_en", "method", "unit_zh", "unit_en", "cyp_factor", "cap_per_person_year",
    "shelf_life_months", "figure", "anonymous_allowed", "tracer", "gate",
)  # fmt: skip
PRODUCTS = (
    ("CON-M", "MALE_CONDOM", "1/120", ("12", "30", ""), "SUP-01", "1", "none"),
    ("CON-F", "FEMALE_CONDOM", "1/120", ("",), "SUP-01", "1", "none"),
    ("COC-A", "COC", "1/15", ("3", "13"), "SUP-02", "0", "clinician_first"),
    ("POP", "POP", "1/12", ("13", "5"), "SUP-02", "0", "clinician_first"),
    ("EC", "ECP", "1/20", ("2",), "SUP-03", "0", "counsel"),
    ("VIS", "VISIT_PILL", "", ("", "4"), "SUP-03", "0", "clinician_each"),
    ("GEL", "SPERMICIDE", "1/120", ("9",), "SUP-03", "0", "counsel"),
    ("IUD", "CU_IUD", "23/5", ("",), "", "0", "facility"),
)  # fmt: skip
"""sku, method, factor, caps, figure, anonymous, gate."""


@dataclass
class Shelf:
    """A product at a point, as its keeper believes that it stands."""

    unit: Unit
    point: str
    sku: str
    lots: dict[str, date] = field(default_factory=dict[str, date])
    there: Counter[str] = field(default_factory=Counter[str])
    had: list[tuple[Human, str]] = field(default_factory=list["tuple[Human, str]"])
    """Who was given of which lot."""


class Store:
    """The supplies of one year in one town."""

    def __init__(self, town: Town, year: int, rolls: dict[str, list[Human]]) -> None:
        self.town = town
        self.rng = town.rng
        self.year = year
        self.rolls = rolls
        last = town.months
        self.last = date(year, last, calendar.monthrange(year, last)[1])
        self.number = 0
        self.products = self.rng.sample(PRODUCTS, self.rng.randint(3, len(PRODUCTS)))
        self.recalled = [
            (product[0], f"L{n}") for n, product in enumerate(self.products[: self.rng.randint(0, 4)])
        ]

    def write(self, folder: Path) -> None:
        folder.mkdir()
        write_table(folder / "catalogue.csv", [CATALOGUE, *(self._product(*each) for each in self.products)])
        points = self._points()
        kinds = ("STATION", "CLINIC", "BOX")
        told = [(unit.code, point, f"点{point}", self.rng.choice(kinds)) for unit, point in points]
        write_table(folder / "points.csv", [("tenant", "point", "name_zh", "kind"), *told])
        recalls = [(sku, lot, str(self._day()), "PACKAGE_SEAL") for sku, lot in self.recalled for _ in "12"]
        write_table(folder / "recalls.csv", [("sku", "lot", "recalled_on", "reason"), *recalls])
        lines = self._lines(points)
        for _ in range(self.rng.randint(0, len(lines) // 4 + 1)):
            if lines:
                lines.insert(self.rng.randrange(len(lines) + 1), self._slip(self.rng.choice(lines)))
        if self.rng.random() < 0.7:
            self.rng.shuffle(lines)
        write_export(folder / "stock.csv", [COLUMNS, *lines], self.rng)

    def _product(
        self, sku: str, method: str, factor: str, caps: Sequence[str], figure: str, anonymous: str, gate: str
    ) -> tuple[str, ...]:
        """Caps, factors and tracers are those of the year."""
        told = self.rng.choice((factor, factor, factor, "2/7")) if factor else ""
        names = f"药具{sku}", f"Product {sku}"
        return (
            sku, *names, method, "只", "piece", told, self.rng.choice(caps), "36", figure, anonymous,
            self.rng.choice("01"), gate,
        )  # fmt: skip

    def _points(self) -> list[tuple[Unit, str]]:
        """Two tenants may call a point the same; one that has no supplies may have points all the same."""
        names = {unit.code: (f"{unit.code}-S", f"{unit.code}-B", "S") for unit in self.town.units}
        return [
            (unit, point)
            for unit in self.town.units
            for point in self.rng.sample(names[unit.code], self.rng.randint(1, 3))
        ]

    def _day(self, since: date | None = None) -> date:
        first = max(since or date.min, date(self.year, 1, 1))
        ends = [date(self.year, month, calendar.monthrange(self.year, month)[1]) for month in (1, 2, 3, 6)]
        day = self.rng.choice((*ends, first, first + timedelta(self.rng.randrange(365))))
        return max(first, min(day, self.last))

    def _lines(self, points: Sequence[tuple[Unit, str]]) -> list[list[str]]:
        lines: list[list[str]] = []
        open_points = [(unit, point) for unit, point in points if unit.opened <= self.last]
        shelves = [
            Shelf(unit, point, product[0])
            for unit, point in open_points
            for product in self.products
            if self.rng.random() < (0.6 if "supplies" in unit.plugins else 0.1)
        ]
        for shelf in shelves:
            lines += self._story(shelf, [other for other in shelves if other.sku == shelf.sku])
        return lines

    def _story(self, shelf: Shelf, others: Sequence[Shelf]) -> list[list[str]]:
        days = sorted(self._day(shelf.unit.opened) for _ in range(self.rng.randint(1, 14)))
        lines = [
            self._came(shelf, days[0], self.rng.choice(("RECEIPT", "RECEIPT", "RECEIPT", "TRANSFER_IN")))
        ]
        for day in days:
            acts = (
                self._issue,
                self._issue,
                self._issue,
                self._give_back,
                self._lose,
                self._count,
                self._receive,
            )
            lines += self.rng.choice(acts)(shelf, day)
            if self.rng.random() < 0.1:
                lines += self._move(shelf, self.rng.choice(others), day)
        return lines

    def _receive(self, shelf: Shelf, day: date) -> list[list[str]]:
        return [self._came(shelf, day, "RECEIPT")]

    def _came(self, shelf: Shelf, day: date, kind: str) -> list[str]:
        lot = self.rng.choice((*shelf.lots, f"L{self.rng.randrange(4)}", "000123", f"{self.year % 100}A"))
        near = self._month_end(day + timedelta(self.rng.choice((0, 20, 60, 200))))
        far = date(self.year + 2, 3, self.rng.choice((17, 18, 31)))
        shelf.lots.setdefault(
            lot, self.town.expiries.setdefault((shelf.sku, lot), self.rng.choice((near, far, far)))
        )
        quantity = self.rng.choice((5, 12, 40, 40))
        shelf.there[lot] += quantity
        return self._line(shelf, day, kind, lot, quantity, reference=self.rng.choice(("OPEN-1", "DN-7", "")))

    def _issue(self, shelf: Shelf, day: date) -> list[list[str]]:
        """The right lot or another; a little, all of it, or what is just allowed."""
        lot = self.rng.choice((*shelf.lots, min(shelf.lots, key=lambda lot: shelf.lots[lot])))
        quantity = self.rng.choice((1, 1, 2, 3, 9, 12, 13, max(shelf.there[lot], 1)))
        roll = self.rolls[shelf.unit.code] if self.rng.random() < 0.9 else self.town.people
        is_named = self.rng.random() < (0.6 if shelf.sku.startswith("CON") else 0.95)
        human = self.rng.choice(roll) if roll and is_named else None
        shelf.there[lot] -= quantity
        if human is not None:
            shelf.had.append((human, lot))
        return [self._line(shelf, day, "ISSUE", lot, quantity, human)]

    def _give_back(self, shelf: Shelf, day: date) -> list[list[str]]:
        human, lot = self.rng.choice(shelf.had) if shelf.had else (None, next(iter(shelf.lots)))
        shelf.there[lot] += 1
        return [self._line(shelf, day, "RETURN", lot, 1, human, reason="UNOPENED")]

    def _lose(self, shelf: Shelf, day: date) -> list[list[str]]:
        lot = self.rng.choice(list(shelf.lots))
        reason = self.rng.choice(("EXPIRED", "DAMAGED", "RECALL"))
        quantity = self.rng.choice((1, max(shelf.there[lot], 1)))
        shelf.there[lot] -= quantity
        return [self._line(shelf, day, "LOSS", lot, quantity, reason=reason)]

    def _count(self, shelf: Shelf, day: date) -> list[list[str]]:
        lot = self.rng.choice(list(shelf.lots))
        quantity = self.rng.choice((-2, -1, 1, 3))
        shelf.there[lot] += quantity
        return [self._line(shelf, day, "ADJUST", lot, quantity, reason="COUNT_DIFF")]

    def _move(self, shelf: Shelf, other: Shelf, day: date) -> list[list[str]]:
        """To another point, of this tenant or another."""
        lot = self.rng.choice(list(shelf.lots))
        other.lots.setdefault(lot, shelf.lots[lot])
        reference = f"TR-{self.number}"
        arrived = max(day + timedelta(self.rng.choice((0, 3))), other.unit.opened)
        halves = [self._line(shelf, day, "TRANSFER_OUT", lot, 1, reference=reference)]
        if arrived <= self.last:
            halves.append(self._line(other, arrived, "TRANSFER_IN", lot, 1, reference=reference))
        return halves

    def _line(
        self,
        shelf: Shelf,
        day: date,
        kind: str,
        lot: str,
        quantity: int,
        human: Human | None = None,
        *,
        reason: str = "",
        reference: str = "",
    ) -> list[str]:
        self.number += 1
        ref = self.rng.choice((f"ST-{self.number}", f"{self.year}/{self.number}", f"{self.number}"))
        paper, number = "", ""
        if human is not None:
            paper = human.paper
            if self.rng.random() < 0.3:
                paper = {"01": "02", "02": "01"}.get(paper, wide(paper))
            number = spelled_id(self.rng, human.number)
        return [
            ref, str(day), shelf.unit.code, shelf.point, shelf.sku, lot, self._spelled(shelf.lots[lot]), kind,
            str(quantity), reason, paper, number, reference,
        ]  # fmt: skip

    def _month_end(self, day: date) -> date:
        return day.replace(day=calendar.monthrange(day.year, day.month)[1])

    def _spelled(self, expiry: date) -> str:
        """A day, or its month where it is the last of it."""
        is_last = expiry == self._month_end(expiry)
        return f"{expiry:%Y%m}" if is_last and self.rng.random() < 0.5 else str(expiry)

    def _slip(self, line: list[str]) -> list[str]:
        """A copy with one thing wrong, or the same paper once more."""
        slip = list(line)
        outside = f"{self.year - 1}-12-31", f"{self.year + 1}-01-01"
        column, values = self.rng.choice(
            (
                (0, (slip[0],)),
                (
                    1,
                    (
                        "",
                        f"{self.year}-02-30",
                        f"{self.year}/03/01",
                        f"{self.year}0301",
                        f" {slip[1]}",
                        *outside,
                    ),
                ),
                (2, ("", "X99", self.rng.choice(self.town.units).code)),
                (3, ("", "X", "S", f"{slip[2]}-S")),
                (4, ("", "CON-X", slip[4].lower(), self.rng.choice(self.products)[0])),
                (5, ("L9", "L0", "L1", slip[5].lower())),
                (7, ("", "GIFT", slip[7].lower(), "ISSUE", "LOSS", "TRANSFER_OUT", "RETURN")),
                (
                    8,
                    ("", "0", "-1", "-0", "2.5", "1e3", "１２", "+1", "many", "999", " 1", "1_0", "٣", "007"),
                ),
                (11, ("", resident("000000", "19700101", 997), self.rng.choice(self.town.people).number)),
            )
        )
        slip[column] = self.rng.choice(values)
        known = self.town.expiries.get((slip[4], slip[5]))
        slip[6] = self._spelled(known) if known else slip[6]
        if column and self.rng.random() < 0.7:
            self.number += 1
            slip[0] = f"SL-{self.number}"
        return slip
