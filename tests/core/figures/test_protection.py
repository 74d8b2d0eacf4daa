"""Whose numbers hide a figure of a service: everybody present, as far as people are registered at all."""

from __future__ import annotations

from fractions import Fraction

import pytest

from core.figures.indicators import Indicator
from core.figures.protection import Protection
from core.figures.read import Figure, Figures

PROTECTION = Protection(k_normal=5, k_high=10, min_unit_population=30)


def service(code: str, privacy: str) -> Indicator:
    return Indicator(
        code=code, title="", unit="", org_rule="DISTINCT", time_rule="DISTINCT", reads=(), select="",
        privacy=privacy,  # pyright: ignore[reportArgumentType]
    )  # fmt: skip


def place(**numbers: int) -> Figures:
    return Figures(
        Figure(indicator=code.replace("_", "-"), period="2025", cut="", value=Fraction(number))
        for code, number in numbers.items()
    )


@pytest.mark.parametrize(
    ("present", "floating", "served", "shown"),
    [(40, 20, 25, "25"), (40, 40, 31, "<10"), (29, 29, 15, "NS"), (30, 0, 9, "<10"), (100, 0, 0, "0")],
)
def test_a_service_is_a_part_of_everybody_present(
    present: int, floating: int, served: int, shown: str
) -> None:
    unit = place(POP_10=present, POP_01=floating, SUP_05=served)
    marks = PROTECTION.table(service("SUP-05", "H"), {"A": unit, "B": unit}, unit)
    assert marks["A"] == shown


def test_where_nobody_registers_people_nothing_of_a_service_is_shown() -> None:
    marks = PROTECTION.table(service("SUP-05", "H"), {"A": place(SUP_05=50)}, place(SUP_05=50, POP_10=100))
    assert marks == {"A": "NS", "": "*"}
    of_any_unit = Protection(k_normal=5, k_high=10, min_unit_population=0)
    marks = of_any_unit.table(service("SUP-05", "H"), {"A": place(SUP_05=0)}, place(SUP_05=50, POP_10=100))
    assert marks == {"A": "<10", "": "*"}


def test_goods_are_shown_of_however_small_a_unit() -> None:
    unit = place(POP_10=3, SUP_06=2)
    assert PROTECTION.table(service("SUP-06", "O"), {"A": unit}, unit) == {"A": "2", "": "2"}
