"""stock.csv as it is kept on paper, unsorted, with the slips that an import has to refuse; and recalls.csv."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from random import Random

from core.demo.almanac import last_of_month
from core.demo.happenings import recalled_lot
from core.demo.people import Registrar
from core.demo.stockroom import Entry, Stockroom
from core.demo.storekeeping import CONDOM

__all__ = ["HEADER", "recall_rows", "stock_rows"]

HEADER = (
    "ref",
    "date",
    "tenant",
    "point",
    "sku",
    "lot",
    "expiry",
    "kind",
    "quantity",
    "reason",
    "id_type",
    "id_no",
    "reference",
)
SLIPS_FROM = 900_000
COUNTERS = ("W01-S", "W02-S", "W03-S", "W04-S", "W05-S")
LATE = 20
"""Of so many papers one was handed in late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StockLine:
    """One line of stock.csv as it is written."""

    ref: str
    date: str
    tenant: str
    point: str
    sku: str
    lot: str
    expiry: str
    kind: str
    quantity: str
    reason: str
    id_type: str
    id_no: str
    reference: str

    def cells(self) -> tuple[str, ...]:
        return tuple(getattr(self, name) for name in HEADER)


def recall_rows(today: date) -> Iterator[tuple[str, ...]]:
    """Lines of recalls.csv, header first."""
    lot, recalled_on = recalled_lot(today)
    yield ("sku", "lot", "recalled_on", "reason")
    yield (lot.sku, lot.number, str(recalled_on), "PACKAGE_SEAL")


def stock_rows(room: Stockroom, rng: Random, today: date) -> Iterator[tuple[str, ...]]:
    """Lines of stock.csv, header first."""
    true = [line_of(number, entry, rng) for number, entry in enumerate(room.entries, 1)]
    lines = [*true, *Slips(room, rng, today).lines(true)]
    lines.sort(key=lambda each: (each.date, each.ref))
    yield HEADER
    for each in handed_in(lines, rng):
        yield each.cells()


def handed_in(lines: list[StockLine], rng: Random) -> list[StockLine]:
    """Some papers come late and stand far down; of a point only the last one of a day may, so that no order changes."""
    last = {(each.date, each.point): place for place, each in enumerate(lines)}
    late = sorted(rng.sample(sorted(last.values()), len(lines) // LATE), reverse=True)
    papers = [lines.pop(place) for place in late]
    for place, paper in zip(late, papers, strict=True):
        lines.insert(rng.randint(min(place, len(lines)), len(lines)), paper)
    return lines


def line_of(number: int, entry: Entry, rng: Random) -> StockLine:
    """What was written down; the end of a month is often written as the month alone."""
    expires, person = entry.lot.expires, entry.person
    is_month = expires == last_of_month(expires.year, expires.month) and rng.random() < 0.5
    number_of_person = person.number if person else ""
    return StockLine(
        ref=f"ST-{entry.day.year}-{number:06d}",
        date=str(entry.day),
        tenant=entry.point.tenant.code,
        point=entry.point.code,
        sku=entry.lot.sku,
        lot=entry.lot.number,
        expiry=f"{expires:%Y%m}" if is_month else str(expires),
        kind=entry.kind,
        quantity=str(entry.quantity),
        reason=entry.reason,
        id_type=person.id_type if person else "",
        id_no=number_of_person.lower() if rng.random() < 0.3 else number_of_person,
        reference=entry.reference,
    )


class Slips:
    """Lines that must be refused, one of every reason that the town gives cause for; none may change anything."""

    def __init__(self, room: Stockroom, rng: Random, today: date) -> None:
        self.room = room
        self.rng = rng
        self.today = today
        self.points = {each.point.code: each.point for each in room.entries}

    def lines(self, true: list[StockLine]) -> Iterator[StockLine]:
        """All slips, with document numbers of their own; the second copy of a paper has the number of the first."""
        slips = [*self.bad_cells(), *self.bad_people(), *self.bad_lots()]
        for place, slip in enumerate(slips, SLIPS_FROM + 1):
            yield replace(slip, ref=f"ST-{self.today.year}-{place:06d}")
        yield self.rng.choice(true)

    def bad_cells(self) -> Iterator[StockLine]:
        """Days and codes that there are not, and numbers that are none."""
        year = self.today.year
        yield replace(self.issue(), date=self.rng.choice((f"{year}-02-30", f"{year}/3/1", f"{year}0301")))
        yield replace(self.issue(), date=self.rng.choice((f"{year - 1}-12-30", f"{year + 1}-01-04")))
        yield replace(self.issue(), tenant=self.rng.choice(("W99", "W0I")))
        yield replace(self.issue(), point="W01-X")
        yield replace(self.issue(), sku=self.rng.choice(("CON-XL", "COND")))
        yield replace(self.issue(), kind=self.rng.choice(("GIFT", "发放")))
        for quantity in ("0", "-5", "十"):
            yield replace(self.issue(), quantity=quantity)

    def bad_people(self) -> Iterator[StockLine]:
        """Nobody's number, pills for nobody, more than anybody may have in a year."""
        registrar = Registrar(self.rng, self.today.year)
        registrar.taken.update(each.person.number for each in self.room.entries if each.person)
        stranger = registrar.resident("2", registrar.birthday(30), floating=True)
        yield replace(self.issue(), id_type=stranger.id_type, id_no=stranger.number)
        yield self.issue("EC-LNG")
        known = [each for each in self.room.entries if each.person and each.point.code in COUNTERS]
        if known:
            greedy = self.rng.choice(known)
            line = self.issue(code=greedy.point.code)
            person = line_of(0, greedy, self.rng)
            yield replace(line, id_type=person.id_type, id_no=person.id_no, quantity="130")

    def bad_lots(self) -> Iterator[StockLine]:
        """A lot that never came, a recalled and an expired one, more than there is."""
        yield replace(self.issue(), lot="0000000")
        yield replace(self.issue(), quantity="99999")
        for lot, recalled_on in self.room.recalled.items():
            yield replace(self.issue(), lot=lot.number, expiry=str(lot.expires), date=str(recalled_on))
        expired = [
            (code, lot)
            for (code, _), shelf in self.room.shelves.items()
            for lot in shelf
            if lot.expires < self.today and code in COUNTERS and lot.sku == CONDOM.sku
        ]
        if expired:
            code, lot = self.rng.choice(expired)
            yield replace(self.issue(code=code), lot=lot.number, expiry=str(lot.expires))

    def issue(self, sku: str = CONDOM.sku, code: str = "W01-S") -> StockLine:
        """Ten of what lies at a counter, today, to nobody."""
        point = self.points[code]
        lot, _ = self.room.sound(point, sku, self.today)[-1]
        return line_of(0, Entry(day=self.today, point=point, lot=lot, kind="ISSUE", quantity=10), self.rng)
