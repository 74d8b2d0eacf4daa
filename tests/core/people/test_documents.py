"""Identity numbers: the national rules, and nothing beyond them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.people.documents import (
    DOCUMENT_TYPES,
    DocumentFault,
    birth_date,
    check_character,
    division,
    fault_of,
    kind_of,
    masked,
    normal_number,
    sex_digit,
    space,
)

_digits = st.text("0123456789", min_size=17, max_size=17)
_births = st.dates(date(1900, 1, 1), date(2025, 12, 31))


def _number(born: date, prefix: str = "110105", sequence: str = "001") -> str:
    bare = f"{prefix}{born:%Y%m%d}{sequence}"
    return bare + check_character(bare)


@pytest.mark.parametrize("number", ["11010519491231002X", "360426199101010071"])
def test_published_numbers_are_right(number: str) -> None:
    assert fault_of("01", number) is None


@given(_births, st.integers(0, 999))
def test_right_number_gives_birth_date_and_sex_back(born: date, sequence: int) -> None:
    number = _number(born, sequence=f"{sequence:03d}")
    assert fault_of("01", number) is None
    assert birth_date("01", number) == born
    assert sex_digit("01", number) == ("1" if sequence % 2 else "2")


@given(_births, st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(born: date, place: int, step: int) -> None:
    number = _number(born)
    old = "0123456789X".index(number[place])
    new = str((old + step) % 10) if place < 17 else "0123456789X"[(old + step) % 11]
    assert fault_of("01", number[:place] + new + number[place + 1 :]) is not None


@given(_digits)
def test_check_character_solves_the_congruence(digits: str) -> None:
    value = "0123456789X".index(check_character(digits))
    assert (sum(int(d) * pow(2, 17 - i, 11) for i, d in enumerate(digits)) + value) % 11 == 1


@pytest.mark.parametrize(
    ("id_type", "number", "fault"),
    [
        ("01", "11010519491231003X", DocumentFault.CHECK),
        ("01", "110105194912310020", DocumentFault.CHECK),
        ("02", "110105194913310020", DocumentFault.DATE),
        ("01", "110105194902290020", DocumentFault.DATE),
        ("01", "110105491231002", DocumentFault.FORMAT),
        ("01", "11010519491231002x", DocumentFault.FORMAT),
        ("01", "٠" * 18, DocumentFault.FORMAT),
        ("01", "", DocumentFault.FORMAT),
        ("03", "E12345678", None),
        ("03", "G123", DocumentFault.FORMAT),
        ("04", "H12345678", None),
        ("04", "H1234567801", DocumentFault.FORMAT),
        ("05", "12345678", None),
        ("05", "1234567", DocumentFault.FORMAT),
        ("06", _number(date(1990, 1, 1), "810000"), None),
        ("06", _number(date(1990, 1, 1), "110000"), DocumentFault.FORMAT),
        ("06", _number(date(1990, 1, 1), "830000")[:17] + "?", DocumentFault.FORMAT),
        ("07", "9" + "0" * 16 + check_character("9" + "0" * 16), None),
        ("07", "9" + "0" * 16 + "A", DocumentFault.FORMAT),
        ("07", "9" + "0" * 17, DocumentFault.CHECK),
        ("07", "CAN310081070812", None),
        ("09", "军字第001号", None),
        ("98", "", None),
        ("98", "1", DocumentFault.FORMAT),
        ("99", "x" * 41, DocumentFault.FORMAT),
        ("55", "1", DocumentFault.TYPE),
    ],
)
def test_every_type_has_its_own_rule(id_type: str, number: str, fault: DocumentFault | None) -> None:
    assert fault_of(id_type, number) == fault


def test_synthetic_numbers_need_permission() -> None:
    number = _number(date(1990, 3, 1), "000000")
    assert fault_of("01", number) is DocumentFault.FORMAT
    assert fault_of("01", number, allow_synthetic=True) is None


@pytest.mark.parametrize(("born", "is_possible"), [(date(2026, 1, 2), False), (date(1890, 1, 1), False)])
def test_birth_date_of_nobody_alive_is_noticed_when_today_is_known(born: date, is_possible: bool) -> None:
    number = _number(born)
    assert fault_of("01", number) is None
    assert (fault_of("01", number, today=date(2026, 1, 1)) is None) == is_possible


@pytest.mark.parametrize(
    "typed",
    [
        "11010519491231002x",
        "'11010519491231002X",
        " 110105 1949 1231 002X ",
        "１１０１０５１９４９１２３１００２Ｘ",
        "’110105\n19491231002x\u00a0",
    ],
)
def test_typed_forms_become_one_number(typed: str) -> None:
    assert normal_number(typed) == "11010519491231002X"


def test_card_and_household_register_share_numbers() -> None:
    assert space("01") == space("02") == "resident"
    assert len({space(code) for code in DOCUMENT_TYPES}) == len(DOCUMENT_TYPES) - 1


def test_only_the_end_is_shown() -> None:
    assert masked("11010519491231002X").endswith("2X")
    assert "1101" not in masked("11010519491231002X")
    assert len(masked("11010519491231002X")) == len(masked("H12345678"))
    assert "AB" not in masked("AB")


def test_other_documents_say_nothing_about_the_person() -> None:
    assert (birth_date("03", "E12345678"), sex_digit("04", "H12345678"), division("05", "1")) == (None,) * 3
    assert division("02", "11010519491231002X") == "110105"


@pytest.mark.parametrize(
    ("number", "id_type"),
    [
        ("11010519491231002X", "01"),
        ("810000199408230021", "06"),
        ("000000200001010013", None),
        ("110105194912310021", None),
        ("E12345678", None),
        ("", None),
    ],
)
def test_a_whole_number_tells_its_type_by_itself(number: str, id_type: str | None) -> None:
    assert kind_of(number) == id_type


def test_an_invented_number_is_recognised_where_it_is_allowed() -> None:
    number = _number(date(2000, 1, 1), prefix="000000")
    assert (kind_of(number), kind_of(number, allow_synthetic=True)) == (None, "01")
    assert kind_of(number, allow_synthetic=True, today=date(1999, 1, 1)) is None
