"""Trends: zero-based, inside their frame, with gaps where a value is not known."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.web.charts import WIDTH, Point, draw, width_of

VALUES = st.lists(st.none() | st.floats(min_value=0, max_value=1e9), min_size=0, max_size=40)


def points(values: list[float | None]) -> list[Point]:
    return [
        Point(str(number), value, "" if value is None else f"{value:.0f}")
        for number, value in enumerate(values)
    ]


@given(VALUES)
def test_every_bar_stands_in_the_frame(values: list[float | None]) -> None:
    chart = draw(points(values))
    if chart is None:
        assert sum(value is not None for value in values) < 2
        return
    assert len(chart.bars) == len(values)
    for bar, value in zip(chart.bars, values, strict=True):
        assert 0 <= bar.left <= bar.left + bar.width <= WIDTH + 0.2
        assert 0 <= bar.top <= chart.base
        assert abs(bar.top + bar.height - chart.base) < 0.2
        assert bar.height == 0 or value
    assert any(bar.is_named for bar in chart.bars)


def test_bars_begin_at_zero_and_the_last_is_named() -> None:
    chart = draw(points([50.0, 100.0]))
    assert chart is not None
    low, high = chart.bars
    assert abs(high.height - 2 * low.height) < 0.1
    assert high.is_named
    assert high.is_last


def test_one_value_is_no_trend() -> None:
    assert draw(points([5.0])) is None
    assert draw(points([None, 5.0, None])) is None


def test_a_bar_in_a_table_is_a_part_of_the_longest() -> None:
    assert width_of(1, 4) == "25.0%"
    assert width_of(0, 4) == width_of(3, 0) == "0%"
