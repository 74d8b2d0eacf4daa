"""A ratio as a page shows it: a share in per cent, a mean as a number."""

from __future__ import annotations

from fractions import Fraction

from msgspec.structs import replace

from core.figures.display import DASH, change_of, exact, number_words
from core.figures.indicators import Indicator
from core.figures.read import Figure

SHARE = Indicator(code="SUP-08", title="", unit="", org_rule="RATIO", time_rule="RATIO", reads=(), select="")


def test_months_of_stock_are_no_per_cent() -> None:
    cell = Figure(indicator="SUP-08", period="2025", cut="", value=Fraction(60), den=Fraction(85))
    assert exact(cell, SHARE).text == "70.6 %"
    shown = exact(cell, replace(SHARE, is_mean=True))
    assert (shown.text, shown.numerator, shown.denominator) == ("0.71", "60", "85")
    none = Figure(indicator="SUP-08", period="2025", cut="", value=Fraction(60), den=Fraction(0))
    assert exact(none, replace(SHARE, is_mean=True)).text == DASH


def test_a_share_changes_by_points_and_a_mean_by_its_unit() -> None:
    now = Figure(indicator="SUP-08", period="2025", cut="", value=Fraction(60), den=Fraction(85))
    before = replace(now, value=Fraction(85))
    assert change_of(exact(now, SHARE), exact(before, SHARE)) == "−29.4"
    mean = replace(SHARE, is_mean=True)
    assert change_of(exact(now, mean), exact(before, mean)) == "−0.29"
    assert (exact(now, SHARE).is_share, exact(now, mean).is_share) == (True, False)


def test_what_is_below_zero_has_a_minus_sign() -> None:
    assert number_words(Fraction(-1248)) == "−1,248"
