"""Charts: what may be drawn, and sparks that begin at zero, inside their frame, with gaps for what is not known."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.web.charts import MOST_SERIES, WIDTH, Chart, Kind, Series, Value, spark_of, width_of

NUMBERS = st.lists(st.none() | st.floats(min_value=0, max_value=1e9), min_size=0, max_size=40)


def chart(*series: Series, kind: Kind = "bars", labels: tuple[str, ...] = ("T01", "T02")) -> Chart:
    return Chart(kind=kind, caption="", period="2025", unit="", head="", labels=labels, series=tuple(series))


def course(*numbers: float | None) -> Series:
    return Series("2025", tuple(Value(text=str(number), number=number) for number in numbers))


def test_a_chart_has_a_value_for_each_label_and_few_series() -> None:
    assert chart(course(1, None)).is_known
    assert not chart(course(None, None)).is_known
    assert chart(course(1, None), course(2, 3)).values[2].number == 2
    for wrong in ([course(1)], [], [course(1, 2)] * (MOST_SERIES + 1)):
        with pytest.raises(ValueError, match="series"):
            chart(*wrong)
    with pytest.raises(ValueError, match="two sides"):
        chart(course(1, 2), kind="pyramid")


@given(NUMBERS)
@example([0.0, 5e-324])  # as small as a number can be: nothing may be divided by it
def test_every_bar_stands_in_the_frame(numbers: list[float | None]) -> None:
    spark = spark_of(numbers)
    if spark is None:
        assert sum(number is not None for number in numbers) < 2
        return
    assert len(spark.bars) == len(numbers)
    for bar, number in zip(spark.bars, numbers, strict=True):
        assert 0 <= bar.left <= bar.left + bar.width <= WIDTH + 0.2
        assert 0 <= bar.top <= spark.height
        assert abs(bar.top + bar.height - spark.height) < 0.2
        assert bar.height == 0 or number


def test_what_is_below_zero_hangs_from_it() -> None:
    spark = spark_of([30.0, None, -10.0])
    assert spark is not None
    up, none, down = spark.bars
    assert (up.top, up.top + up.height) == (0.0, down.top)
    assert down.top + down.height == spark.height
    assert (none.height, round(up.height / down.height)) == (0.0, 3)


def test_bars_begin_at_zero_and_the_last_is_marked() -> None:
    spark = spark_of([50.0, 100.0])
    assert spark is not None
    low, high = spark.bars
    assert abs(high.height - 2 * low.height) < 0.1
    assert high.is_last
    assert not low.is_last


def test_one_value_is_no_trend() -> None:
    assert spark_of([5.0]) is None
    assert spark_of([None, 5.0, None]) is None


def test_a_bar_in_a_table_is_a_part_of_the_longest() -> None:
    assert width_of(1, 4) == "25.0%"
    assert width_of(0, 4) == width_of(3, 0) == "0%"
