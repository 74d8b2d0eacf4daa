"""The earliest sound lot first; what may not be handed out; what is passed over when somebody chooses otherwise."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.sdk import new_id
from plugins.supplies.services.allotting import Lot, Part, allot, fault_of, last_day_of_use, most_of, skipped

DAY = date(2026, 3, 31)


def lot(name: str, expiry: date, balance: int, **marks: bool) -> Lot:
    return Lot(id=new_id(), lot=name, expiry=expiry, balance=balance, **marks)


EARLY = lot("0001724", DAY, 10)
MIDDLE = lot("CON25A02", date(2026, 9, 30), 20)
LATE = lot("CON25A03", date(2028, 3, 31), 500)


def test_the_earliest_lot_goes_first_and_the_next_gives_the_rest() -> None:
    given_out = allot([LATE, EARLY, MIDDLE], 35, DAY, DAY)
    assert given_out.parts == (
        Part(EARLY, 10),
        Part(MIDDLE, 20),
        Part(LATE, 5),
    )
    assert given_out.missing == 0


def test_what_is_not_there_is_said_and_nothing_is_invented() -> None:
    given_out = allot([EARLY, MIDDLE], 31, DAY, DAY)
    assert sum(part.quantity for part in given_out.parts) == 30
    assert given_out.missing == 1


def test_the_day_of_expiry_is_still_good_and_the_day_after_is_not() -> None:
    assert fault_of(EARLY, DAY, DAY) is None
    assert fault_of(EARLY, DAY + timedelta(days=1), DAY + timedelta(days=1)) == "EXPIRED"


def test_expired_recalled_held_and_too_short_dated_lots_are_refused_each_with_its_reason() -> None:
    last_day = last_day_of_use(DAY, 3, 28)
    lots = [
        lot("A", DAY - timedelta(days=1), 5),
        lot("B", LATE.expiry, 5, is_recalled=True),
        lot("C", LATE.expiry, 5, is_held=True),
        lot("D", DAY + timedelta(days=83), 5),
        lot("E", DAY + timedelta(days=84), 5),
        lot("F", DAY + timedelta(days=84), 0),
    ]
    assert [fault_of(one, DAY, last_day) for one in lots] == [
        "EXPIRED", "RECALLED", "HELD", "TOO_SHORT", None, None,
    ]  # fmt: skip
    given_out = allot(lots, 6, DAY, last_day)
    assert given_out.parts == (Part(lots[4], 5),)
    assert given_out.missing == 1


@pytest.mark.parametrize(
    ("days_per_unit", "most"),
    [(0, 35), (1, 35), (28, 12), (365, 1), (3660, 0)],
)
def test_the_more_is_handed_out_at_once_the_longer_it_must_be_good(days_per_unit: int, most: int) -> None:
    lots = [lot("1", DAY + timedelta(days=60), 5), lot("2", DAY + timedelta(days=360), 30)]
    lots += [lot("3", DAY + timedelta(days=390), 0), lot("4", DAY + timedelta(days=5000), 90, is_held=True)]
    lots += [lot("5", DAY + timedelta(days=400), 1)] if days_per_unit == 365 else []
    assert most_of(lots, DAY, days_per_unit) == most


def test_no_use_is_longer_than_the_calendar() -> None:
    assert last_day_of_use(DAY, 9999, 3660) == date.max


def test_what_is_kept_at_hand_only_has_to_be_good_today() -> None:
    assert last_day_of_use(DAY, 500, None) == DAY


def test_a_lot_passed_over_is_named_as_far_as_something_sound_is_left_in_it() -> None:
    lots = [EARLY, MIDDLE, LATE]
    assert skipped(lots, [Part(LATE, 5)], DAY, DAY) == [EARLY, MIDDLE]
    whole = [Part(EARLY, 10), Part(MIDDLE, 20), Part(LATE, 1)]
    assert skipped(lots, whole, DAY, DAY) == []
    assert skipped(lots, whole[1:], DAY + timedelta(days=1), DAY + timedelta(days=1)) == []


@given(
    st.lists(st.tuples(st.integers(-40, 400), st.integers(0, 30), st.booleans(), st.booleans()), max_size=8),
    st.integers(1, 60),
    st.integers(0, 90),
)
def test_an_allotment_never_skips_nor_takes_more_than_is_there(
    drawn: list[tuple[int, int, bool, bool]], quantity: int, use: int
) -> None:
    lots = [
        lot(str(place), DAY + timedelta(days=days), balance, is_recalled=recalled, is_held=held)
        for place, (days, balance, recalled, held) in enumerate(drawn)
    ]
    last_day = DAY + timedelta(days=use)
    given_out = allot(lots, quantity, DAY, last_day)
    assert sum(part.quantity for part in given_out.parts) + given_out.missing == quantity
    assert all(0 < part.quantity <= part.lot.balance for part in given_out.parts)
    assert all(fault_of(part.lot, DAY, last_day) is None for part in given_out.parts)
    assert skipped(lots, given_out.parts, DAY, last_day) == []
    sound = sum(one.balance for one in lots if fault_of(one, DAY, last_day) is None)
    assert given_out.missing == max(0, quantity - sound)
