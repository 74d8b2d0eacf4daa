"""Who may see how much of a person, and that she can see who looked."""

from __future__ import annotations

from datetime import date

import asyncpg
import pytest

from core.kernel.errors import Broken, Forbidden, NotFound
from core.kernel.ids import new_id
from core.people.access import (
    Person,
    PersonFull,
    PersonIdentity,
    Viewer,
    access_person,
    reveal,
    reveal_many,
    who_looked,
)
from core.people.drafts import PersonDraft
from core.people.records import register_person
from tests.core.people.conftest import ACTOR

OFFICER = Viewer(detail="basic", purpose="registration.people.view")
NURSE = Viewer(detail="identity", purpose="health.checks.view")
FAMILY = PersonDraft(name="王小宝", phone="13800138000", birth_date=date(2019, 6, 1), is_employee=False)


@pytest.fixture
async def person(desk, keyring, wang):
    async with desk.open() as tx:
        return await register_person(tx, keyring, wang, synthetic_ids=True)


@pytest.mark.requirement("R06", "R43")
@pytest.mark.parametrize(
    ("detail", "kind"), [("basic", Person), ("identity", PersonIdentity), ("full", PersonFull)]
)
async def test_each_role_sees_its_fields_and_no_more(desk, person, wang, detail, kind):
    async with desk.open() as tx:
        shown = await access_person(tx, person, Viewer(detail=detail, purpose="test.person.view"))
    assert type(shown) is kind
    assert (shown.name, shown.birth_year, shown.id_type) == ("王小明", 1990, "01")
    text = repr(shown)
    assert wang.document.number not in text
    assert "13800138000" not in text
    assert ("1990, 1, 1" in text) == (detail != "basic")
    assert ("••••00" in text) == (detail == "full")


@pytest.mark.requirement("R06")
async def test_the_employers_side_sees_no_family(desk, keyring, station):
    async with desk.open() as tx:
        child = await register_person(tx, keyring, FAMILY)
    async with desk.open() as tx:
        assert (await access_person(tx, child, station)).name == "王小宝"
        with pytest.raises(NotFound):
            await access_person(tx, child, OFFICER)


@pytest.mark.requirement("R05")
async def test_absent_and_foreign_are_the_same_answer(desk, other, person, station):
    async with other.open() as tx:
        for stranger in (person, new_id()):
            with pytest.raises(NotFound):
                await access_person(tx, stranger, station)
    async with desk.open() as tx:
        assert (await access_person(tx, person, station)).id == person


@pytest.mark.requirement("R43", "R45")
async def test_each_page_that_shows_something_sensitive_is_noted_once(desk, keyring, person, station):
    async with desk.open() as tx:
        await access_person(tx, person, station)
        await reveal(tx, keyring, person, "document", station)
        await access_person(tx, person, station)
    async with desk.open() as tx:
        await access_person(tx, person, NURSE)
        await access_person(tx, person, OFFICER)
    async with desk.open() as tx:
        looks = await who_looked(tx, person)
    assert [(look.actor, look.purpose, look.fields) for look in looks] == [
        (ACTOR, "health.checks.view", ("birth_date",)),
        (ACTOR, "registration.people.view", ("birth_date", "document")),
    ]


@pytest.mark.requirement("R45")
async def test_the_notes_cannot_be_changed_or_taken_away(desk, keyring, person, station):
    async with desk.open() as tx:
        await reveal(tx, keyring, person, "phone", station)
    for statement in ("UPDATE people.access_log SET purpose = ''", "DELETE FROM people.access_log"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with desk.open() as tx:
                await tx.execute(statement)


async def test_another_tenant_does_not_learn_who_looked(desk, other, keyring, person, station):
    async with desk.open() as tx:
        await reveal(tx, keyring, person, "phone", station)
    async with other.open() as tx:
        assert await who_looked(tx, person) == []
    async with desk.open() as tx:
        assert len(await who_looked(tx, person)) == 1


@pytest.mark.requirement("R06")
async def test_only_the_station_reveals(desk, other, keyring, person, wang, station):
    async with desk.open() as tx:
        for viewer in (OFFICER, NURSE):
            with pytest.raises(Forbidden):
                await reveal(tx, keyring, person, "document", viewer)
        assert await reveal(tx, keyring, person, "document", station) == wang.document.number
    async with other.open() as tx:
        with pytest.raises(NotFound):
            await reveal(tx, keyring, person, "document", station)


@pytest.mark.requirement("R45")
async def test_a_file_that_leaves_is_noted_for_each_person_in_it(desk, keyring, person, wang, station):
    async with desk.open() as tx:
        child = await register_person(tx, keyring, FAMILY)
        numbers = await reveal_many(tx, keyring, [person, child, new_id()], "document", station)
    assert numbers == {person: wang.document.number, child: None}
    async with desk.open() as tx:
        assert [look.fields for look in await who_looked(tx, person)] == [("document",)]
        assert await who_looked(tx, child) == []


@pytest.mark.requirement("R39")
async def test_a_sealed_number_put_into_another_row_does_not_open(desk, keyring, person, station):
    async with desk.open() as tx:
        child = await register_person(tx, keyring, FAMILY)
        await tx.execute(
            "UPDATE people.person SET phone_sealed = (SELECT phone_sealed FROM people.person WHERE id = $1)"
            " WHERE id = $2",
            person,
            child,
        )
        with pytest.raises(Broken):
            await reveal(tx, keyring, child, "phone", station)
