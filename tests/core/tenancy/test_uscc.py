"""Unified social credit codes, remainder 0 included."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.tenancy.uscc import UsccFault, check_character, normal_uscc, uscc_fault

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_bodies = st.builds(
    str.__add__,
    st.from_regex(r"\A(91|92|93|51|52|11|12|Y1)[0-9]{6}\Z"),
    st.text(_ALPHABET, min_size=9, max_size=9),
)


@pytest.mark.parametrize("code", ["91110000600037341L", "91350100M000100Y43", "91000000MA00000030"])
def test_published_codes_are_right(code: str) -> None:
    assert uscc_fault(code) is None


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("91350100M000100Y4Z", UsccFault.FORMAT),
        ("91350100M000100Y44", UsccFault.CHECK),
        ("91000000MA0000003Y", UsccFault.CHECK),
        ("91I10000600037341L", UsccFault.FORMAT),
        ("9111000060003734", UsccFault.FORMAT),
        ("", UsccFault.FORMAT),
    ],
)
def test_wrong_codes_are_noticed(code: str, fault: UsccFault) -> None:
    assert uscc_fault(code) is fault


@given(_bodies, st.integers(0, 17), st.integers(1, 30))
def test_one_wrong_character_is_always_noticed(body: str, place: int, step: int) -> None:
    code = body + check_character(body)
    new = _ALPHABET[(_ALPHABET.index(code[place]) + step) % 31]
    assert uscc_fault(code) is None
    assert uscc_fault(code[:place] + new + code[place + 1 :]) is not None


def test_typed_forms_become_one_code() -> None:
    assert normal_uscc(" ９１110000 600037341l\n") == "91110000600037341L"
