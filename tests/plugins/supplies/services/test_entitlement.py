"""How much a person may still have: what is exactly reached is allowed, what came back counts no more."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from plugins.supplies.services.entitlement import Taken, broken, left_of, limits_of
from tests.plugins.supplies.conftest import product

DAY = date(2026, 7, 10)


def left(taken: list[Taken], day: date = DAY, years: int | None = None, **rules: int) -> int | None:
    return left_of(limits_of(product(**rules), taken, day, years))


def test_without_a_rule_there_is_no_limit() -> None:
    assert left([Taken(DAY, 1000)]) is None


def test_the_cap_counts_the_calendar_year_net_of_what_came_back() -> None:
    taken = [
        Taken(date(2025, 12, 31), 120),
        Taken(date(2026, 1, 1), 100),
        Taken(date(2026, 2, 1), -10),
        Taken(date(2026, 12, 31), 5),
    ]
    assert left(taken, max_per_year=120) == 25
    limits = limits_of(product(max_per_year=120), taken, DAY)
    assert broken(limits, 25) == []
    assert [limit.kind for limit in broken(limits, 26)] == ["YEAR"]


def test_30_days_are_this_one_and_the_29_before_it() -> None:
    inside, outside = DAY - timedelta(days=29), DAY - timedelta(days=30)
    assert left([Taken(inside, 20), Taken(outside, 20)], max_per_30d=30) == 10


def test_a_visit_is_a_day_so_that_two_slips_are_no_two_visits() -> None:
    assert left([Taken(DAY, 20), Taken(DAY - timedelta(days=1), 20)], max_per_visit=30) == 10


@pytest.mark.parametrize(("days_ago", "is_open"), [(89, False), (90, True), (91, True)])
def test_the_interval_is_counted_from_the_last_time(days_ago: int, is_open: bool) -> None:
    last = DAY - timedelta(days=days_ago)
    (limit,) = limits_of(product(min_interval_days=90), [Taken(last, 3)], DAY)
    assert (limit.left is None) is is_open
    assert limit.opens_on == (None if is_open else last + timedelta(days=90))


def test_what_was_brought_back_whole_begins_no_interval() -> None:
    old, back = DAY - timedelta(days=100), DAY - timedelta(days=5)
    assert left([Taken(old, 3), Taken(back, 3), Taken(back, -3)], min_interval_days=90) is None
    assert left([Taken(old, 3), Taken(back, 3), Taken(back, -2)], min_interval_days=90) == 0


def test_a_second_time_today_is_the_same_visit_for_the_interval() -> None:
    assert left([Taken(DAY, 3)], min_interval_days=90) is None


@pytest.mark.parametrize(("years", "expected"), [(17, 0), (18, None), (None, None)])
def test_who_is_too_young_is_refused_and_who_has_not_told_her_age_is_not(
    years: int | None, expected: int | None
) -> None:
    assert left([], years=years, min_age=18) == expected


def test_condoms_ask_for_no_age() -> None:
    assert left_of(limits_of(product(method="MALE_CONDOM", min_age=18), [], DAY, 16)) is None


def test_the_narrowest_limit_says_what_is_left() -> None:
    assert left([Taken(DAY, 2)], max_per_visit=3, max_per_year=120) == 1
    assert left([Taken(DAY, 200)], max_per_year=120) == 0
