"""Consent by purpose: given, withdrawn, asked again, and never a condition."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from core.kernel.errors import BadInput, Conflict, NotFound
from core.people import consent
from core.people.consent import PURPOSES, consents_of, give_consent, has_consent, withdraw_consent
from core.people.movements import record_movement
from core.people.presence import MovementKind
from core.people.records import register_person
from tests.core.people.conftest import resident


@pytest.fixture
async def person(desk, keyring, wang):
    """Registered, and asked for nothing that is optional."""
    async with desk.open() as tx:
        draft = replace(wang, document=resident(8))
        person = await register_person(tx, keyring, draft, synthetic_ids=True)
        await give_consent(tx, person, "RECORD")
        return person


async def given(desk, person):
    async with desk.open() as tx:
        return {state.purpose.code for state in await consents_of(tx, person) if state.is_given}


async def rows(desk, person):
    async with desk.open() as tx:
        return await tx.fetchval("SELECT count(*) FROM people.consent WHERE person_id = $1", person)


async def test_nobody_is_taken_to_agree_who_was_not_asked(desk, person):
    assert await given(desk, person) == {"RECORD"}


@pytest.mark.requirement("R43")
async def test_a_consent_is_withdrawn_as_easily_as_it_is_given(desk, person):
    async with desk.open() as tx:
        await give_consent(tx, person, "CONTACT", way="PAPER")
        assert await has_consent(tx, person, "CONTACT")
        await withdraw_consent(tx, person, "CONTACT")
        assert not await has_consent(tx, person, "CONTACT")
        await give_consent(tx, person, "CONTACT")
    assert await given(desk, person) == {"RECORD", "CONTACT"}
    assert await rows(desk, person) == 3


async def test_agreeing_twice_is_once_and_withdrawing_twice_too(desk, person):
    async with desk.open() as tx:
        for _time in range(2):
            await give_consent(tx, person, "CONTACT")
    assert await rows(desk, person) == 2
    async with desk.open() as tx:
        for _time in range(2):
            await withdraw_consent(tx, person, "CONTACT")
    assert await given(desk, person) == {"RECORD"}


async def test_a_new_wording_is_asked_for_again(desk, person, monkeypatch):
    async with desk.open() as tx:
        await give_consent(tx, person, "CONTACT")
    newer = replace(PURPOSES["CONTACT"], wording=2)
    monkeypatch.setattr(consent, "PURPOSES", {**PURPOSES, "CONTACT": newer})
    async with desk.open() as tx:
        (state,) = [state for state in await consents_of(tx, person) if state.purpose.code == "CONTACT"]
        assert (state.is_given, state.is_outdated) == (True, True)
        await give_consent(tx, person, "CONTACT")
        (state,) = [state for state in await consents_of(tx, person) if state.purpose.code == "CONTACT"]
        assert (state.is_given, state.is_outdated) == (True, False)


async def test_the_necessary_one_ends_by_leaving_the_registration(desk, person):
    async with desk.open() as tx:
        await record_movement(tx, person, MovementKind.ARRIVE, date(2025, 3, 1))
        with pytest.raises(Conflict):
            await withdraw_consent(tx, person, "RECORD")
    assert await given(desk, person) == {"RECORD"}


async def test_who_has_gone_withdraws_the_necessary_one_and_with_it_all(desk, person):
    async with desk.open() as tx:
        await give_consent(tx, person, "CONTACT")
        await record_movement(tx, person, MovementKind.ARRIVE, date(2025, 3, 1))
        await record_movement(tx, person, MovementKind.DEPART, date(2025, 5, 1))
        await withdraw_consent(tx, person, "RECORD")
        states = {state.purpose.code: state for state in await consents_of(tx, person)}
    assert await given(desk, person) == set()
    for code, was_given in (("RECORD", True), ("CONTACT", True), ("TRANSFER", False)):
        assert bool(states[code].given_at) is bool(states[code].withdrawn_at) is was_given


async def test_an_unknown_purpose_and_a_stranger_are_refused(desk, other, person):
    async with desk.open() as tx:
        with pytest.raises(BadInput):
            await give_consent(tx, person, "MARKETING")
    async with other.open() as tx:
        with pytest.raises(NotFound):
            await give_consent(tx, person, "CONTACT")
        with pytest.raises(NotFound):
            await withdraw_consent(tx, person, "CONTACT")
    assert await given(desk, person) == {"RECORD"}


def test_exactly_one_purpose_is_necessary():
    assert [purpose.code for purpose in PURPOSES.values() if purpose.is_necessary] == ["RECORD"]
