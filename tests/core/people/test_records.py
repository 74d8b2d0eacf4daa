"""Registering and correcting one person."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from core.kernel import audit
from core.kernel.changes import Change, set_sink
from core.kernel.errors import BadInput, NotFound
from core.kernel.ids import new_id
from core.people.access import access_person, reveal
from core.people.corrections import FieldCorrection, corrections_of
from core.people.drafts import AlreadyKnown, Document, PersonDraft, PersonEdit
from core.people.records import EditConflict, edit_person, register_person
from tests.core.people.conftest import access_full


@pytest.fixture
def told():
    """What the transaction said it made stale."""
    changes: list[Change] = []

    async def sink(_tx, items):
        changes.extend(items)

    set_sink(sink)
    yield changes
    set_sink(None)


async def registered(desk, keyring, draft):
    async with desk.open() as tx:
        return await register_person(tx, keyring, draft, synthetic_ids=True)


async def seen(desk, person, viewer):
    async with desk.open() as tx:
        return await access_full(tx, person, viewer)


async def test_an_alias_and_a_way_to_reach_her_are_enough(desk, keyring, station):
    person = await registered(
        desk, keyring, PersonDraft(alias="小燕", contact="through her sister at the gate")
    )

    shown = await seen(desk, person, station)
    assert (shown.name, shown.legal_name, shown.document, shown.birth_year) == ("小燕", None, None, None)
    assert (shown.sex, shown.origin, shown.presence, shown.version) == ("9", "NS", "absent", 1)
    async with desk.open() as tx:
        assert await reveal(tx, keyring, person, "contact", station) == "through her sister at the gate"
        assert await reveal(tx, keyring, person, "phone", station) is None


async def test_two_people_without_a_document_are_two_people(desk, keyring):
    draft = PersonDraft(name="李红", phone="13900139000")
    assert await registered(desk, keyring, draft) != await registered(desk, keyring, draft)


async def test_what_is_missing_or_impossible_is_told_all_at_once(desk, keyring):
    draft = PersonDraft(
        document=Document(id_type="01", number="000000199002290023"),
        birth_date=date(1800, 1, 1),
        origin="湖南",
        registered_on=date(2999, 1, 1),
    )
    with pytest.raises(BadInput) as caught:
        await registered(desk, keyring, draft)
    assert set(caught.value.fields) == {"name", "phone", "number", "birth_date", "origin", "registered_on"}


async def test_an_invented_number_is_refused_outside_a_demonstration(desk, keyring, wang):
    async with desk.open() as tx:
        with pytest.raises(BadInput) as caught:
            await register_person(tx, keyring, wang)
    assert set(caught.value.fields) == {"number"}


async def test_the_number_says_the_birth_date_and_the_division_the_origin(desk, keyring, wang, station):
    shown = await seen(desk, await registered(desk, keyring, wang), station)
    assert shown.birth_date == date(1990, 1, 1)
    assert (shown.origin, shown.origin_division) == ("43", "430100")
    assert shown.document is not None
    assert shown.document.endswith(wang.document.number[-2:])
    assert wang.document.number[:-2] not in shown.document
    assert shown.phone == "••••00"


async def test_the_same_number_in_the_tenant_is_the_same_person(desk, keyring, wang):
    person = await registered(desk, keyring, wang)
    household = Document(id_type="02", number=wang.document.number.lower())
    with pytest.raises(AlreadyKnown) as caught:
        await registered(desk, keyring, replace(wang, name="王晓明", document=household))
    assert caught.value.person_id == person


@pytest.mark.requirement("R40")
async def test_the_same_number_in_another_tenant_is_not_known_there(desk, other, keyring, wang, station):
    here, there = await registered(desk, keyring, wang), await registered(other, keyring, wang)
    assert here != there
    async with desk.open() as tx:
        (mine,) = await tx.fetch("SELECT id, document_index FROM people.person")
    async with other.open() as tx:
        (theirs,) = await tx.fetch("SELECT id, document_index FROM people.person")
        with pytest.raises(NotFound):
            await access_person(tx, here, station)
    assert mine["document_index"] != theirs["document_index"]


async def test_without_the_compartment_there_are_no_people(desk, keyring, wang, station):
    person = await registered(desk, keyring, wang)
    async with desk.open("supplies", "health") as tx:
        with pytest.raises(NotFound):
            await access_person(tx, person, station)
        for table in ("person", "pseudonym", "consent", "access_log", "movement", "residence"):
            assert await tx.fetchval(f"SELECT count(*) FROM people.{table}") == 0
    assert (await seen(desk, person, station)).name == "王小明"


async def test_an_edit_changes_what_it_names_and_says_so(desk, keyring, wang, station, told):
    person = await registered(desk, keyring, wang)
    edit = PersonEdit(name="王晓明", phone="13900139000", sex="1", birth_date=None)
    async with desk.open() as tx:
        assert await edit_person(tx, keyring, person, 1, edit, reason="misread", synthetic_ids=True) == 2

    shown = await seen(desk, person, station)
    assert (shown.name, shown.sex, shown.birth_date, shown.origin) == ("王晓明", "1", None, "43")
    assert told == [Change("people.person", date(2025, 1, 1), True)]
    async with desk.open() as tx:
        assert await reveal(tx, keyring, person, "phone", station) == "+8613900139000"
        assert await reveal(tx, keyring, person, "document", station) == wang.document.number
        line = (await audit.lines(tx, object_id=person))[0]
        kept = [one for one in await corrections_of(tx, person) if isinstance(one, FieldCorrection)]
    assert (line.action, line.reason) == ("people.person.edit", "")
    assert [(one.field, one.why) for one in kept] == [("sex", "misread"), ("birth_date", "misread")]
    assert {"name", "sex", "phone_index"} <= set(str(line.detail["fields"]).split("'"))
    assert "王" not in str(line)


async def test_an_edit_that_repeats_what_is_known_writes_nothing(desk, keyring, wang, told):
    person = await registered(desk, keyring, replace(wang, contact="the canteen"))
    async with desk.open() as tx:
        before = await tx.fetchrow("SELECT * FROM people.person WHERE id = $1", person)
        same = PersonEdit(name=" 王小明", document=wang.document, phone="13800138000", contact="the canteen")
        assert await edit_person(tx, keyring, person, 1, same, synthetic_ids=True) == 1
        assert await tx.fetchrow("SELECT * FROM people.person WHERE id = $1", person) == before
    assert told == []


async def test_of_two_editors_the_second_is_told_and_nothing_is_lost(desk, keyring, wang, station):
    person = await registered(desk, keyring, wang)
    async with desk.open() as tx:
        await edit_person(tx, keyring, person, 1, PersonEdit(alias="阿明"))
    async with desk.open() as tx:
        with pytest.raises(EditConflict):
            await edit_person(tx, keyring, person, 1, PersonEdit(alias="小明"))
    assert (await seen(desk, person, station)).alias == "阿明"


async def test_a_correction_to_somebody_elses_number_opens_her_record(desk, keyring, wang):
    known = await registered(desk, keyring, wang)
    person = await registered(desk, keyring, PersonDraft(name="李红", phone="13900139000"))
    async with desk.open() as tx:
        with pytest.raises(AlreadyKnown) as caught:
            await edit_person(tx, keyring, person, 1, PersonEdit(document=wang.document), synthetic_ids=True)
    assert caught.value.person_id == known


async def test_a_number_that_comes_later_gives_a_pseudonym_and_one_that_goes_takes_it(
    desk, keyring, wang, told
):
    person = await registered(desk, keyring, PersonDraft(name="李红", phone="13900139000"))
    async with desk.open() as tx:
        await edit_person(tx, keyring, person, 1, PersonEdit(document=wang.document), synthetic_ids=True)
        assert await tx.fetchval("SELECT count(*) FROM people.pseudonym") == 1
    async with desk.open() as tx:
        await edit_person(tx, keyring, person, 2, PersonEdit(document=None))
        assert await tx.fetchval("SELECT count(*) FROM people.pseudonym") == 0
    assert told == [Change("people.person", date(2025, 1, 1), True)] * 2


async def test_an_edit_cannot_leave_her_without_any_name(desk, keyring, wang):
    person = await registered(desk, keyring, wang)
    async with desk.open() as tx:
        with pytest.raises(BadInput):
            await edit_person(tx, keyring, person, 1, PersonEdit(name=None))


async def test_nobody_edits_a_stranger(desk, other, keyring, wang):
    person = await registered(desk, keyring, wang)
    async with other.open() as tx:
        for stranger in (person, new_id()):
            with pytest.raises(NotFound):
                await edit_person(tx, keyring, stranger, 1, PersonEdit(name="李红"))
    async with desk.open() as tx:
        assert await edit_person(tx, keyring, person, 1, PersonEdit(name="李红")) == 2
