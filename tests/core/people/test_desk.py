"""The desk that plug-ins get: every act in one tenant, as the reader's roles go."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from core.kernel.errors import BadInput, Forbidden, NotFound
from core.kernel.ids import new_id
from core.kernel.scope import Scope
from core.people.access import Person, PersonFull, PersonIdentity
from core.people.bulk import Upserted
from core.people.desk import PeopleDesk
from core.people.drafts import PersonEdit, PersonRow
from core.people.episodes import Episode
from core.people.movements import MovementRow
from core.people.presence import MovementKind
from core.people.tables import AccessLog, Consent, Movement, Pseudonym, Residence
from core.people.tables import Person as PersonTable
from core.tenancy.town_settings import TownSettings, keep_town_settings
from tests.core.people.conftest import ACTOR

MARCH, MAY = date(2025, 3, 1), date(2025, 5, 1)


@pytest.fixture
async def town(desks, database):
    """A town of invented people."""
    async with database.transaction(Scope.town(desks[0].region)) as tx:
        await keep_town_settings(tx, TownSettings(synthetic_ids=True))


def people_desk(desk, keyring, tx, *roles):
    return PeopleDesk(tx, keyring, roles)


async def test_a_worker_is_registered_seen_corrected_moved_and_found(town, desk, keyring, wang):
    async with desk.open() as tx:
        people = people_desk(desk, keyring, tx, "station_staff")
        person = await people.register(wang)
        await people.move(person, MovementKind.ARRIVE, MARCH)
        await people.give_consent(person, "RECORD")
        assert await people.edit(person, 1, PersonEdit(alias="阿明"), reason="told so") == 2
        shown = await people.get(person)
        assert isinstance(shown, PersonFull)
        assert (shown.alias, shown.presence, shown.version) == ("阿明", "present", 2)
        assert [found.id for found in (await people.search("阿")).people] == [person]
        assert [match.person.id for match in await people.near_matches(wang)] == [person]
        assert await people.by_number([wang.document]) == [person]
        assert await people.episodes(person) == [Episode(started_on=MARCH, ended_on=None)]
        assert await people.present_on(MARCH) == {person}
        assert await people.presence(person) == "present"
        assert [move.day for move in await people.movements(person)] == [MARCH]
        assert [line.difference for line in await people.stock(MARCH, MAY)] == [0, 0]
        assert await people.is_registered_elsewhere(wang.document) is False
        assert await people.reveal(person, "phone", "registration.people.call") == "+8613800138000"
        await people.withdraw_consent(person, "CONTACT")
        assert [state.purpose.code for state in await people.consents(person) if state.is_given] == ["RECORD"]
    async with desk.open() as tx:
        (look,) = [
            look
            for look in await people_desk(desk, keyring, tx).who_looked(person)
            if look.purpose == "registration.people.call"
        ]
    assert (look.fields, look.actor) == (("phone",), ACTOR)


async def test_a_transfer_crosses_from_desk_to_desk(town, desk, other, keyring, wang):
    transfer = new_id()
    async with desk.open() as tx:
        people = people_desk(desk, keyring, tx, "station_staff")
        person = await people.register(wang)
        await people.move(person, MovementKind.ARRIVE, MARCH)
        await people.give_consent(person, "TRANSFER")
        draft = await people.carried(person, "registration.transfers.offer")
        await people.leave(person, MAY, transfer)
    async with other.open() as tx:
        people = people_desk(other, keyring, tx, "station_staff")
        there = await people.arrive(draft, MAY, transfer)
        assert (await people.get(there)).presence == "present"
        with pytest.raises(NotFound):
            await people.get(person)


async def test_an_invented_number_is_taken_in_an_invented_town_alone(desk, keyring, wang):
    async with desk.open() as tx:
        with pytest.raises(BadInput):
            await people_desk(desk, keyring, tx).register(wang)


@pytest.mark.parametrize(
    ("roles", "kind"),
    [
        (("tenant_officer",), Person),
        (("medical_staff",), PersonIdentity),
        (("rights_consultant",), PersonIdentity),
        (("station_staff",), PersonFull),
        (("tenant_officer", "station_staff"), PersonFull),
        ((), PersonFull),
    ],
)
async def test_the_role_decides_how_much_shows(town, desk, keyring, wang, roles, kind):
    async with desk.open() as tx:
        person = await people_desk(desk, keyring, tx).register(wang)
        people = people_desk(desk, keyring, tx, *roles)
        assert type(await people.get(person)) is kind
        if kind is not PersonFull:
            with pytest.raises(Forbidden):
                await people.reveal(person, "document", "registration.people.view")
            with pytest.raises(Forbidden):
                await people.reveal_many([person], "phone", "registration.people.export")


async def test_whom_the_reader_may_not_see_she_cannot_act_on_either(town, desk, keyring, wang):
    async with desk.open() as tx:
        station = people_desk(desk, keyring, tx, "station_staff")
        child = await station.register(replace(wang, is_employee=False))
        await station.give_consent(child, "CONTACT")
        officer = people_desk(desk, keyring, tx, "tenant_officer")
        acts = (
            lambda people: people.get(child),
            lambda people: people.movements(child),
            lambda people: people.episodes(child),
            lambda people: people.presence(child),
            lambda people: people.consents(child),
            lambda people: people.who_looked(child),
            lambda people: people.edit(child, 1, PersonEdit(name="李红")),
            lambda people: people.move(child, MovementKind.ARRIVE, MARCH),
            lambda people: people.give_consent(child, "CONTACT"),
            lambda people: people.withdraw_consent(child, "CONTACT"),
            lambda people: people.leave(child, MAY, new_id()),
        )
        for act in acts:
            with pytest.raises(NotFound):
                await act(officer)
        assert await officer.get_many([child], "registration.people.export") == []
        for act in acts:
            await act(station)
        (shown,) = await station.get_many([child], "registration.people.export")
        assert (shown.name, shown.presence) == ("李红", "absent")


async def test_a_file_is_compared_then_written(town, desk, keyring, wang):
    rows = [PersonRow(document=wang.document, name="王小明", registered_on=MARCH, is_floating=True)]
    async with desk.open() as tx:
        people = people_desk(desk, keyring, tx)
        assert await people.compare(rows) == [None]
        (done,) = await people.upsert(rows)
        moves = [MovementRow(person_id=done.person_id, kind=MovementKind.OPENING, day=MARCH, ref="O-1")]
        assert await people.write_movements(moves) == 1
        (same,) = await people.compare(rows)
        (differs,) = await people.compare([replace(rows[0], name="王晓明")])
        assert (same, differs) == (
            Upserted(done.person_id, is_new=False, is_changed=False),
            Upserted(done.person_id, is_new=False, is_changed=True),
        )
        assert (await people.get(done.person_id)).name == "王小明"


async def test_the_tables_hold_in_piccolo_as_they_do_in_sql(town, desk, other, keyring, wang):
    async with desk.open() as tx:
        people = people_desk(desk, keyring, tx)
        person = await people.register(wang)
        await people.give_consent(person, "RECORD")
        await people.move(person, MovementKind.ARRIVE, MARCH)
        await people.reveal(person, "phone", "test.person.call")
    for table in (PersonTable, Pseudonym, Consent, AccessLog, Movement, Residence):
        async with desk.open():
            (row,) = await table.select()
            assert row["tenant_id"] == desk.tenant
        async with other.open():
            assert await table.select() == []
