"""Telephone numbers and origins as they are typed."""

from __future__ import annotations

import pytest

from core.people.codes import plain_code
from core.people.divisions import PROVINCES, is_known_division, origin_of_division, origin_of_name
from core.people.phones import is_well_formed, normal_phone, stored_phone


@pytest.mark.parametrize(
    ("typed", "is_right", "stored"),
    [
        ("13812345678", True, "+8613812345678"),
        ("'138 1234 5678", True, "+8613812345678"),
        ("138-1234-5678", True, "+8613812345678"),
        ("１９９００００１２３４", True, "+8619900001234"),
        ("+8613812345678", False, "+8613812345678"),
        ("0571-88886666", True, "+8657188886666"),
        ("010-88886666-123", False, "010-88886666-123"),
        ("29900001234", False, "29900001234"),
        ("1990000123", False, "1990000123"),
        ("12345678901", False, "12345678901"),
        ("+852 91234567", False, "+85291234567"),
        ("电话见附页", False, "电话见附页"),
    ],
)
def test_phone_is_judged_and_stored(typed: str, is_right: bool, stored: str) -> None:
    phone = normal_phone(typed)
    assert is_well_formed(phone) == is_right
    assert stored_phone(phone) == stored


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("湖南", "43"),
        ("湖南省", "43"),
        ("广西壮族自治区", "45"),
        ("内蒙古自治区", "15"),
        ("香港特别行政区", "81"),
        ("本地", "00"),
        ("境外", "FOR"),
        ("43", "43"),
        ("长沙", "NS"),
        ("", "NS"),
        ("430500", "NS"),
    ],
)
def test_province_becomes_an_origin(text: str, origin: str) -> None:
    assert origin_of_name(text) == origin


def test_division_becomes_an_origin() -> None:
    codes = ("430500", "000001", "4305", "430501002000", "4", "43050X", "湖南", "")
    assert [origin_of_division(code) for code in codes] == ["43", "00", "43", "43", "NS", "NS", "NS", "NS"]


def test_unknown_division_is_noticed_and_provinces_are_complete() -> None:
    assert len(PROVINCES) == 34
    assert is_known_division("000000", {"000000"})
    assert is_known_division("422123")
    assert not is_known_division("009901", {"000000"})


def test_plain_code_is_half_width_without_blanks() -> None:
    assert plain_code("　'Ａ１　\n’") == "A1"
