from __future__ import annotations

from datetime import date

import pytest

from core.figures.periods import containing, parse_period, periods_between
from core.kernel.errors import BadInput


def test_a_period_knows_its_days() -> None:
    february = parse_period("2024-02")
    assert (february.first_day, february.last_day) == (date(2024, 2, 1), date(2024, 2, 29))
    assert parse_period("2025-Q4").first_day == date(2025, 10, 1)
    assert parse_period("2025-Q4").last_day == parse_period("2025").last_day == date(2025, 12, 31)


def test_a_period_knows_its_kind_months_and_predecessor() -> None:
    assert [parse_period(name).kind for name in ("2025-03", "2025-Q1", "2025")] == [
        "month",
        "quarter",
        "year",
    ]
    assert [month.name for month in parse_period("2025-Q3").months] == ["2025-07", "2025-08", "2025-09"]
    before = [parse_period(name).previous.name for name in ("2025-01", "2025-Q1", "2025")]
    assert before == ["2024-12", "2024-Q4", "2024"]


@pytest.mark.parametrize(
    "text", ["", "2025-13", "2025-00", "2025-Q5", "25-01", "2025-1", "2025-01 ", "2025-01-01"]
)
def test_what_is_not_a_period_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        parse_period(text)


def test_a_day_lies_in_a_month_a_quarter_and_a_year() -> None:
    assert [period.name for period in containing(date(2025, 5, 31))] == ["2025-05", "2025-Q2", "2025"]


def test_the_periods_between_two_days_are_named_once() -> None:
    names = [period.name for period in periods_between(date(2025, 11, 15), date(2026, 1, 2))]
    assert names == ["2025-11", "2025-Q4", "2025", "2025-12", "2026-01", "2026-Q1", "2026"]
