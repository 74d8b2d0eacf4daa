"""Correcting a wrong movement, cancelling one that never happened, and what is kept of both."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from core.kernel import audit
from core.kernel.changes import Change, set_sink
from core.kernel.clock import today
from core.kernel.errors import BadInput, Conflict, NotFound
from core.kernel.ids import new_id
from core.people.consent import consents_of, give_consent
from core.people.correcting import MovementChanged, correct_movement
from core.people.corrections import (
    FieldCorrection,
    MovementCorrection,
    MovementFacts,
    corrections_of,
    forget_corrections,
)
from core.people.desk import PeopleDesk
from core.people.drafts import PersonEdit
from core.people.episodes import episodes_of, unsound_people
from core.people.movements import MovementRow, movements_of, record_movement, write_movements
from core.people.presence import IllegalMovement, MovementKind
from core.people.records import edit_person, register_person
from core.people.stock import reconcile
from tests.core.people.conftest import resident

ARRIVE, DEPART, OPENING = MovementKind.ARRIVE, MovementKind.DEPART, MovementKind.OPENING
AWAY, RETURN, OPT_OUT = MovementKind.TEMP_LEAVE, MovementKind.RETURN, MovementKind.OPT_OUT

MARCH, APRIL, MAY, JULY = date(2025, 3, 1), date(2025, 4, 7), date(2025, 5, 1), date(2025, 7, 1)


@pytest.fixture
def draft(wang):
    """Not the document by which other tests ask whether somebody is present elsewhere."""
    return replace(wang, document=resident(8))


@pytest.fixture
async def person(desk, keyring, draft):
    async with desk.open() as tx:
        return await register_person(tx, keyring, draft, synthetic_ids=True)


@pytest.fixture
def told():
    changes: list[Change] = []

    async def sink(_tx, items):
        changes.extend(items)

    set_sink(sink)
    yield changes
    set_sink(None)


def facts(kind, day, reason=""):
    return MovementFacts(kind=kind, day=day, reason=reason)


async def moved(desk, person, kind, day, **options):
    async with desk.open() as tx:
        return await record_movement(tx, person, kind, day, **options)


async def corrected(desk, person, movement, seen, new, why="written down wrongly"):
    async with desk.open() as tx:
        return await correct_movement(tx, person, movement, seen=seen, new=new, why=why)


async def books(desk, person):
    """Movements and residence, after the proofs."""
    async with desk.open() as tx:
        assert await unsound_people(tx) == []
        for line in await reconcile(tx, date(2025, 4, 1), date(2025, 6, 30)):
            assert line.difference == 0
        moves = [(move.kind, move.day) for move in await movements_of(tx, person)]
        return moves, [(stay.started_on, stay.ended_on) for stay in await episodes_of(tx, person)]


async def test_a_wrong_day_is_corrected_and_kept(desk, person, told):
    movement = await moved(desk, person, ARRIVE, MAY, reason="WORK")
    await moved(desk, person, DEPART, JULY)
    told.clear()
    seen, new = facts(ARRIVE, MAY, "WORK"), facts(ARRIVE, MARCH, "WORK")

    assert await corrected(desk, person, movement, seen, new, "  the firm’s list\n says March ")

    assert await books(desk, person) == ([(ARRIVE, MARCH), (DEPART, JULY)], [(MARCH, JULY)])
    assert Change("people.residence", MARCH, True) in told
    assert {Change("people.movement", MARCH), Change("people.movement", MAY)} <= set(told)
    async with desk.open() as tx:
        (kept,) = await corrections_of(tx, person)
        assert isinstance(kept, MovementCorrection)
        assert (kept.movement, kept.old, kept.new) == (movement, seen, new)
        assert (kept.why, kept.by) == ("the firm’s list  says March", tx.scope.actor)
        line = (await audit.lines(tx, limit=1))[0]
    assert (line.action, line.object_id) == ("people.movement.correct", person)
    assert (line.detail["was_day"], line.detail["day"], line.reason) == ("2025-05-01", "2025-03-01", "")


async def test_the_same_correction_again_changes_nothing(desk, person, told):
    movement = await moved(desk, person, ARRIVE, MAY)
    seen, new = facts(ARRIVE, MAY), facts(ARRIVE, MARCH)
    assert await corrected(desk, person, movement, seen, new)
    told.clear()
    assert not await corrected(desk, person, movement, seen, new)
    assert await corrected(desk, person, movement, new, None)
    assert not await corrected(desk, person, movement, seen, None)
    async with desk.open() as tx:
        assert len(await corrections_of(tx, person)) == 2


async def test_what_somebody_else_corrected_is_shown_first(desk, person):
    movement = await moved(desk, person, ARRIVE, MAY)
    seen = facts(ARRIVE, MAY)
    await corrected(desk, person, movement, seen, facts(ARRIVE, APRIL))
    for new in (facts(ARRIVE, MARCH), None):
        with pytest.raises(MovementChanged) as caught:
            await corrected(desk, person, movement, seen, new)
        assert caught.value.stands == facts(ARRIVE, APRIL)
    await corrected(desk, person, movement, facts(ARRIVE, APRIL), None)
    with pytest.raises(MovementChanged) as caught:
        await corrected(desk, person, movement, facts(ARRIVE, APRIL), facts(ARRIVE, MARCH))
    assert caught.value.stands is None


async def test_of_two_at_once_one_is_told(desk, person):
    movement = await moved(desk, person, ARRIVE, MAY)
    seen = facts(ARRIVE, MAY)
    done = await asyncio.gather(
        *(corrected(desk, person, movement, seen, facts(ARRIVE, day)) for day in (MARCH, APRIL)),
        return_exceptions=True,
    )
    assert sorted(type(each).__name__ for each in done) == ["MovementChanged", "bool"]
    async with desk.open() as tx:
        assert len(await corrections_of(tx, person)) == 1


async def test_a_kind_becomes_another_that_the_counter_records(desk, person):
    await moved(desk, person, ARRIVE, MARCH)
    movement = await moved(desk, person, DEPART, MAY)
    assert await corrected(desk, person, movement, facts(DEPART, MAY), facts(AWAY, MAY))
    assert await books(desk, person) == ([(ARRIVE, MARCH), (AWAY, MAY)], [(MARCH, None)])
    with pytest.raises(BadInput) as caught:
        await corrected(desk, person, movement, facts(AWAY, MAY), facts(OPT_OUT, MAY))
    assert set(caught.value.fields) == {"kind"}


async def test_what_would_not_fit_or_cannot_be_is_refused(desk, person):
    arrived = await moved(desk, person, ARRIVE, MARCH)
    await moved(desk, person, DEPART, MAY)
    seen = facts(ARRIVE, MARCH)
    for new in (None, facts(ARRIVE, JULY), facts(DEPART, MARCH), facts(RETURN, MARCH)):
        with pytest.raises(IllegalMovement):
            await corrected(desk, person, arrived, seen, new)
    for day in (today() + timedelta(days=1), date(1989, 12, 31)):
        with pytest.raises(BadInput) as caught:
            await corrected(desk, person, arrived, seen, facts(ARRIVE, day))
        assert set(caught.value.fields) == {"day"}
    with pytest.raises(BadInput) as caught:
        await corrected(desk, person, arrived, seen, facts(ARRIVE, APRIL), why=" \n")
    assert set(caught.value.fields) == {"why"}
    assert await books(desk, person) == ([(ARRIVE, MARCH), (DEPART, MAY)], [(MARCH, MAY)])


async def test_halves_of_transfers_and_rows_of_the_books_say_what_to_do_instead(desk, person):
    rows = [
        MovementRow(person_id=person, kind=OPENING, day=MARCH),
        MovementRow(person_id=person, kind=MovementKind.CHANGE_EMPLOYER_OUT, day=MAY, transfer_id=new_id()),
    ]
    async with desk.open() as tx:
        await write_movements(tx, rows)
        opening, half = await movements_of(tx, person)
    for move in (opening, half):
        for new in (None, facts(ARRIVE, MARCH)):
            with pytest.raises(Conflict) as caught:
                await corrected(desk, person, move.id, facts(move.kind, move.day), new)
            assert caught.value.todo != Conflict.default_todo
    assert (await books(desk, person))[1] == [(MARCH, MAY)]


async def test_the_only_movement_can_be_cancelled(desk, person):
    async with desk.open() as tx:
        await give_consent(tx, person, "RECORD")
    movement = await moved(desk, person, ARRIVE, MARCH)
    assert await corrected(desk, person, movement, facts(ARRIVE, MARCH), None)
    assert await books(desk, person) == ([], [])
    async with desk.open() as tx:
        assert not await tx.fetchval("SELECT is_current FROM people.pseudonym WHERE person_id = $1", person)
        (kept,) = await corrections_of(tx, person)
    assert (kept.old, kept.new) == (facts(ARRIVE, MARCH), None)
    await moved(desk, person, ARRIVE, MARCH)
    assert (await books(desk, person))[1] == [(MARCH, None)]


async def test_leaving_the_register_by_mistake_brings_no_consent_back(desk, person):
    async with desk.open() as tx:
        await give_consent(tx, person, "CONTACT")
    await moved(desk, person, ARRIVE, MARCH)
    movement = await moved(desk, person, OPT_OUT, MAY)
    assert await corrected(desk, person, movement, facts(OPT_OUT, MAY), None)
    async with desk.open() as tx:
        assert await tx.fetchval("SELECT state FROM people.person WHERE id = $1", person) == "active"
        assert not any(state.is_given for state in await consents_of(tx, person))
    assert (await books(desk, person))[1] == [(MARCH, None)]


async def test_a_file_that_is_loaded_again_brings_nothing_back(desk, person):
    rows = [
        MovementRow(person_id=person, kind=ARRIVE, day=MARCH, ref="2025/M1"),
        MovementRow(person_id=person, kind=DEPART, day=MAY, ref="2025/M2"),
        MovementRow(person_id=person, kind=ARRIVE, day=JULY, ref="2025/M3"),
    ]
    async with desk.open() as tx:
        await write_movements(tx, rows)
        first, second, third = await movements_of(tx, person)
    await corrected(desk, person, first.id, facts(ARRIVE, MARCH), facts(ARRIVE, APRIL))
    await corrected(desk, person, third.id, facts(ARRIVE, JULY), None)
    await corrected(desk, person, second.id, facts(DEPART, MAY), None)
    async with desk.open() as tx:
        assert await write_movements(tx, rows) == 0
        assert await record_movement(tx, person, DEPART, MAY, ref="2025/M2") == second.id
        more = MovementRow(person_id=person, kind=DEPART, day=JULY, ref="2026/M2")
        assert await write_movements(tx, [*rows, more]) == 1
    assert await books(desk, person) == ([(ARRIVE, APRIL), (DEPART, JULY)], [(APRIL, JULY)])


async def test_nobody_corrects_what_is_not_here(desk, other, person, keyring, draft):
    movement = await moved(desk, person, ARRIVE, MARCH)
    async with other.open() as tx:
        twin = await register_person(tx, keyring, draft, synthetic_ids=True)
    for where, whom, what in (
        (other, person, movement),
        (other, twin, movement),
        (desk, new_id(), movement),
        (desk, person, new_id()),
    ):
        with pytest.raises(NotFound):
            await corrected(where, whom, what, facts(ARRIVE, MARCH), None)
    async with other.open() as tx:
        assert await corrections_of(tx, person) == []
    async with desk.open("health") as tx:
        with pytest.raises(NotFound):
            await correct_movement(
                tx, person, movement, seen=facts(ARRIVE, MARCH), new=None, why="no compartment"
            )
    assert (await books(desk, person))[0] == [(ARRIVE, MARCH)]


async def test_old_values_of_what_she_is_counted_by_are_kept_and_forgotten(desk, keyring, person):
    movement = await moved(desk, person, ARRIVE, MAY, reason="her sister came")
    await corrected(
        desk, person, movement, facts(ARRIVE, MAY, "her sister came"), facts(ARRIVE, MARCH), "王小明 said so"
    )
    async with desk.open() as tx:
        edit = PersonEdit(name="王晓明", birth_date=date(1991, 2, 3), sex="1", is_floating=True)
        await edit_person(tx, keyring, person, 1, edit, reason="as on her card", synthetic_ids=True)
        await edit_person(tx, keyring, person, 2, edit, synthetic_ids=True)
        fields = [one for one in await corrections_of(tx, person) if isinstance(one, FieldCorrection)]
        assert {one.field: (one.old, one.new, one.why) for one in fields} == {
            "sex": ("2", "1", "as on her card"),
            "birth_date": ("1990-01-01", "1991-02-03", "as on her card"),
        }
        lines = await audit.lines(tx, limit=20)
        assert not any("card" in line.reason or "said so" in line.reason for line in lines)
    async with desk.open() as tx:
        assert await forget_corrections(tx, person) == 3
        left = repr(await corrections_of(tx, person))
    for word in ("card", "said", "sister", "1990", "1991"):
        assert word not in left
    async with desk.open() as tx:
        assert len(await corrections_of(tx, person)) == 3


async def test_only_who_sees_her_whole_sees_what_was_corrected(desk, keyring, person):
    movement = await moved(desk, person, ARRIVE, MAY)
    await corrected(desk, person, movement, facts(ARRIVE, MAY), facts(ARRIVE, MARCH))
    async with desk.open() as tx:
        assert len(await PeopleDesk(tx, keyring, ["station_staff"]).corrections(person)) == 1
        for role in ("tenant_officer", "medical_staff", "rights_consultant"):
            people = PeopleDesk(tx, keyring, [role])
            assert (await people.get(person)).name == "王小明"
            with pytest.raises(NotFound):
                await people.corrections(person)
