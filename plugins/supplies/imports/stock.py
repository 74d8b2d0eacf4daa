"""`supplies/stock.csv`, judged in order of date: one ledger for all tenants (exchange format, section 5).

The verdicts come from the folder alone: every balance is 0 before its first row.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import date

from msgspec import Struct

from core.sdk.people import PersonRow
from core.sdk.values import documents

__all__ = ["KINDS", "AcceptedRow", "Rejected", "Stock", "StockLine", "StockRules", "day_of", "expiry_of"]

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONTH = re.compile(r"([0-9]{4})([0-9]{2})")
_WHOLE = re.compile(r"-?[0-9]{1,9}")

KINDS: dict[str, int] = {
    "RECEIPT": 1, "RETURN": 1, "TRANSFER_IN": 1, "ISSUE": -1, "LOSS": -1, "TRANSFER_OUT": -1, "ADJUST": 1,
}  # fmt: skip
"""What each kind does to a balance; an adjustment carries its own sign."""
_BRINGING = frozenset({"RECEIPT", "TRANSFER_IN"})
"""Kinds by which a lot comes to a point for the first time."""

Shelf = tuple[str, str, str]
"""Tenant, point and sku."""


class StockLine(Struct, frozen=True, kw_only=True):
    """One line of the file as text; `row` is its line number, the header being line 1."""

    row: int
    ref: str
    date: str
    tenant: str
    point: str
    sku: str
    lot: str
    expiry: str
    kind: str
    quantity: str
    reason: str = ""
    id_type: str = ""
    id_no: str = ""
    reference: str = ""


class StockRules(Struct, frozen=True, kw_only=True):
    """What the verdicts depend on besides the file."""

    year: int
    tenants: AbstractSet[str]
    having_it: AbstractSet[str]
    """The tenants that have the plug-in."""
    points: AbstractSet[tuple[str, str]]
    """Tenant and point."""
    caps: Mapping[str, int | None]
    """All products of the folder: how much of each a person may have in a year."""
    anonymous: AbstractSet[str]
    """The products that may be had without any identity."""
    recalled_on: Mapping[tuple[str, str], date]
    """By sku and lot."""
    find: Callable[[str, str, str], PersonRow | None]
    """Whom a tenant knows by this type and number."""


class AcceptedRow(Struct, frozen=True, kw_only=True):
    """`expiry` is what the first row of the lot at the point said; `person` None: nobody is named."""

    row: int
    ref: str
    day: date
    tenant: str
    point: str
    sku: str
    lot: str
    expiry: date
    kind: str
    quantity: int
    reason: str
    person: PersonRow | None
    reference: str
    is_out_of_turn: bool = False
    """Another sound lot of the product would have expired earlier."""


class Rejected(Struct, frozen=True):
    row: int
    reason: str
    column: str


class _Unfit(Exception):
    """Ends the judgement of a row: the first rule that fails is the one that is told."""

    def __init__(self, reason: str, column: str) -> None:
        super().__init__(reason, column)
        self.reason, self.column = reason, column


class Stock:
    """Judge a whole file; it must be in memory, because it is not sorted."""

    def __init__(self, rules: StockRules) -> None:
        self._rules = rules
        self._refs: set[str] = set()
        self._balances: Counter[tuple[Shelf, str]] = Counter()
        """By shelf and lot."""
        self._expiries: dict[Shelf, dict[str, date]] = defaultdict(dict)
        """The lots that came to each shelf."""
        self._had: Counter[tuple[str, str, str, str]] = Counter()
        """By tenant, person and sku."""

    def judge(self, lines: Iterable[StockLine]) -> Iterator[AcceptedRow | Rejected]:
        """A verdict for every line: those without a usable date first, then by (date, row)."""
        dated: list[tuple[date, int, StockLine]] = []
        for line in lines:
            try:
                dated.append((self._day(line), line.row, line))
            except _Unfit as unfit:
                yield Rejected(line.row, unfit.reason, unfit.column)
        for day, _row, line in sorted(dated, key=lambda one: one[:2]):
            try:
                yield self._accepted(line, day)
            except _Unfit as unfit:
                yield Rejected(line.row, unfit.reason, unfit.column)

    def _day(self, line: StockLine) -> date:
        day = day_of(line.date)
        if day is None:
            raise _Unfit("DATE_INVALID", "date")
        if day.year != self._rules.year:
            raise _Unfit("DATE_OUT_OF_YEAR", "date")
        return day

    def _accepted(self, line: StockLine, day: date) -> AcceptedRow:
        self._check_codes(line)
        quantity = _quantity(line)
        if line.ref in self._refs:
            raise _Unfit("DUPLICATE_ROW", "ref")
        person = self._person(line)
        expiry = self._expiry(line)
        is_issue = line.kind == "ISSUE"
        if is_issue:
            self._check_lot(line, day, expiry)
            self._check_cap(line, person, quantity)
        change = KINDS[line.kind] * quantity
        if self._balances[_shelf(line), line.lot] + change < 0:
            raise _Unfit("LOT_BALANCE", "quantity")
        accepted = AcceptedRow(
            row=line.row, ref=line.ref, day=day, tenant=line.tenant, point=line.point, sku=line.sku, lot=line.lot,
            expiry=expiry, kind=line.kind, quantity=quantity, reason=line.reason, person=person,
            reference=line.reference, is_out_of_turn=is_issue and self._is_out_of_turn(line, day, expiry),
        )  # fmt: skip
        self._keep(accepted, change)
        return accepted

    def _check_codes(self, line: StockLine) -> None:
        rules = self._rules
        if line.tenant not in rules.tenants:
            raise _Unfit("UNKNOWN_CODE", "tenant")
        if (line.tenant, line.point) not in rules.points:
            raise _Unfit("UNKNOWN_CODE", "point")
        if line.tenant not in rules.having_it:
            raise _Unfit("PLUGIN_DISABLED", "tenant")
        if line.sku not in rules.caps:
            raise _Unfit("UNKNOWN_SKU", "sku")
        if line.kind not in KINDS:
            raise _Unfit("UNKNOWN_CODE", "kind")

    def _person(self, line: StockLine) -> PersonRow | None:
        if documents.normal_number(line.id_no):
            person = self._rules.find(line.tenant, line.id_type, line.id_no)
            if person is None:
                raise _Unfit("UNKNOWN_PERSON", "id_no")
            return person
        if line.kind == "ISSUE" and line.sku not in self._rules.anonymous:
            raise _Unfit("ANONYMOUS_NOT_ALLOWED", "id_no")
        return None

    def _expiry(self, line: StockLine) -> date:
        known = self._expiries[_shelf(line)].get(line.lot)
        if known is not None:
            return known
        if line.kind not in _BRINGING:
            raise _Unfit("UNKNOWN_LOT", "lot")
        told = expiry_of(line.expiry)
        if told is None:
            # The format has no rule for this column; a lot of which nobody knows how long it is good is not taken.
            raise _Unfit("DATE_INVALID", "expiry")
        return told

    def _check_lot(self, line: StockLine, day: date, expiry: date) -> None:
        if self._is_recalled(line.sku, line.lot, day):
            raise _Unfit("LOT_RECALLED", "lot")
        if day > expiry:
            raise _Unfit("LOT_EXPIRED", "lot")

    def _check_cap(self, line: StockLine, person: PersonRow | None, quantity: int) -> None:
        cap = self._rules.caps[line.sku]
        if person is not None and cap is not None:
            had = self._had[_entitlement(line.tenant, person, line.sku)]
            if had + quantity > cap:
                raise _Unfit("CAP_EXCEEDED", "quantity")

    def _is_recalled(self, sku: str, lot: str, day: date) -> bool:
        recalled_on = self._rules.recalled_on.get((sku, lot))
        return recalled_on is not None and day >= recalled_on

    def _is_out_of_turn(self, line: StockLine, day: date, expiry: date) -> bool:
        return any(
            day <= other < expiry
            and self._balances[_shelf(line), lot] > 0
            and not self._is_recalled(line.sku, lot, day)
            for lot, other in self._expiries[_shelf(line)].items()
        )

    def _keep(self, row: AcceptedRow, change: int) -> None:
        self._refs.add(row.ref)
        self._balances[_shelf(row), row.lot] += change
        self._expiries[_shelf(row)].setdefault(row.lot, row.expiry)
        if row.person is not None and row.kind in ("ISSUE", "RETURN"):
            self._had[_entitlement(row.tenant, row.person, row.sku)] -= change


def day_of(text: str) -> date | None:
    """`YYYY-MM-DD` and nothing else."""
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def expiry_of(text: str) -> date | None:
    """A day, or `YYYYMM`: the last day of that month."""
    found = _MONTH.fullmatch(text)
    if found is None:
        return day_of(text)
    year, month = int(found[1]), int(found[2])
    return date(year, month, monthrange(year, month)[1]) if year and 1 <= month <= 12 else None


def _quantity(line: StockLine) -> int:
    quantity = int(line.quantity) if _WHOLE.fullmatch(line.quantity) else 0
    if quantity < 0 and line.kind != "ADJUST":
        quantity = 0
    if not quantity:
        raise _Unfit("BAD_QUANTITY", "quantity")
    return quantity


def _shelf(row: StockLine | AcceptedRow) -> Shelf:
    return row.tenant, row.point, row.sku


def _entitlement(tenant: str, person: PersonRow, sku: str) -> tuple[str, str, str, str]:
    return tenant, documents.space(person.document.id_type), person.document.number, sku
