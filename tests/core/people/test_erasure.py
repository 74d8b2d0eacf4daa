"""What stays of a birth date after an erasure makes her as old as before on every day that counts."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from core.people.erasure import coarsened

BORN = st.dates(date(1940, 1, 1), date(2020, 12, 31))
EVENTS = st.lists(st.dates(date(2021, 1, 1), date(2026, 11, 27)), max_size=6)


def age(born: date, day: date) -> int:
    """As the figures count: born on 29 February, a year older on 1 March of a common year."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def month_ends() -> list[date]:
    firsts = [date(year, month, 1) for year in range(2021, 2028) for month in range(1, 13)]
    return [first - timedelta(days=1) for first in firsts]


@given(born=BORN, events=EVENTS)
@example(born=date(1992, 2, 29), events=[date(2025, 2, 28), date(2024, 2, 29)])
@example(born=date(1990, 5, 17), events=[date(2025, 5, 16), date(2025, 5, 17), date(2024, 5, 3)])
@example(born=date(1990, 2, 28), events=[date(2024, 2, 29), date(2025, 2, 27)])
def test_no_age_changes_on_any_day_that_counts(born: date, events: list[date]) -> None:
    kept = coarsened(born, events)
    assert (kept.year, kept.month) == (born.year, born.month)
    assert kept <= born
    for day in (*events, *month_ends()):
        assert age(kept, day) == age(born, day), day


def test_the_day_goes_as_far_as_it_can() -> None:
    assert coarsened(date(1990, 5, 17), []) == date(1990, 5, 1)
    assert coarsened(date(1990, 5, 17), [date(2025, 6, 3), date(2025, 5, 17)]) == date(1990, 5, 1)
    assert coarsened(date(1990, 5, 17), [date(2025, 5, 16)]) == date(1990, 5, 17)
    assert coarsened(date(1990, 5, 17), [date(2025, 5, 9), date(2024, 5, 2)]) == date(1990, 5, 10)
    assert coarsened(date(1992, 2, 29), []) == date(1992, 2, 29)
