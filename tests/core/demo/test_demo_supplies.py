"""The supplies of the demonstration town, judged by the oracle, which has no code of the product."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from core.demo import generate
from plugins.supplies.services.seed import PRODUCTS
from tests.oracle.basics import age_of
from tests.oracle.oracle import Oracle
from tests.oracle.supplies import STOCK, Entry, Supplies

if TYPE_CHECKING:
    from .conftest import Reading

TODAY = date(2026, 11, 24)
ALWAYS = Counter(
    {
        ("DATE_INVALID", "date"): 1,
        ("DATE_OUT_OF_YEAR", "date"): 1,
        ("UNKNOWN_CODE", "tenant"): 1,
        ("UNKNOWN_CODE", "point"): 1,
        ("UNKNOWN_SKU", "sku"): 1,
        ("UNKNOWN_CODE", "kind"): 1,
        ("BAD_QUANTITY", "quantity"): 3,
        ("DUPLICATE_ROW", "ref"): 1,
        ("UNKNOWN_PERSON", "id_no"): 1,
        ("ANONYMOUS_NOT_ALLOWED", "id_no"): 1,
        ("UNKNOWN_LOT", "lot"): 1,
        ("LOT_RECALLED", "lot"): 1,
        ("LOT_BALANCE", "quantity"): 1,
    }
)
IN_TIME = Counter({("CAP_EXCEEDED", "quantity"): 1, ("LOT_EXPIRED", "lot"): 1})
"""Refused once somebody gave a name, and once a lot of condoms has expired."""


@pytest.fixture(scope="module")
def oracle(demo: Reading) -> Oracle:
    return Oracle.of(demo.folder)


@pytest.fixture(scope="module")
def town(oracle: Oracle) -> Supplies:
    return oracle.supplies


def refused(told: Supplies) -> Counter[tuple[str, str]]:
    return Counter((reason, column) for *_, severity, reason, column in told.notes if severity == "reject")


def balances(entries: list[Entry]) -> Counter[tuple[str, str, str]]:
    """By point, sku and lot."""
    found = Counter[tuple[str, str, str]]()
    for each in entries:
        found[each.point, each.sku, each.lot] += each.change
    return found


def expiries(town: Supplies) -> dict[tuple[str, str], date]:
    return {(each.sku, each.lot): each.expiry for each in town.entries}


def test_no_row_is_refused_but_the_planted_ones(demo: Reading, town: Supplies) -> None:
    assert refused(town) == ALWAYS + IN_TIME
    rows = demo.table(STOCK)
    bad = {number for _, _, number, severity, *_ in town.notes if severity == "reject"}
    papers = [row for number, row in enumerate(rows, 2) if row["ref"].startswith("ST-2026-9")]
    assert len(papers) + 1 == len(bad)
    assert {rows[number - 2]["ref"] for number in bad} >= {row["ref"] for row in papers}
    assert 5 < sum(severity == "warning" for *_, severity, _, _ in town.notes) < 60


@pytest.mark.parametrize(
    "today", [date(2026, 1, 1), date(2027, 2, 28), date(2028, 2, 29), date(2025, 12, 31)]
)
def test_any_day_of_any_year_gives_a_sound_ledger(tmp_path: Path, today: date) -> None:
    generate(tmp_path, today=today, size=0.2)
    town = Oracle.of(tmp_path).supplies
    assert refused(town) - IN_TIME == ALWAYS
    assert max(each.day for each in town.entries) <= today
    assert min(balances(town.entries).values()) >= 0


def test_every_unit_has_a_counter_and_a_box_and_the_station_the_store(demo: Reading, town: Supplies) -> None:
    rows = demo.table("supplies/points.csv")
    kinds = {code: {row["kind"] for row in rows if row["tenant"] == code} for code, _ in town.points}
    assert kinds.pop("W00") == {"STATION"}
    for unit in demo.table("tenants.csv"):
        if unit["kind"] != "town_station":
            assert kinds[unit["code"]] == {
                "BOX",
                "CLINIC" if unit["kind"] == "joint_branch" else "STATION",
            }
    store = balances([each for each in town.entries if each.tenant == "W00"])
    assert {sku for (_, sku, _), balance in store.items() if balance} == {
        sku for sku, product in town.products.items() if product["gate"] != "facility"
    }
    assert all(each.day >= date(2026, 11, 1) for each in town.entries if each.tenant == "W00")


def test_most_condoms_go_to_nobody_and_pills_to_the_same_women_every_month(town: Supplies) -> None:
    issues = [each for each in town.entries if each.kind == "ISSUE"]
    condoms = [each for each in issues if each.sku == "CON-M"]
    assert sum(each.who is None for each in condoms) > 2 * sum(each.who is not None for each in condoms)
    cycles = Counter(each.who for each in issues if town.products[each.sku]["figure"] == "SUP-02")
    assert None not in cycles
    assert sum(number >= 6 for number in cycles.values()) > 15
    assert 5 < sum(each.sku == "EC-LNG" for each in issues) < 60


def test_those_who_are_served_are_grown_up_and_here(oracle: Oracle, town: Supplies) -> None:
    withdrawn = {event.key for event in oracle.events if event.type == "OPT_OUT"}
    for each in town.entries:
        if each.who is not None:
            person = town.people[each.tenant][each.who]
            age = age_of(person, each.day)
            assert age is not None
            assert age >= 18
            assert person.registered <= each.day
            assert each.who not in withdrawn


def test_transfers_have_two_halves(demo: Reading) -> None:
    halves = Counter[tuple[str, str]]()
    tenants: dict[str, set[str]] = {}
    for row in demo.table(STOCK):
        if row["kind"].startswith("TRANSFER"):
            halves[row["reference"], row["sku"]] += int(row["quantity"]) * (
                1 if row["kind"] == "TRANSFER_IN" else -1
            )
            tenants.setdefault(row["reference"], set()).add(row["tenant"])
    assert set(halves.values()) == {0}
    assert any(len(both) == 1 for both in tenants.values())
    assert any(len(both) == 2 and "W00" not in both for both in tenants.values())
    assert any("W00" in both for both in tenants.values())


def test_the_year_has_a_recall_a_write_off_a_count_and_an_empty_box(town: Supplies) -> None:
    (recall,) = town.recalls
    left = balances(town.entries)
    there = {point for (point, _, lot), balance in left.items() if lot == recall["lot"] and balance}
    assert {point[:3] for point in there} == {"W01", "W04"}
    assert any(each.lot == recall["lot"] and each.kind == "ISSUE" and each.who for each in town.entries)
    reasons = {(each.kind, each.reason) for each in town.entries}
    assert {
        ("LOSS", "EXPIRED"),
        ("LOSS", "DAMAGED"),
        ("ADJUST", "COUNT_DIFF"),
        ("RETURN", "UNOPENED"),
    } <= reasons
    box = [each for each in town.entries if each.point == "W05-B"]
    assert sum(each.change for each in box) == 0
    assert max(each.day for each in box) <= date(2026, 11, 18)


@pytest.mark.parametrize(("first", "last"), [(0, 30), (31, 90), (91, 180)])
def test_some_lots_come_to_their_end_soon(town: Supplies, first: int, last: int) -> None:
    until = expiries(town)
    left = [
        (until[sku, lot] - TODAY).days for (_, sku, lot), balance in balances(town.entries).items() if balance
    ]
    assert sum(first <= days <= last for days in left) >= 2
    assert min(left) >= 0


def test_the_catalogue_says_what_the_product_says(town: Supplies) -> None:
    for product in PRODUCTS:
        told = town.products.get(product.sku)
        if told is not None:
            assert told["method"] == product.method
            assert (told["cyp_factor"], told["figure"]) == (product.cyp, product.figure)
            assert told["anonymous_allowed"] == str(int(product.is_anonymous_allowed))
