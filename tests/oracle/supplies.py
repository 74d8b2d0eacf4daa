"""Supplies, straight from FORMAT.md 5 and 8: every answer is counted again from the accepted rows before it."""

from __future__ import annotations

import calendar
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property
from pathlib import Path

from tests.oracle.basics import (
    Bad,
    Key,
    Person,
    Span,
    Tenant,
    calendar_day,
    cuts_of,
    numbered,
    plain,
    space_of,
    spans,
    table,
)

STOCK = "supplies/stock.csv"
SIGNS = {
    "RECEIPT": 1,
    "RETURN": 1,
    "TRANSFER_IN": 1,
    "ISSUE": -1,
    "LOSS": -1,
    "TRANSFER_OUT": -1,
    "ADJUST": 1,
}

Note = tuple[str, str, int, str, str, str]
Cell = tuple[str, str, str, str, str]
Numbers = tuple[str, str, Fraction, int | None]
"""Indicator, cut, num, den."""


@dataclass(frozen=True)
class Entry:
    """An accepted row."""

    day: date
    tenant: str
    point: str
    sku: str
    lot: str
    expiry: date
    kind: str
    quantity: int
    reason: str
    who: Key | None

    @property
    def change(self) -> int:
        return SIGNS[self.kind] * self.quantity


@dataclass
class Supplies:
    """The files of supplies/ of one folder; `rows` None: there is no ledger."""

    year: int = 0
    months: int = 12
    tenants: Mapping[str, Tenant] = field(default_factory=dict[str, Tenant])
    people: Mapping[str, Mapping[Key, Person]] = field(default_factory=dict[str, Mapping[Key, Person]])
    products: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    points: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    recalls: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    notes: set[Note] = field(default_factory=set[Note])
    entries: list[Entry] = field(default_factory=list[Entry])
    had: dict[Key, list[Entry]] = field(default_factory=lambda: defaultdict(list))
    """Of everybody what was written with her name, in whatever tenant."""
    rows: int | None = None

    @classmethod
    def of(
        cls,
        folder: Path,
        year: int,
        months: int,
        tenants: Mapping[str, Tenant],
        people: Mapping[str, Mapping[Key, Person]],
    ) -> Supplies:
        told = cls(year, months, tenants, people)
        files = folder / "supplies"
        if files.exists():
            told.products = {row["sku"]: row for row in table(files / "catalogue.csv")}
            told.points = {(row["tenant"], row["point"]) for row in table(files / "points.csv")}
            told.recalls = table(files / "recalls.csv")
            read_stock(told, numbered(files / "stock.csv"))
        return told

    def at(self, tenant: str, point: str, sku: str) -> list[Entry]:
        return [each for each in self.entries if (each.tenant, each.point, each.sku) == (tenant, point, sku)]

    @cached_property
    def days_without(self) -> Mapping[tuple[str, int], Counter[str]]:
        return month_by_month(self)

    @cached_property
    def wasted(self) -> Mapping[tuple[str, int], tuple[Counter[str], Counter[str]]]:
        return {
            (tenant, month): wasted_in(self, tenant, month)
            for tenant in self.tenants
            for month in range(1, 13)
        }

    @property
    def balances(self) -> set[tuple[str, str, str, str, str]]:
        """The rows of stock_balances.csv."""
        last = date(self.year, self.months, calendar.monthrange(self.year, self.months)[1])
        lots: Counter[tuple[str, str, str, str]] = Counter()
        for each in self.entries:
            if each.day <= last:
                lots[each.tenant, each.point, each.sku, each.lot] += each.change
        return {(*lot, str(balance)) for lot, balance in lots.items()}


def read_stock(told: Supplies, rows: Sequence[tuple[int, dict[str, str]]]) -> None:
    told.rows = len(rows)
    dated: list[tuple[date, int, dict[str, str]]] = []
    for number, row in rows:
        day = one_day(row["date"])
        if day is None or day.year != told.year:
            told.notes.add(
                (STOCK, "", number, "reject", "DATE_OUT_OF_YEAR" if day else "DATE_INVALID", "date")
            )
        else:
            dated.append((day, number, row))
    refs: set[str] = set()
    shelves: dict[tuple[str, str, str], list[Entry]] = defaultdict(list)
    for day, number, row in sorted(dated, key=lambda one: one[:2]):
        shelf = shelves[row["tenant"], row["point"], row["sku"]]
        try:
            entry = accept(told, day, row, refs, shelf)
        except Bad as bad:
            told.notes.add((STOCK, "", number, "reject", *bad.args))
            continue
        if entry.kind == "ISSUE" and is_another_due(told, entry, shelf):
            told.notes.add((STOCK, "", number, "warning", "FEFO_SKIPPED", "lot"))
        refs.add(row["ref"])
        shelf.append(entry)
        told.entries.append(entry)
        if entry.who:
            told.had[entry.who].append(entry)


def accept(told: Supplies, day: date, row: dict[str, str], refs: set[str], shelf: Sequence[Entry]) -> Entry:
    """The rules of section 5 in their order; `shelf` holds what was accepted of the sku at the point."""
    right_codes(told, row)
    if row["ref"] in refs:
        raise Bad("DUPLICATE_ROW", "ref")
    entry = Entry(
        day, row["tenant"], row["point"], row["sku"], row["lot"], good_until(row["expiry"]), row["kind"],
        int(row["quantity"]), row["reason"], named(told, row),
    )  # fmt: skip
    came = ("RECEIPT", "TRANSFER_IN")
    if entry.kind not in came and not any(each.lot == entry.lot and each.kind in came for each in shelf):
        raise Bad("UNKNOWN_LOT", "lot")
    if entry.kind == "ISSUE":
        may_issue(told, entry)
    if balance(shelf, entry.lot) + entry.change < 0:
        raise Bad("LOT_BALANCE", "quantity")
    return entry


def right_codes(told: Supplies, row: dict[str, str]) -> None:
    tenant, kind = row["tenant"], row["kind"]
    if tenant not in told.tenants:
        raise Bad("UNKNOWN_CODE", "tenant")
    if (tenant, row["point"]) not in told.points:
        raise Bad("UNKNOWN_CODE", "point")
    if "supplies" not in told.tenants[tenant].plugins:
        raise Bad("PLUGIN_DISABLED", "tenant")
    if row["sku"] not in told.products:
        raise Bad("UNKNOWN_SKU", "sku")
    if kind not in SIGNS:
        raise Bad("UNKNOWN_CODE", "kind")
    form = "-?[0-9]+" if kind == "ADJUST" else "[0-9]+"
    if not re.fullmatch(form, row["quantity"]) or not int(row["quantity"]):
        raise Bad("BAD_QUANTITY", "quantity")


def named(told: Supplies, row: dict[str, str]) -> Key | None:
    if plain(row["id_no"]):
        who = space_of(plain(row["id_type"])), plain(row["id_no"]).upper()
        if who not in told.people[row["tenant"]]:
            raise Bad("UNKNOWN_PERSON", "id_no")
        return who
    if row["kind"] == "ISSUE" and told.products[row["sku"]]["anonymous_allowed"] == "0":
        raise Bad("ANONYMOUS_NOT_ALLOWED", "id_no")
    return None


def may_issue(told: Supplies, entry: Entry) -> None:
    if is_recalled(told, entry.sku, entry.lot, entry.day):
        raise Bad("LOT_RECALLED", "lot")
    if entry.day > entry.expiry:
        raise Bad("LOT_EXPIRED", "lot")
    cap = told.products[entry.sku]["cap_per_person_year"]
    if cap and entry.who:
        had = sum(
            -each.change
            for each in told.had[entry.who]
            if (each.tenant, each.sku) == (entry.tenant, entry.sku) and each.kind in ("ISSUE", "RETURN")
        )
        if had + entry.quantity > int(cap):
            raise Bad("CAP_EXCEEDED", "quantity")


def is_recalled(told: Supplies, sku: str, lot: str, day: date) -> bool:
    return any(
        (row["sku"], row["lot"]) == (sku, lot) and day >= date.fromisoformat(row["recalled_on"])
        for row in told.recalls
    )


def is_another_due(told: Supplies, entry: Entry, shelf: Sequence[Entry]) -> bool:
    expiries = {other.lot: other.expiry for other in shelf}
    return any(
        entry.day <= expiry < entry.expiry
        and balance(shelf, lot) > 0
        and not is_recalled(told, entry.sku, lot, entry.day)
        for lot, expiry in expiries.items()
        if lot != entry.lot
    )


def balance(entries: Sequence[Entry], lot: str) -> int:
    return sum(each.change for each in entries if each.lot == lot)


def one_day(text: str) -> date | None:
    return calendar_day(*text.split("-")) if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else None


def good_until(text: str) -> date:
    day = one_day(text)
    if day is None:
        year, month = int(text[:4]), int(text[4:])
        day = date(year, month, calendar.monthrange(year, month)[1])
    return day


# Figures: FORMAT 8.


def supplied_figures(told: Supplies, town: str) -> Iterator[tuple[Cell, tuple[str, str]]]:
    here = [code for code, tenant in told.tenants.items() if "supplies" in tenant.plugins]
    for span in spans(told.year, told.months):
        opened = {code for code in here if told.tenants[code].opened <= span.last}
        for level, unit, codes in [*(("tenant", code, {code}) for code in opened), ("town", town, opened)]:
            for indicator, cut, num, den in figures_of(told, codes, span):
                is_total = not cut or cut.startswith("mode=")
                if num or den or is_total:
                    yield (
                        (level, unit, span.name, indicator, cut),
                        (str(num), "" if den is None else str(den)),
                    )


def figures_of(told: Supplies, codes: set[str], span: Span) -> Iterator[Numbers]:
    months = [
        (code, month)
        for code in codes
        for month in range(span.first.month, min(span.last.month, told.months) + 1)
        if told.tenants[code].opened <= last_of(told.year, month)
    ]
    counted = set(months)
    rows = [each for each in told.entries if (each.tenant, each.day.month) in counted]
    yield from handed_out(told, rows)
    yield from served(told, rows, span.last)
    yield from days_without(told, months)
    yield from wasted(told, months)


def handed_out(told: Supplies, rows: Sequence[Entry]) -> Iterator[Numbers]:
    """SUP-01 to SUP-04: ISSUE minus RETURN."""
    cuts = {"SUP-01": ("method", "point"), "SUP-02": ("method",), "SUP-03": ("sku",), "SUP-04": ("method",)}
    sums: dict[tuple[str, str], Fraction] = {(indicator, ""): Fraction(0) for indicator in cuts}
    for each in rows:
        product = told.products[each.sku]
        if each.kind in ("ISSUE", "RETURN"):
            words = {"method": product["method"], "point": each.point, "sku": each.sku}
            units = {product["figure"]: Fraction(-each.change)}
            if product["cyp_factor"]:
                units["SUP-04"] = -each.change * Fraction(product["cyp_factor"])
            for indicator, number in units.items():
                if indicator:
                    for cut in ("", *(f"{name}={words[name]}" for name in cuts[indicator])):
                        sums[indicator, cut] = sums.get((indicator, cut), Fraction(0)) + number
    for (indicator, cut), number in sums.items():
        yield indicator, cut, number, None


def served(told: Supplies, rows: Sequence[Entry], last: date) -> Iterator[Numbers]:
    """SUP-05: different people in every cut, somebody in two tenants is one; issues to nobody are added up."""
    issues = [each for each in rows if each.kind == "ISSUE"]
    people = {(each.tenant, each.who) for each in issues if each.who}
    yield "SUP-05", "mode=IDENTIFIED", Fraction(len({who for _tenant, who in people})), None
    yield "SUP-05", "mode=ANONYMOUS", Fraction(sum(each.who is None for each in issues)), None
    counted = {
        (cut, who)
        for tenant, who in people
        for cut in cuts_of(told.people[tenant][who], last, ("sex", "age"))
        if cut
    }
    for cut, number in Counter(cut for cut, _who in counted).items():
        yield "SUP-05", cut, Fraction(number), None


def days_without(told: Supplies, months: Sequence[tuple[str, int]]) -> Iterator[Numbers]:
    """SUP-06."""
    days = Counter({"": 0})
    for month in months:
        days.update(told.days_without[month])
    for cut, number in days.items():
        yield "SUP-06", cut, Fraction(number), None


def month_by_month(told: Supplies) -> dict[tuple[str, int], Counter[str]]:
    """Of SUP-06 the days of each tenant and month: day after day at every point."""
    found: dict[tuple[str, int], Counter[str]] = defaultdict(Counter)
    for tenant, point in told.points:
        for sku, product in told.products.items():
            entries = told.at(tenant, point, sku) if product["tracer"] == "1" else []
            changes: Counter[date] = Counter()
            for each in entries:
                changes[each.day] += each.change
            day = min((each.day for each in entries if each.kind == "RECEIPT"), default=date.max)
            there = sum(change for earlier, change in changes.items() if earlier < day)
            while day.year == told.year:
                there += changes[day]
                if not there:
                    found[tenant, day.month].update(("", f"sku={sku}", f"point={point}"))
                day += timedelta(1)
    return found


def wasted(told: Supplies, months: Sequence[tuple[str, int]]) -> Iterator[Numbers]:
    """SUP-08: of each month, then the sum of the months."""
    lost: Counter[str] = Counter({"": 0})
    handled: Counter[str] = Counter({"": 0})
    for month in months:
        lost.update(told.wasted[month][0])
        handled.update(told.wasted[month][1])
    for cut in {*lost, *handled}:
        yield "SUP-08", cut, Fraction(lost[cut]), handled[cut]


def wasted_in(told: Supplies, tenant: str, month: int) -> tuple[Counter[str], Counter[str]]:
    lost: Counter[str] = Counter()
    handled: Counter[str] = Counter()
    for each in told.entries:
        if each.tenant == tenant:
            for cut in ("", f"method={told.products[each.sku]['method']}"):
                if each.day.month < month:
                    handled[cut] += each.change
                elif each.day.month == month and each.kind in ("RECEIPT", "TRANSFER_IN"):
                    handled[cut] += each.quantity
                elif (
                    each.day.month == month and each.kind == "LOSS" and each.reason in ("EXPIRED", "DAMAGED")
                ):
                    lost[cut] += each.quantity
    return lost, handled


def last_of(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])
