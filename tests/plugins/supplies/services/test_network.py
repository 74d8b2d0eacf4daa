"""What the figures of the units tell of their stock: who runs short, who could help, what cannot be right in a year."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from core.figures.display import Shown
from core.figures.read import Figure, Figures
from core.figures.units import UnitFigures
from plugins.supplies.services.catalogue import seed_catalogue
from plugins.supplies.services.network import Holding, Proposal, holdings, propose
from plugins.supplies.services.year_table import year_table

SKU = "sku=CON-M"


def unit(code: str, cells: dict[tuple[str, str], int], **changes: Any) -> UnitFigures:
    """A unit with the figures of things that are given, and no totals of people unless told."""
    found = [
        Figure(indicator=name, period="2025", cut=cut, value=Fraction(number))
        for (name, cut), number in cells.items()
    ]
    if lasting := changes.pop("monthly", None):
        value = Fraction(cells.get(("SUP-10", SKU), 0))
        found.append(Figure(indicator="SUP-07", period="2025", cut=SKU, value=value, den=Fraction(lasting)))
    told: dict[str, Any] = {"kind": "joint_branch", "totals": {}} | changes
    return UnitFigures(code=code, name_zh=code, name_en=code, open_figures=Figures(found), **told)


def holding(code: str, on_hand: int, monthly: int, expiring: int = 0) -> Holding:
    return Holding(
        unit=code,
        unit_kind="joint_branch",
        sku="CON-M",
        on_hand=on_hand,
        monthly=Fraction(monthly),
        expiring=expiring,
        out_days=0,
    )


def test_a_holding_says_how_long_it_lasts_and_never_divides_by_nothing() -> None:
    (found,) = holdings([unit("T01", {("SUP-10", SKU): 60, ("SUP-09", SKU): 5}, monthly=85)], ["CON-M"])
    assert (found.on_hand, found.expiring, found.state) == (60, 5, "low")
    assert f"{float(found.months or 0):.2f}" == "0.71"
    (idle,) = holdings([unit("T01", {("SUP-10", SKU): 60})], ["CON-M"])
    assert (idle.months, idle.state) == (None, "ok")
    (empty,) = holdings([unit("T01", {})], ["CON-M"])
    assert (empty.on_hand, empty.state) == (0, "out")


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        # More than three months lie at A, less than two at B.
        ([holding("A", 1000, 100), holding("B", 50, 100)], [("A", "B", 250, False)]),
        # What expires within half a year at A would not be used there.
        ([holding("A", 250, 10, 200), holding("C", 900, 100), holding("B", 0, 100)],
         [("A", "B", 220, True), ("C", "B", 80, False)]),
        # Nobody has anything to spare.
        ([holding("A", 250, 100), holding("B", 50, 100)], []),
        # A unit that hands out nothing gives what expires, and keeps what does not.
        ([holding("A", 500, 0, 30), holding("B", 50, 100)], [("A", "B", 30, True)]),
    ],
)  # fmt: skip
def test_the_oldest_goods_go_to_the_greatest_need(found: list[Holding], expected: list[Any]) -> None:
    assert propose(found) == [
        Proposal(sku="CON-M", giver=giver, taker=taker, quantity=count, is_old=is_old)
        for giver, taker, count, is_old in expected
    ]


def test_proposals_never_take_more_than_is_there() -> None:
    found = [holding("A", 400, 100, 100), *(holding(f"B{number}", 0, 50 + number) for number in range(9))]
    assert sum(each.quantity for each in propose(found)) == 100


MOVED = {
    ("SUP-11", "opening=CON-M"): 100,
    ("SUP-11", "receipt=CON-M"): 50,
    ("SUP-11", "transfer_out=CON-M"): 30,
    ("SUP-11", "issue=CON-M"): 60,
    ("SUP-11", "return=CON-M"): 5,
    ("SUP-11", "loss=CON-M"): 4,
    ("SUP-11", "adjust=CON-M"): -1,
    ("SUP-10", SKU): 60,
}


def faults(*units: UnitFigures, before: tuple[UnitFigures, ...] = ()) -> dict[str, tuple[str, ...]]:
    table = year_table(list(units), before, seed_catalogue())
    return {line.unit: line.faults for line in (*table.lines, *table.town)}


def test_a_year_that_agrees_has_no_mark() -> None:
    sender = unit("T01", MOVED)
    came = {"transfer_in": 25, "loss": 3, "lost_on_way": 3, "": 22}
    taker = unit(
        "T02",
        {("SUP-11", f"{name}=CON-M" if name else ""): each for name, each in came.items()}
        | {("SUP-10", SKU): 22},
    )
    table = year_table([sender, taker], [], seed_catalogue())
    (town,) = table.town
    assert {line.unit: line.faults for line in table.lines} == {"T01": (), "T02": ()}
    assert (town.opening, town.closing, town.lost_on_way, town.in_transit) == (100, 82, 3, 5)
    assert town.faults == ()
    assert {line.in_transit for line in table.lines} == {None}, "others count what a unit sends"


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({("SUP-10", SKU): 61}, "BALANCE"),
        ({("SUP-11", "adjust=CON-M"): 0}, "BALANCE"),
        ({("SUP-11", "transfer_in=CON-M"): 31, ("SUP-10", SKU): 91}, "RECEIVED"),
        ({("SUP-11", "lost_on_way=CON-M"): 4}, "LOST"),
        (
            {("SUP-11", "lost_on_way=CON-M"): 5, ("SUP-11", "transfer_in=CON-M"): 9, ("SUP-10", SKU): 69},
            "LOST",
        ),
    ],
)
def test_what_cannot_be_right_is_marked(changes: dict[tuple[str, str], int], fault: str) -> None:
    assert fault in faults(unit("T01", MOVED | changes))[""]


def test_what_was_in_transit_when_the_year_began_comes_in_it() -> None:
    came = {("SUP-11", "transfer_in=CON-M"): 5, ("SUP-11", ""): 5, ("SUP-10", SKU): 5}
    sent = {("SUP-11", "transfer_out=CON-M"): 7, ("SUP-11", ""): -7}
    (town,) = year_table([unit("T02", came)], [unit("T01", sent)], seed_catalogue()).town
    assert (town.in_transit, "RECEIVED" in town.faults) == (2, False)


def test_the_opening_is_the_closing_of_the_year_before() -> None:
    now = unit("T01", MOVED)
    assert faults(now, before=(unit("T01", {("SUP-10", SKU): 100, ("SUP-10", ""): 100}),))["T01"] == ()
    late = unit("T01", {("SUP-10", SKU): 99, ("SUP-10", ""): 99})
    assert faults(now, before=(late,))["T01"] == ("OPENING",)


def test_a_book_of_the_portal_goes_on_from_the_year_before() -> None:
    now = unit("T01", {("SUP-11", "issue=CON-M"): 10, ("SUP-11", ""): -10, ("SUP-10", SKU): 30})
    assert faults(now, before=(unit("T01", {("SUP-10", SKU): 40, ("SUP-10", ""): 40}),))["T01"] == ()


def test_the_rules_of_the_reports_are_checked_where_their_numbers_may_be_seen() -> None:
    totals = {
        "SUP-01": Shown(text="55", number=55.0),
        "SUP-04": Shown(text="0.46", number=55 / 120 + 0.005),
        "SUP-05": Shown(text="<10"),
    }
    table = year_table([unit("T01", MOVED, totals=totals)], [], seed_catalogue())
    assert [(check.rule, check.is_kept) for check in table.checks] == [
        ("R03", True),
        ("R04", True),
        ("R05", None),
    ]
    wrong = {"SUP-01": Shown(text="56", number=56.0), "SUP-05": Shown(text="70", number=70.0)}
    table = year_table([unit("T01", MOVED, totals=wrong)], [], seed_catalogue())
    assert [check.is_kept for check in table.checks] == [False, None, False]
