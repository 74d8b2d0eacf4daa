"""The ledger tells what is lost from what is double, and the table adds up."""

from __future__ import annotations

from uuid import uuid4

from tests.faults.ledger import Ledger
from tests.faults.table import Tally, Verdict, table


def test_what_was_acknowledged_and_is_not_there_is_lost() -> None:
    ledger = Ledger()
    kept, lost, unanswered = (ledger.command() for _ in range(3))
    for command in (kept, lost):
        ledger.acknowledge(command, uuid4())
    ledger.leave(unanswered)
    assert ledger.lost({kept.name: 1}) == [lost.name]


def test_what_is_there_twice_or_was_never_commanded_is_double() -> None:
    ledger = Ledger()
    once, twice, unanswered = (ledger.command() for _ in range(3))
    for command in (once, twice):
        ledger.acknowledge(command, uuid4())
    ledger.leave(unanswered)
    kept = {once.name: 1, twice.name: 2, unanswered.name: 1, "nobody": 1}
    assert ledger.double(kept) == [twice.name, "nobody"]


def test_one_thing_that_is_wrong_makes_a_tally_unclean() -> None:
    good = Verdict(lost=0, double=0, leaked=0, is_proven=True, words=[])
    for wrong in (
        Verdict(lost=1, double=0, leaked=0, is_proven=True, words=[]),
        Verdict(lost=0, double=1, leaked=0, is_proven=True, words=[]),
        Verdict(lost=0, double=0, leaked=1, is_proven=True, words=[]),
        Verdict(lost=0, double=0, leaked=0, is_proven=False, words=[]),
        Verdict(lost=0, double=0, leaked=0, is_proven=True, words=["A log names somebody."]),
    ):
        tally = Tally(fault="kill -9", words=[])
        tally.add(3, good)
        assert tally.is_clean
        tally.add(2, wrong)
        assert not tally.is_clean
        told = table([tally.noted[1], tally.noted[1]]).splitlines()[1].split()
        assert told[2] == "10"
