"""Charts of figures: the year beside the one before, the people behind a point, the eldest at the top."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from core.figures.display import NOT_BEGUN
from core.figures.drawing import Drawing
from core.figures.indicators import Cut, Indicator
from core.figures.known import Known, Reader, View
from core.figures.periods import Period, month, year
from core.figures.protection import Protection
from core.figures.read import Figure, Figures
from core.figures.year import Year, year_of, years_of
from core.kernel.errors import NotFound

THIS = year(date(2026, 1, 1))
INDICATOR = Indicator(
    code="TST-01", title="people", unit="heads", org_rule="DISTINCT", time_rule="LAST", is_state=True,
    cuts=(Cut("sex"), Cut("origin", "by origin")), reads=(), select="",
)  # fmt: skip
PROTECTION = Protection(k_normal=5, k_high=10, min_unit_population=0)
DRAWING = Drawing(
    language="en",
    figures=lambda period: f"/figures?{period.name}",
    behind=lambda code, period, cut: f"/{code}/{period.name}/{cut}" if period.kind == "month" else "",
)


def told(numbers: dict[str, int], view: View = "EXACT") -> Year:
    def figures(period: Period) -> Figures:
        found = numbers.get(period.name)
        cell = Figure(
            indicator="TST-01", period=period.name, cut="", value=None if found is None else Fraction(found)
        )
        return Figures([cell] if found is not None else [])

    months = [*THIS.previous.months, *THIS.months]
    known = Known(
        indicators=(INDICATOR,),
        totals={each.name: figures(each) for each in (THIS, THIS.previous, *months)},
        now=figures(THIS),
        before=figures(THIS.previous),
        period=THIS,
        since=date(2025, 11, 1),
        missing="off",
    )
    reader = Reader(view=view, protection=PROTECTION, language="en")
    return year_of(known, reader, (THIS,), month(date(2026, 3, 1)))


def test_a_year_stands_beside_the_one_before_where_that_is_known() -> None:
    (chart,) = DRAWING.years(told({"2025-12": 7, "2026-01": 9, "2026-03": 3}), [INDICATOR])
    assert [one.name for one in chart.series] == ["2026", "2025"]
    assert [value.text for value in chart.series[0].values[:4]] == ["9", "—", "3", "—"]
    assert chart.series[0].values[1].reason == "off"
    assert chart.series[0].values[3].reason == NOT_BEGUN
    assert chart.series[1].values[11].number == 7
    assert chart.series[1].values[0].reason
    assert chart.labels[0] == "Jan"
    (alone,) = DRAWING.years(told({"2026-01": 9}), [INDICATOR])
    assert [one.name for one in alone.series] == ["2026"]
    assert DRAWING.years(told({}), [INDICATOR]) == []


def test_a_point_leads_to_the_people_behind_it_and_the_chart_to_all_figures() -> None:
    (chart,) = DRAWING.years(told({"2026-01": 9}), [INDICATOR])
    assert chart.series[0].values[0].address == "/TST-01/2026-01/"
    assert chart.behind is not None
    assert chart.behind.address == "/figures?2026"


@pytest.mark.parametrize("view", ["PARTS", "TOTALS"])
def test_small_numbers_are_hidden_from_those_outside(view: View) -> None:
    (chart,) = DRAWING.years(told({"2026-01": 9, "2026-03": 3}, view), [INDICATOR])
    assert [value.text for value in chart.series[0].values[:3]] == ["9", "—", "<5"]
    assert chart.series[0].values[2].number is None


def test_the_months_that_have_a_figure_are_counted() -> None:
    read = told({"2026-01": 9, "2026-03": 3})
    assert (read.lines[0].known, read.begun) == (2, 3)


def test_years_are_those_from_the_first_to_this() -> None:
    asked, years = years_of("2025", date(2024, 5, 1), date(2026, 2, 3))
    assert asked.name == "2025"
    assert [each.name for each in years] == ["2026", "2025", "2024"]
    for name in ("2023", "2027", "2025-01", "x"):
        with pytest.raises(NotFound):
            years_of(name, date(2024, 5, 1), date(2026, 2, 3))
