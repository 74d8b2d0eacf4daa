"""The rules of the ledger in their plainest form: a list of what was entered, added up anew for every question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from plugins.supplies.services.vouchers import Kind

__all__ = ["BACKDATED", "Entered", "Goods", "Model", "Wish"]

BACKDATED = 31
BRINGING = ("RECEIPT", "TRANSFER_IN", "ADJUST")
ADDING = (*BRINGING, "RETURN")
LEAVING = ("ISSUE", "TRANSFER_OUT")

Goods = tuple[str, str]
"""Point, lot."""


@dataclass(frozen=True)
class Wish:
    """What somebody wants to enter; `expiry` is told of what comes."""

    kind: Kind
    point: str
    day: date
    lines: tuple[tuple[str, int], ...]
    """Lot, quantity."""
    person: int | None = None
    expiry: date | None = None

    @property
    def changes(self) -> Counter[Goods]:
        sign = 1 if self.kind in ADDING else -1
        found: Counter[Goods] = Counter()
        for lot, quantity in self.lines:
            found[self.point, lot] += sign * quantity
        return found


@dataclass
class Entered:
    """One voucher."""

    wish: Wish
    day: date
    sign: int = 1
    is_reversed: bool = False
    is_in_transfer: bool = False
    is_put_away: bool = False
    """Who received it is not seen at the counter any more."""

    def changes(self) -> Counter[Goods]:
        return Counter({goods: self.sign * change for goods, change in self.wish.changes.items()})


@dataclass
class Model:
    book: date
    today: date
    entered: list[Entered] = field(default_factory=list)
    expiries: dict[Goods, date] = field(default_factory=dict)
    held: set[Goods] = field(default_factory=set)
    shut: set[str] = field(default_factory=set)
    closed: set[date] = field(default_factory=set)
    """First days of the months whose reports are with the town."""

    def post(self, wish: Wish) -> bool:
        """Whether it can be entered; then it is."""
        if not self._is_open(wish.day) or wish.point in self.shut:
            return False
        known = dict(self.expiries)
        for lot, _quantity in wish.lines:
            if (wish.point, lot) not in known:
                if wish.kind not in BRINGING or wish.expiry is None:
                    return False
                known[wish.point, lot] = self.expiry_of(lot) or wish.expiry
            if wish.expiry is not None and known[wish.point, lot] != wish.expiry:
                return False
        if not self._is_there(wish.kind, wish.day, wish.changes):
            return False
        self.expiries = known
        self.entered.append(Entered(wish, wish.day))
        return True

    def transfer(self, lot: str, quantity: int, out: str, into: str, day: date) -> bool:
        if {out, into} & self.shut or not self.post(Wish("TRANSFER_OUT", out, day, ((lot, quantity),))):
            return False
        arrives = Wish("TRANSFER_IN", into, day, ((lot, quantity),), expiry=self.expiry_of(lot))
        assert self.post(arrives)
        for half in self.entered[-2:]:
            half.is_in_transfer = True
        return True

    def reverse(self, number: int) -> bool:
        one = self.entered[number]
        if one.sign < 0 or one.is_reversed or one.is_in_transfer:
            return False
        day = self.today if one.day.replace(day=1) in self.closed else one.day
        back = Entered(one.wish, day, sign=-1, is_put_away=one.is_put_away)
        if not self._is_there(one.wish.kind, day, back.changes()):
            return False
        one.is_reversed = True
        self.entered.append(back)
        return True

    def put_away(self, before: date) -> int:
        found = [one for one in self._links() if one.day < before]
        for one in found:
            one.is_put_away = True
        return len(found)

    def expiry_of(self, lot: str) -> date | None:
        return next((expiry for (_point, each), expiry in self.expiries.items() if each == lot), None)

    def balances(self) -> Counter[Goods]:
        return +self._on(date.max)

    def received(self) -> Counter[int]:
        """By person how much she was given, less what she brought back, as far as that is seen at the counter."""
        found: Counter[int] = Counter()
        for one in self._links():
            change = sum(one.changes().values())
            found[one.wish.person or 0] -= change
        return Counter({person: total for person, total in found.items() if total})

    def is_sound(self) -> bool:
        return all(min(self._on(day).values(), default=0) >= 0 for day in {one.day for one in self.entered})

    def _links(self) -> Sequence[Entered]:
        return [one for one in self.entered if one.wish.person is not None and not one.is_put_away]

    def _is_open(self, day: date) -> bool:
        if day >= self.today:
            return day == self.today
        first = max(self.book, self.today - timedelta(days=BACKDATED))
        return day >= first and day.replace(day=1) not in self.closed

    def _is_there(self, kind: str, day: date, changes: Counter[Goods]) -> bool:
        for goods, change in changes.items():
            if change >= 0:
                continue
            if kind in LEAVING and goods in self.held:
                return False
            days = {day, *(one.day for one in self.entered if one.day > day)}
            if min(self._on(each)[goods] for each in days) + change < 0:
                return False
        return True

    def _on(self, day: date) -> Counter[Goods]:
        """The balances at the end of a day."""
        found: Counter[Goods] = Counter()
        for one in self._until(day):
            found.update(one.changes())
        return found

    def _until(self, day: date) -> Iterable[Entered]:
        return (one for one in self.entered if one.day <= day)
