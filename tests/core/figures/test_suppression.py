"""The published table of the sample, and the rules of the format one by one."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from core.figures.suppression import Rule, Unit, published, shown

EXPECTED = Path(__file__).parents[4] / "shared" / "data" / "xinghe-2025" / "expected"
TOWN = "000001101"


def read(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((EXPECTED / name).read_text(encoding="utf-8").splitlines()))


def year_numbers(indicator: str) -> dict[str, int]:
    rows = [row for row in read("figures.csv") if (row["period"], row["indicator"]) == ("2025", indicator)]
    return {row["unit"]: int(row["num"]) for row in rows if row["cut"] == ""}


@pytest.mark.parametrize(
    ("indicator", "k", "of"), [("POP-01", 5, ""), ("POP-05", 10, "POP-01"), ("RIG-01", 10, "")]
)
def test_the_published_table_of_the_sample(indicator: str, k: int, of: str) -> None:
    numbers, denominators = year_numbers(indicator), year_numbers(of) if of else {}
    units = [
        Unit(code=code, number=numbers.get(code), of=denominators.get(code))
        for code in year_numbers("POP-01")
    ]
    tenants = [unit for unit in units if unit.code != TOWN]
    (town,) = (unit for unit in units if unit.code == TOWN)
    expected = {row["unit"]: row["shown"] for row in read("published.csv") if row["indicator"] == indicator}
    assert published(tenants, town, Rule(k=k)) == expected


@pytest.mark.parametrize(
    ("number", "of", "population", "told"),
    [
        (None, None, 10, "NA"),
        (0, None, None, "0"),
        (1, None, None, "<5"),
        (4, None, None, "<5"),
        (5, None, None, "5"),
        (50, 54, None, "<5"),
        (50, 55, None, "50"),
        (0, 4, None, "<5"),
        (0, 5, None, "0"),
        (50, None, 29, "NS"),
        (50, None, 30, "50"),
        (1, None, 29, "NS"),
    ],
)
def test_one_number_by_itself(number: int | None, of: int | None, population: int | None, told: str) -> None:
    unit = Unit(code="T01", number=number, of=of, population=population)
    assert shown(unit, Rule(k=5, least_population=30)) == told


def test_an_open_number_is_shown_however_it_stands_to_its_denominator() -> None:
    for number, of in ((1856, 359), (359, 359), (3, 359), (0, 0)):
        assert shown(Unit(code="T01", number=number, of=of), Rule(k=0)) == str(number)


def table(*numbers: int | None, town: int = 99) -> list[str]:
    units = [Unit(code=f"T0{place}", number=number) for place, number in enumerate(numbers, start=1)]
    return list(published(units, Unit(code=TOWN, number=town), Rule(k=5)).values())


@pytest.mark.requirement("R44")
def test_the_smallest_other_tenant_is_hidden_with_a_single_hidden_one() -> None:
    assert table(20, 3, 12, 12, None) == ["20", "<5", "*", "12", "NA", "99"]


@pytest.mark.requirement("R44")
def test_two_hidden_ones_protect_each_other() -> None:
    assert table(20, 3, 4, 12) == ["20", "<5", "<5", "12", "99"]


@pytest.mark.requirement("R44")
def test_a_zero_protects_nobody_so_the_town_is_hidden() -> None:
    assert table(3, 0, None) == ["<5", "0", "NA", "*"]


def test_a_small_town_number_hides_no_tenant() -> None:
    assert table(20, 12, town=3) == ["20", "12", "<5"]
