"""A pyramid beside the exact figures of the same people: no small side of it can be worked out."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import product

import pytest

from core.figures.breakdowns import break_down
from core.figures.indicators import Cut, Indicator
from core.figures.protection import Protection
from core.figures.pyramid import STEP, hidden_ages
from core.figures.read import Figure, Figures

K = 10
PROTECTION = Protection(k_normal=5, k_high=K, min_unit_population=0)
STATE = {"unit": "people", "org_rule": "DISTINCT", "time_rule": "LAST", "is_state": True, "select": ""}
SIDES = (Cut("men", values="age"), Cut("women", values="age"))
PYRAMID = Indicator(code="TST-09", title="", privacy="H", is_pyramid=True, cuts=SIDES, reads=(), **STATE)
EVERYBODY = Indicator(code="TST-01", title="", cuts=(Cut("sex"), Cut("age")), reads=(), **STATE)
CHILDREN = Indicator(code="TST-05", title="", privacy="H", cuts=(Cut("sex"), Cut("age")), reads=(), **STATE)
Sides = Mapping[str, tuple[int, int]]


def figures(sides: Sides, children: Sides | None = None) -> Figures:
    def cells(code: str, found: Mapping[str, int]) -> list[Figure]:
        return [
            Figure(indicator=code, period="2025", cut=cut, value=Fraction(number))
            for cut, number in found.items()
            if number or not cut
        ]

    def counted(found: Sides) -> dict[str, int]:
        men, women = (sum(both[side] for both in found.values()) for side in (0, 1))
        by_age = {f"age={age}": sum(both) for age, both in found.items()}
        return {"": men + women, "sex=1": men, "sex=2": women} | by_age

    pyramid = {f"men={age}": men for age, (men, _) in sides.items()}
    pyramid |= {f"women={age}": women for age, (_, women) in sides.items()}
    pyramid[""] = sum(map(sum, sides.values()))
    listed = cells("TST-09", pyramid) + cells("TST-01", counted(sides))
    return Figures(listed + (cells("TST-05", counted(children)) if children else []))


def hidden(sides: Sides, children: Sides | None = None) -> frozenset[str]:
    others = (PYRAMID, EVERYBODY, CHILDREN) if children else (PYRAMID, EVERYBODY)
    return hidden_ages(PYRAMID, figures(sides, children), PROTECTION, others)


def possible(number: int, is_hidden: bool) -> range:
    if is_hidden:
        return range(200)
    if number < K:
        return range(K)
    tens = (number + STEP // 2) // STEP * STEP
    return range(max(K, tens - STEP // 2), tens + STEP // 2)


def inferred(sides: Sides, closed: frozenset[str]) -> Iterator[tuple[str, int]]:
    """The small sides that only one world has, to somebody who knows every age and both sexes exactly."""
    names = list(sides)
    rows = [
        [
            men
            for men in possible(sides[name][0], name in closed)
            if sum(sides[name]) - men >= 0
            and sum(sides[name]) - men in possible(sides[name][1], name in closed)
        ]
        for name in names
    ]
    wanted = sum(men for men, _ in sides.values())
    worlds = [world for world in product(*rows) if sum(world) == wanted]
    for place, name in enumerate(names):
        if len({world[place] for world in worlds}) == 1:
            yield from ((name, number) for number in sides[name] if 0 < number < K)


@pytest.mark.requirement("R44")
def test_no_small_side_is_found_by_adding_and_subtracting() -> None:
    chance = random.Random(9)
    ages, attacked, left_out = ("18-24", "25-34", "35-44"), 0, 0
    for _ in range(400):
        sides = {
            age: (chance.choice([0, 1, 3, 9, 12, 25]), chance.choice([0, 2, 4, 8, 11, 14, 30]))
            for age in ages
        }
        closed = hidden(sides)
        left_out += bool(closed)
        if len(closed) < len(sides):
            attacked += 1
            # What the sums alone tell, no pyramid gives away.
            told = set(inferred(sides, closed)) - set(inferred(sides, frozenset(sides)))
            assert not told, (sides, closed)
    assert attacked > 50
    assert left_out > 50


def test_the_attacker_finds_what_is_badly_hidden() -> None:
    assert list(inferred({"18-24": (9, 154), "25-34": (50, 50)}, frozenset())) == [("18-24", 9)]
    assert not list(inferred({"18-24": (5, 150), "25-34": (50, 50)}, frozenset()))


def test_large_sides_stand_in_tens_and_small_ones_below_the_threshold() -> None:
    known = figures({"18-24": (44, 0), "25-34": (119, 143), "35-44": (96, 4)})
    men, women = (
        break_down(PYRAMID, cut, known, Figures([]), language="en", protection=PROTECTION, others=(PYRAMID,))
        for cut in SIDES
    )
    assert [part.now.text for part in men.parts] == ["≈40", "≈120", "≈100"]
    assert [part.now.text for part in women.parts] == ["<10", "≈140", "<10"]
    assert [part.now.about for part in men.parts] == [40, 120, 100]
    assert all(part.now.number is None and part.now.reason for part in (*men.parts, *women.parts))
    exact = break_down(PYRAMID, SIDES[1], known, Figures([]), language="en", protection=None)
    assert [part.now.text for part in exact.parts] == ["143", "4"]


def test_an_age_that_another_figure_hides_is_left_out() -> None:
    sides = {"0-2": (20, 4), "3-5": (15, 15), "18-24": (60, 60), "25-34": (80, 90)}
    assert "0-2" not in hidden(sides)
    # Four girls are hidden there: the ages of children, and one more that the sum of all cannot be taken from.
    children = {"0-2": (20, 4), "3-5": (15, 0)}
    assert hidden(sides, children) >= {"0-2", "3-5", "18-24"}
