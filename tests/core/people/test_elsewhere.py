"""Across the wall: registered elsewhere or not, the move itself, and what the figures may read."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import asyncpg
import pytest

from core.kernel import audit
from core.kernel.errors import Conflict
from core.kernel.ids import new_id
from core.kernel.scope import Scope
from core.kernel.seal import Keyring
from core.people.access import reveal, who_looked
from core.people.consent import give_consent
from core.people.drafts import Document, PersonDraft
from core.people.elsewhere import is_registered_elsewhere
from core.people.movements import movements_of, presence_of, record_movement
from core.people.presence import MovementKind
from core.people.records import register_person
from core.people.transfers import arrive_by_transfer, carried_draft, leave_for_transfer
from tests.core.people.conftest import ACTOR, access_full, resident

MARCH, MAY = date(2025, 3, 1), date(2025, 5, 1)


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    """Keys of its own: pseudonyms are the same in every tenant, also in those of other tests."""
    return Keyring.load(tmp_path)


@pytest.fixture
async def person(desk, keyring, wang):
    """Present in the first tenant; the second does not know her."""
    async with desk.open() as tx:
        person = await register_person(tx, keyring, wang, synthetic_ids=True)
        await record_movement(tx, person, MovementKind.ARRIVE, MARCH)
        return person


async def asked(desk, keyring, document):
    async with desk.open() as tx:
        return await is_registered_elsewhere(tx, keyring, document)


async def test_the_answer_is_yes_or_no_and_never_about_ones_own(desk, other, keyring, person, wang):
    assert await asked(other, keyring, wang.document) is True
    assert await asked(other, keyring, Document(id_type="02", number=wang.document.number)) is True
    assert await asked(desk, keyring, wang.document) is False
    assert await asked(other, keyring, resident(8)) is False
    assert await asked(other, keyring, Document(id_type="99", number=wang.document.number)) is False


async def test_who_has_left_is_not_registered_there_any_more(desk, other, keyring, person, wang):
    async with desk.open() as tx:
        await record_movement(tx, person, MovementKind.DEPART, MAY)
    assert await asked(other, keyring, wang.document) is False


async def test_the_question_is_noted_without_the_number(desk, other, keyring, person, wang):
    assert await asked(other, keyring, wang.document) is True
    async with other.open() as tx:
        (line,) = await audit.lines(tx)
    assert (line.action, line.actor, line.detail) == ("people.elsewhere.ask", ACTOR, {})
    async with desk.open() as tx:
        assert not any(line.action == "people.elsewhere.ask" for line in await audit.lines(tx))


async def test_the_door_is_closed_again_after_the_question(desk, other, keyring, person, wang):
    async with other.open() as tx:
        assert await is_registered_elsewhere(tx, keyring, wang.document) is True
        assert await tx.fetchval("SELECT count(*) FROM people.pseudonym") == 0
    async with desk.open() as tx:
        assert await tx.fetchval("SELECT count(*) FROM people.pseudonym") == 1


async def test_the_door_shows_the_one_pseudonym_and_no_person(desk, keyring, person, wang):
    async with desk.open() as tx:
        await register_person(
            tx, keyring, PersonDraft(name="李红", phone="1", document=resident(9)), synthetic_ids=True
        )
    pseudonym = keyring.pseudonym("resident", wang.document.number)
    async with desk.database.transaction(Scope.elsewhere(pseudonym)) as tx:
        assert [row["pseudonym"] for row in await tx.fetch("SELECT pseudonym FROM people.pseudonym")] == [
            pseudonym
        ]
        for table in ("person", "residence", "movement", "consent", "access_log"):
            assert await tx.fetchval(f"SELECT count(*) FROM people.{table}") == 0
        assert await tx.execute("UPDATE people.pseudonym SET is_current = false") == 0


async def test_a_move_is_two_halves_that_can_each_be_repeated(desk, other, keyring, person, wang, station):
    transfer = new_id()
    async with desk.open() as tx:
        await give_consent(tx, person, "TRANSFER")
        draft = await carried_draft(tx, keyring, person, station)

    async def both_halves():
        async with desk.open() as tx:
            left = await leave_for_transfer(tx, person, MAY, transfer)
        async with other.open() as tx:
            return left, await arrive_by_transfer(tx, keyring, draft, MAY, transfer, synthetic_ids=True)

    left, there = await both_halves()
    assert await both_halves() == (left, there)

    async with desk.open() as tx:
        kinds = [movement.kind for movement in await movements_of(tx, person)]
        assert [movement.id for movement in await movements_of(tx, person)][-1] == left
        assert await presence_of(tx, person) == "absent"
        assert {"document", "phone"} <= set((await who_looked(tx, person))[0].fields)
    assert kinds == [MovementKind.ARRIVE, MovementKind.CHANGE_EMPLOYER_OUT]
    async with other.open() as tx:
        shown = await access_full(tx, there, station)
        assert [movement.transfer_id for movement in await movements_of(tx, there)] == [transfer]
        assert await reveal(tx, keyring, there, "document", station) == wang.document.number
    assert (shown.name, shown.presence, shown.origin, shown.phone) == ("王小明", "present", "43", "••••00")


async def test_who_comes_back_is_the_person_she_was(desk, other, keyring, person, wang):
    async with desk.open() as tx:
        await record_movement(tx, person, MovementKind.DEPART, MARCH)
        assert await arrive_by_transfer(tx, keyring, wang, MAY, new_id()) == person


async def test_her_record_goes_along_only_if_she_agrees(desk, keyring, person, station):
    async with desk.open() as tx:
        with pytest.raises(Conflict):
            await carried_draft(tx, keyring, person, station)
        await give_consent(tx, person, "TRANSFER")
        assert (await carried_draft(tx, keyring, person, station)).name == "王小明"


async def test_figures_read_what_they_count_by_and_nothing_that_names(desk, other, keyring, person):
    allowed = {
        "person": "sex, birth_date, origin, is_floating",
        "pseudonym": "person_id, pseudonym",
        "movement": "person_id, kind, day",
        "residence": "person_id, started_on, ended_on",
    }
    database = desk.database
    async with database.transaction(Scope.nobody(), login="figures") as tx:
        for table, columns in allowed.items():
            sql = f"SELECT tenant_id, {columns} FROM people.{table} WHERE tenant_id = $1"
            assert len(await tx.fetch(sql, desk.tenant)) == 1
    refused = (
        "SELECT name FROM people.person",
        "SELECT pinyin FROM people.person",
        "SELECT document_sealed FROM people.person",
        "SELECT document_index FROM people.person",
        "SELECT reason FROM people.movement",
        "SELECT 1 FROM people.consent",
        "SELECT 1 FROM people.access_log",
        "UPDATE people.person SET sex = '9'",
        "DELETE FROM people.residence",
    )
    for statement in refused:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with database.transaction(Scope.nobody(), login="figures") as tx:
                await tx.fetch(statement)
    async with database.transaction(Scope.nobody(), login="dispatch") as tx:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await tx.fetch("SELECT id FROM people.person")
