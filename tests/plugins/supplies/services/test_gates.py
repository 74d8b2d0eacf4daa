"""Who may hand out what; and what medical staff is shown, which decides nothing."""

from __future__ import annotations

from typing import Literal

import pytest

from plugins.supplies.services.catalogue import GATES
from plugins.supplies.services.eligibility import CATEGORIES, prompts_for
from plugins.supplies.services.gates import rule
from tests.plugins.supplies.conftest import product

Who = Literal["medical", "station"]
WHO: tuple[Who, Who] = ("medical", "station")


def is_open(gate: str, by: Who, *, is_clinic: bool = False, had: bool = False, method: str = "COC") -> bool:
    ruling = rule(product(gate=gate, method=method), by=by, is_clinic=is_clinic, had_method=had)
    return not ruling.refusal


@pytest.mark.parametrize("gate", GATES)
def test_condoms_stand_behind_no_gate_and_ask_nothing(gate: str) -> None:
    for method in ("MALE_CONDOM", "FEMALE_CONDOM"):
        ruling = rule(product(gate=gate, method=method), by="station", is_clinic=False, had_method=False)
        assert (ruling.refusal, ruling.asks_advice, ruling.asks_eligibility) == ("", False, False)


def test_the_station_gives_advice_and_hands_out() -> None:
    ruling = rule(product(gate="counsel", method="ECP"), by="station", is_clinic=False, had_method=False)
    assert not ruling.refusal
    assert ruling.asks_advice
    assert not ruling.asks_eligibility


def test_a_clinician_begins_and_the_station_goes_on() -> None:
    assert not is_open("clinician_first", "station")
    assert is_open("clinician_first", "medical")
    assert is_open("clinician_first", "station", had=True)


def test_each_time_by_a_clinician_whatever_came_before() -> None:
    assert not is_open("clinician_each", "station", had=True)
    assert is_open("clinician_each", "medical")


def test_a_facility_is_a_clinic_with_medical_staff() -> None:
    assert not is_open("facility", "station", is_clinic=True, had=True)
    assert not is_open("facility", "medical")
    assert is_open("facility", "medical", is_clinic=True)


def test_the_prompts_are_for_medical_staff_alone() -> None:
    medical, station = (
        rule(product(gate="clinician_first"), by=by, is_clinic=False, had_method=True) for by in WHO
    )
    assert medical.asks_eligibility
    assert not station.asks_eligibility


def test_the_criteria_name_what_restricts_a_method_and_what_needs_confirmation() -> None:
    found = {prompt.condition: prompt for prompt in prompts_for("COC")}
    assert found["35 or older, smokes 15 a day or more"].category == "4"
    assert not found["35 or older, smokes 15 a day or more"].needs_confirmation
    assert found["migraine with aura"].needs_confirmation
    assert {prompt.condition for prompt in prompts_for("CU_IUD")} == {
        "unexplained vaginal bleeding",
        "current pelvic inflammation or purulent cervicitis",
    }
    assert prompts_for("MALE_CONDOM") == ()
    assert set(CATEGORIES) == {1, 2, 3, 4}
