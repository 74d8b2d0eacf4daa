"""Halves of acts between two tenants: what is alone or says something else is found, what is on its way is not."""

from __future__ import annotations

from collections.abc import Mapping

from core.commands.pairing import Standing, unlike
from core.kernel.ids import derived_id, new_id
from core.sdk import Half

TOWN = new_id()


def half(
    place: str,
    other: str,
    numbers: Mapping[str, int] | None = None,
    name: str = "Loan 1",
    waits: bool = False,
) -> Standing:
    told = Half(
        id=derived_id(TOWN, name), name=name, other=other, numbers=numbers or {"lent": 5}, dedupe=name
    )
    return Standing(place, told, waits)


def found(*halves: Standing) -> list[str]:
    return [f"{one.place}: {sentence.partition('.')[0]}" for one, sentence in unlike(halves)]


def test_equal_halves_are_sound():
    assert (
        found(half("A", "B"), half("B", "A"), half("A", "C", name="Loan 2"), half("C", "A", name="Loan 2"))
        == []
    )


def test_a_half_alone_is_found_with_what_to_do():
    assert found(half("A", "B")) == ["A: Loan 1 has no half in B"]
    ((_one, sentence),) = unlike([half("A", "B")])
    assert "See whether `townbridge jobs list` names its message" in sentence


def test_halves_that_name_others_are_no_pair():
    assert found(half("A", "B"), half("C", "A")) == [
        "A: Loan 1 has no half in B",
        "C: Loan 1 has no half in A",
    ]
    assert len(found(half("A", "B"), half("B", "A"), half("B", "A"))) == 3


def test_a_number_that_differs_or_stands_in_one_half_is_found():
    there = {"lent": 4, "broken": 1}
    assert found(half("A", "B"), half("B", "A", there)) == [
        "A: Loan 1, broken: 0 here, 1 in B",
        "A: Loan 1, lent: 5 here, 4 in B",
    ]
    assert found(half("A", "B", {"lent": 5, "broken": 0}), half("B", "A")) == [], "none is 0"


def test_what_is_on_its_way_is_no_finding():
    assert found(half("A", "B", waits=True)) == []
    assert found(half("A", "B"), half("B", "A", {"lent": 4}, waits=True)) == []
