"""Movements and the residence that follows from them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from core.kernel.changes import Change, set_sink
from core.kernel.clock import today
from core.kernel.errors import BadInput, NotFound
from core.kernel.ids import new_id
from core.people.access import access_person
from core.people.consent import consents_of, give_consent
from core.people.movements import (
    MovementRow,
    movements_of,
    presence_of,
    record_movement,
    write_movements,
)
from core.people.presence import IllegalMovement, MovementKind
from core.people.records import register_person
from core.people.stock import reconcile

ARRIVE, DEPART, OPENING = MovementKind.ARRIVE, MovementKind.DEPART, MovementKind.OPENING
AWAY, RETURN, OPT_OUT = MovementKind.TEMP_LEAVE, MovementKind.RETURN, MovementKind.OPT_OUT

MARCH, MAY, JULY = date(2025, 3, 1), date(2025, 5, 1), date(2025, 7, 1)


@pytest.fixture
async def person(desk, keyring, wang):
    async with desk.open() as tx:
        return await register_person(tx, keyring, wang, synthetic_ids=True)


@pytest.fixture
def told():
    changes: list[Change] = []

    async def sink(_tx, items):
        changes.extend(items)

    set_sink(sink)
    yield changes
    set_sink(None)


async def moved(desk, person, kind, day, **options):
    async with desk.open() as tx:
        return await record_movement(tx, person, kind, day, **options)


async def episodes(desk, person):
    async with desk.open() as tx:
        rows = await tx.fetch(
            "SELECT started_on, ended_on FROM people.residence WHERE person_id = $1 ORDER BY started_on",
            person,
        )
    return [tuple(row.values()) for row in rows]


async def test_who_arrives_is_present_until_the_day_she_departs(desk, person, told):
    await moved(desk, person, ARRIVE, MARCH)
    assert await episodes(desk, person) == [(MARCH, None)]
    await moved(desk, person, DEPART, MAY, reason="GO_HOME")
    await moved(desk, person, ARRIVE, JULY)

    assert await episodes(desk, person) == [(MARCH, MAY), (JULY, None)]
    assert told[:2] == [Change("people.movement", MARCH), Change("people.residence", MARCH, True)]


async def test_coming_and_going_on_one_day_leaves_no_residence(desk, person):
    await moved(desk, person, ARRIVE, MARCH)
    await moved(desk, person, DEPART, MARCH)
    assert await episodes(desk, person) == []
    async with desk.open() as tx:
        assert [m.kind for m in await movements_of(tx, person)] == [ARRIVE, DEPART]


async def test_being_away_does_not_end_a_residence_and_does_not_mark_one(desk, person, told):
    await moved(desk, person, ARRIVE, MARCH)
    told.clear()
    await moved(desk, person, AWAY, MAY)
    async with desk.open() as tx:
        assert await presence_of(tx, person) == "away"
    await moved(desk, person, RETURN, JULY)
    assert await episodes(desk, person) == [(MARCH, None)]
    assert {change.source for change in told} == {"people.movement"}


@pytest.mark.parametrize(
    ("before", "kind"),
    [
        ([], DEPART),
        ([], AWAY),
        ([], RETURN),
        ([], OPT_OUT),
        ([], MovementKind.MOVE_WITHIN_TOWN),
        ([ARRIVE], ARRIVE),
        ([ARRIVE], OPENING),
        ([ARRIVE], RETURN),
        ([ARRIVE, AWAY], AWAY),
        ([ARRIVE, AWAY, MovementKind.MOVE_WITHIN_TOWN], RETURN),
        ([ARRIVE, DEPART], MovementKind.CLOSING),
    ],
)
async def test_what_does_not_fit_is_refused_with_a_sentence(desk, person, before, kind):
    async with desk.open() as tx:
        for step, earlier in enumerate(before):
            await record_movement(tx, person, earlier, MARCH + timedelta(days=step))
    with pytest.raises(IllegalMovement) as caught:
        await moved(desk, person, kind, JULY)
    assert caught.value.what.endswith(".")
    async with desk.open() as tx:
        assert len(await movements_of(tx, person)) == len(before)


async def test_an_earlier_movement_may_come_late_when_all_still_fits(desk, person):
    await moved(desk, person, ARRIVE, MARCH)
    await moved(desk, person, DEPART, JULY)
    async with desk.open() as tx:
        with pytest.raises(IllegalMovement) as caught:
            await record_movement(tx, person, DEPART, date(2025, 4, 1))
    assert caught.value.what == "This does not fit what is recorded of her after this day."
    await moved(desk, person, AWAY, date(2025, 4, 1))
    await moved(desk, person, RETURN, MAY)
    assert await episodes(desk, person) == [(MARCH, JULY)]


async def test_an_arrival_before_the_first_one_is_refused(desk, person):
    await moved(desk, person, ARRIVE, MAY)
    with pytest.raises(IllegalMovement):
        await moved(desk, person, ARRIVE, MARCH)
    assert await episodes(desk, person) == [(MAY, None)]


async def test_a_day_to_come_and_a_day_before_birth_are_refused(desk, person):
    for day in (today() + timedelta(days=1), date(1989, 12, 31)):
        with pytest.raises(BadInput) as caught:
            await moved(desk, person, ARRIVE, day)
        assert set(caught.value.fields) == {"day"}


async def test_opting_out_ends_the_stay_the_consents_and_the_visibility(desk, keyring, person, station):
    async with desk.open() as tx:
        await give_consent(tx, person, "RECORD")
        await give_consent(tx, person, "CONTACT")
    await moved(desk, person, ARRIVE, MARCH)
    await moved(desk, person, OPT_OUT, MAY)

    assert await episodes(desk, person) == [(MARCH, MAY)]
    async with desk.open() as tx:
        assert (await access_person(tx, person, station)).state == "opted_out"
        assert not any(state.is_given for state in await consents_of(tx, person))
        assert not await tx.fetchval("SELECT is_current FROM people.pseudonym WHERE person_id = $1", person)
    await moved(desk, person, ARRIVE, JULY)
    async with desk.open() as tx:
        assert (await access_person(tx, person, station)).state == "active"
        assert await tx.fetchval("SELECT is_current FROM people.pseudonym WHERE person_id = $1", person)


async def test_a_movement_is_recorded_once_for_its_reference(desk, person):
    first = await moved(desk, person, ARRIVE, MARCH, ref="MV-1")
    assert await moved(desk, person, ARRIVE, MARCH, ref="MV-1") == first
    async with desk.open() as tx:
        assert len(await movements_of(tx, person)) == 1


async def test_nobody_moves_a_stranger(desk, other, person):
    with pytest.raises(NotFound):
        await moved(other, person, ARRIVE, MARCH)
    async with other.open() as tx:
        with pytest.raises(NotFound):
            await write_movements(tx, [MovementRow(person_id=person, kind=ARRIVE, day=MARCH)])
        assert await movements_of(tx, person) == []
    await moved(desk, person, ARRIVE, MARCH)
    assert await episodes(desk, person) == [(MARCH, None)]


async def test_a_file_of_movements_is_written_once_in_the_order_of_days(desk, person, told):
    rows = [
        MovementRow(person_id=person, kind=DEPART, day=MAY, ref="MV-2"),
        MovementRow(person_id=person, kind=OPENING, day=date(2025, 1, 1), ref="OPEN-1"),
        MovementRow(person_id=person, kind=ARRIVE, day=JULY, ref="MV-3"),
    ]
    for written in (3, 0):
        async with desk.open() as tx:
            assert await write_movements(tx, rows) == written
    assert await episodes(desk, person) == [(date(2025, 1, 1), MAY), (JULY, None)]
    assert Change("people.residence", date(2025, 1, 1), True) in told


async def test_a_file_that_does_not_fit_writes_nothing(desk, person):
    rows = [MovementRow(person_id=person, kind=kind, day=MARCH) for kind in (ARRIVE, ARRIVE)]
    with pytest.raises(IllegalMovement):
        async with desk.open() as tx:
            await write_movements(tx, rows)
    assert await episodes(desk, person) == []


async def test_the_stock_identity_holds_for_every_month(desk, keyring, person):
    async with desk.open() as tx:
        await write_movements(
            tx,
            [
                MovementRow(person_id=person, kind=OPENING, day=date(2025, 1, 1)),
                MovementRow(person_id=person, kind=DEPART, day=date(2025, 1, 31)),
                MovementRow(
                    person_id=person, kind=MovementKind.CHANGE_EMPLOYER_IN, day=MARCH, transfer_id=new_id()
                ),
                MovementRow(person_id=person, kind=OPT_OUT, day=MAY),
            ],
        )
    expected = {1: (0, 0), 2: (0, 0), 3: (0, 1), 4: (1, 1), 5: (1, 0)}
    for month, (opening, closing) in expected.items():
        first = date(2025, month, 1)
        last = date(2025, month + 1, 1) - timedelta(days=1)
        async with desk.open() as tx:
            floating, settled = await reconcile(tx, first, last)
        assert (floating.opening, floating.closing, floating.difference) == (opening, closing, 0)
        assert (settled.opening, settled.closing, settled.difference) == (0, 0, 0)
