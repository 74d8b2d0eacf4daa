"""Two clerks at once: one person, one presence, one version, whoever comes second."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest

from core.people.bulk import upsert_people
from core.people.drafts import AlreadyKnown, PersonEdit, PersonRow
from core.people.movements import movements_of, record_movement
from core.people.presence import IllegalMovement, MovementKind
from core.people.records import EditConflict, edit_person, register_person

MARCH = date(2025, 3, 1)


async def at_once(desk, act, times=4):
    """The outcomes of the same act in several transactions, begun together."""

    async def one():
        async with desk.open() as tx:
            return await act(tx)

    return await asyncio.gather(*(one() for _time in range(times)), return_exceptions=True)


def faults(outcomes):
    return [type(outcome) for outcome in outcomes if isinstance(outcome, BaseException)]


@pytest.mark.requirement("R35")
async def test_a_number_registered_by_several_clerks_is_one_person(desk, keyring, wang):
    outcomes = await at_once(desk, lambda tx: register_person(tx, keyring, wang, synthetic_ids=True))
    assert faults(outcomes) == [AlreadyKnown] * 3
    (person,) = [outcome for outcome in outcomes if not isinstance(outcome, BaseException)]
    assert {outcome.person_id for outcome in outcomes if isinstance(outcome, AlreadyKnown)} == {person}


async def test_an_arrival_noted_by_several_clerks_is_one_arrival(desk, keyring, wang):
    async with desk.open() as tx:
        person = await register_person(tx, keyring, wang, synthetic_ids=True)
    outcomes = await at_once(desk, lambda tx: record_movement(tx, person, MovementKind.ARRIVE, MARCH))
    assert faults(outcomes) == [IllegalMovement] * 3
    outcomes = await at_once(
        desk, lambda tx: record_movement(tx, person, MovementKind.DEPART, MARCH, ref="MV-1")
    )
    assert faults(outcomes) == []
    assert len(set(outcomes)) == 1
    async with desk.open() as tx:
        assert [movement.kind for movement in await movements_of(tx, person)] == ["ARRIVE", "DEPART"]


@pytest.mark.requirement("R35")
async def test_of_several_editors_one_is_taken(desk, keyring, wang):
    async with desk.open() as tx:
        person = await register_person(tx, keyring, wang, synthetic_ids=True)
    outcomes = await at_once(
        desk, lambda tx: edit_person(tx, keyring, person, 1, PersonEdit(alias=f"阿{id(tx)}"))
    )
    assert faults(outcomes) == [EditConflict] * 3


@pytest.mark.requirement("R35")
async def test_a_file_sent_twice_at_once_writes_each_person_once(desk, keyring, wang):
    rows = [PersonRow(document=wang.document, name="王小明", registered_on=MARCH)]
    outcomes = await at_once(desk, lambda tx: upsert_people(tx, keyring, rows))
    async with desk.open() as tx:
        assert await tx.fetchval("SELECT count(*) FROM people.person") == 1
    done = [outcome[0] for outcome in outcomes if not isinstance(outcome, BaseException)]
    assert len({each.person_id for each in done}) == 1
    assert faults(outcomes) == []
