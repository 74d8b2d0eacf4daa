"""The catalogue as it is delivered: what it holds, what it never holds, and what its numbers come to."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from plugins.supplies.services.catalogue import Product
from plugins.supplies.services.expiry import bucket_of, parse_expiry
from plugins.supplies.services.factors import PUBLISHED, is_doubtful, parse_factor, total_cyp
from plugins.supplies.services.methods import METHODS
from plugins.supplies.services.presets import PRESETS, lay_over
from plugins.supplies.services.seed import PRODUCTS, UNCONFIRMED

SAMPLE = Path(__file__).parents[5] / "shared" / "data" / "xinghe-2025"
BY_SKU = {product.sku: product for product in PRODUCTS}


def refuses(parse: Callable[[str], object], text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return True
    return False


def test_the_seed_has_the_products_of_the_table_and_each_only_once() -> None:
    assert len(BY_SKU) == len(PRODUCTS) == 26
    assert {product.method for product in PRODUCTS} - {""} <= METHODS.keys()
    assert all(each in BY_SKU for product in PRODUCTS for each in product.substitutes)
    assert UNCONFIRMED.keys() <= BY_SKU.keys()
    assert {name for names in UNCONFIRMED.values() for name in names} <= set(Product.__struct_fields__)


def test_no_method_of_the_theatre_has_a_code() -> None:
    codes = {method.who for method in METHODS.values()}
    assert not codes & {"DE590", "DE591"}
    assert len(codes - {""}) == 19


def test_the_couple_years_of_the_known_example_are_exact() -> None:
    handed_out = {"CON-M": 1200, "COC-LNG21": 130, "EC-LNG": 26, "INJ-1M": 8, "IUD-CU380A": 10, "IMP-1R": 4}
    total = total_cyp((count, BY_SKU[sku].cyp) for sku, count in handed_out.items())
    assert total == Fraction(10) + Fraction(26, 3) + Fraction(13, 10) + Fraction(8, 13) + 46 + 10
    assert f"{float(total):.3f}" == "76.582"


def test_a_factor_with_a_nought_too_many_is_doubted_and_a_rounded_one_refused() -> None:
    assert is_doubtful("COC", Fraction(67, 10000))
    assert is_doubtful("COC", None)
    assert not is_doubtful("COC", Fraction(1, 14))
    assert not is_doubtful("VISIT_PILL", None)
    for text in ("0.0067", "1/0", "-1/15", "1/15 ", "½"):
        assert refuses(parse_factor, text)


def test_every_factor_of_the_seed_is_the_published_one() -> None:
    assert {p.sku for p in PRODUCTS if is_doubtful(p.method, parse_factor(p.cyp))} == set()
    assert PUBLISHED["POP"] == parse_factor(BY_SKU["POP"].cyp) == Fraction(1, 12)


def test_condoms_are_had_without_an_identity_whatever_is_laid_over() -> None:
    for preset in PRESETS.values():
        laid = {product.sku: product for product in lay_over(PRODUCTS, preset)}
        assert laid["CON-M"].is_anonymous_allowed
        assert laid["CON-F"].gate == "none"


@pytest.mark.parametrize(
    ("preset", "sku", "expected"),
    [
        ("kunming", "COC-LNG21", {"max_per_year": 13}),
        ("kunming", "SPE-GEL", {"max_per_year": 120}),
        ("yantai", "CON-M", {"max_per_30d": 30, "max_per_year": 130}),
        ("xian", "CON-M", {"max_per_visit": 30, "max_per_year": 120, "min_interval_days": 90}),
        ("xian", "COC-LNG28", {"max_per_visit": 3, "min_interval_days": 90}),
        ("nanchang", "CON-M", {"max_per_30d": 10}),
        ("guiyang", "CON-M", {"max_per_visit": 10, "min_age": 18}),
    ],
)
def test_a_preset_counts_boxes_as_pieces(preset: str, sku: str, expected: dict[str, int]) -> None:
    laid = {product.sku: product for product in lay_over(PRODUCTS, PRESETS[preset])}
    assert {name: getattr(laid[sku], name) for name in expected} == expected
    assert laid["IUD-FIX"] == BY_SKU["IUD-FIX"]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("202505", date(2025, 5, 31)),
        ("202402", date(2024, 2, 29)),
        ("202502", date(2025, 2, 28)),
        ("2026-03-17", date(2026, 3, 17)),
    ],
)
def test_a_month_means_its_last_day(text: str, day: date) -> None:
    assert parse_expiry(text) == day


@pytest.mark.parametrize(
    "text",
    ["", "202513", "202500", "000012", "2026-3-17", "2026-02-30", "20260317", "2026/03/17", "２０２５０５"],
)
def test_any_other_writing_of_a_day_is_refused(text: str) -> None:
    assert refuses(parse_expiry, text)


def test_the_last_day_is_a_good_one_and_the_buckets_follow() -> None:
    day = date(2026, 1, 31)
    for left, bucket in (
        (-1, "expired"),
        (0, "30"),
        (30, "30"),
        (31, "90"),
        (90, "90"),
        (91, "180"),
        (181, ""),
    ):
        assert bucket_of(day + timedelta(days=left), day) == bucket


def test_the_seed_agrees_with_the_catalogue_of_the_sample_town() -> None:
    with (SAMPLE / "supplies" / "catalogue.csv").open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            ours = BY_SKU[line["sku"]]
            assert ours.cyp == line["cyp_factor"]
            assert (ours.name_zh, ours.method, ours.figure) == (
                line["name_zh"],
                line["method"],
                line["figure"],
            )
            assert ours.max_per_year == (
                int(line["cap_per_person_year"]) if line["cap_per_person_year"] else None
            )
            assert str(ours.shelf_life_months) == line["shelf_life_months"]
            assert ours.is_anonymous_allowed == (line["anonymous_allowed"] == "1")
            assert (ours.is_tracer, ours.gate) == (line["tracer"] == "1", line["gate"])
