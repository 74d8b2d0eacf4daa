"""Whether small numbers of reports can be worked out from all that the town's pages tell of them."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.figures.indicators import Indicator, Source
from core.figures.protection import Protection
from core.figures.read import Figure, Figures
from core.reports.review import is_closed, mark_of_sent
from core.reports.totals import Known, total_of

PROTECTION = Protection(k_normal=5, k_high=10, min_unit_population=30)
ARRIVALS = Indicator(
    code="POP-02",
    title="arrivals",
    unit="people",
    org_rule="SUM",
    time_rule="SUM",
    reads=(Source("people.movement"),),
    select="",
)

small = st.sampled_from((0, 1, 2, 3, 4, 5, 6, 12, 40))
unit = st.tuples(small, st.one_of(st.none(), small), st.booleans())
"""Its number of today, what it submitted otherwise, and whether that is approved."""


def figures(number: int) -> Figures:
    return Figures([Figure(indicator="POP-02", period="", cut="", value=Fraction(number))])


def determined(equations: list[tuple[dict[str, int], int]]) -> dict[str, Fraction]:
    """The unknowns that have one value only, by elimination."""
    names = sorted({name for left, _right in equations for name in left})
    rows = [[Fraction(left.get(n, 0)) for n in names] + [Fraction(right)] for left, right in equations]
    pivots: list[int] = []
    for column in range(len(names)):
        at = next((i for i in range(len(pivots), len(rows)) if rows[i][column]), None)
        if at is None:
            continue
        place = len(pivots)
        rows[place], rows[at] = rows[at], rows[place]
        rows[place] = [each / rows[place][column] for each in rows[place]]
        for other in range(len(rows)):
            if other != place and rows[other][column]:
                factor = rows[other][column]
                rows[other] = [a - factor * b for a, b in zip(rows[other], rows[place], strict=True)]
        pivots.append(column)
    alone = [row for row in rows if sum(map(bool, row[:-1])) == 1]
    return {names[next(i for i, each in enumerate(row[:-1]) if each)]: row[-1] for row in alone}


def known_to_the_town(known: Known) -> list[tuple[dict[str, int], int]]:
    """What the pages tell: units side by side, submissions, "changed since" or not, both totals."""
    marks = PROTECTION.units(ARRIVALS, known.live, known.town)
    told: list[tuple[dict[str, int], int]] = [
        ({f"live {code}": 1}, int(marks[code])) for code in known.live if not is_closed(marks[code])
    ]
    for code, sent in known.approved.items():
        mark = mark_of_sent(PROTECTION, ARRIVALS, code, sent, known.live, known.town)
        if not is_closed(mark):
            told.append(({f"sent {code}": 1}, int(mark)))
        if value(sent) == value(known.live[code]):
            told.append(({f"sent {code}": 1, f"live {code}": -1}, 0))
    total = total_of(ARRIVALS, known, PROTECTION)
    for shown, word, codes in ((total.live, "live", known.live), (total.approved, "sent", known.approved)):
        if shown.number is not None and codes:
            told.append(({f"{word} {code}": 1 for code in codes}, int(shown.number)))
    return told


def value(one: Figures) -> int:
    figure = one.get("POP-02")
    assert figure is not None
    assert figure.value is not None
    return int(figure.value)


@pytest.mark.requirement("R44")
@settings(max_examples=400, deadline=None)
@given(units=st.lists(unit, min_size=1, max_size=5))
def test_no_small_number_is_left_over_by_subtraction(units: list[tuple[int, int | None, bool]]):
    live: Mapping[str, Figures] = {f"T0{n}": figures(now) for n, (now, _sent, _is) in enumerate(units)}
    approved = {
        f"T0{n}": figures(now if sent is None else sent)
        for n, (now, sent, is_approved) in enumerate(units)
        if is_approved
    }
    known = Known(town=figures(sum(now for now, _sent, _is in units)), live=live, approved=approved)
    found = determined(known_to_the_town(known))
    assert {name: number for name, number in found.items() if 0 < number < PROTECTION.k_normal} == {}


def test_what_may_be_told_is_told():
    large = {"T01": figures(40), "T02": figures(30)}
    known = Known(town=figures(70), live=large, approved=large)
    total = total_of(ARRIVALS, known, PROTECTION)
    assert (total.live.number, total.approved.number, total.adds_people) == (70, 70, False)
    alone = Known(town=figures(70), live=large, approved={"T01": figures(40)})
    assert total_of(ARRIVALS, alone, PROTECTION).approved.number == 40
