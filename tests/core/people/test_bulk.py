"""A file's worth of people: set-based, found by number, and nothing written twice."""

from __future__ import annotations

import time
from datetime import date, timedelta

import pytest
from msgspec import UNSET
from msgspec.structs import replace

from core.kernel import audit
from core.kernel.changes import Change, set_sink
from core.people.access import reveal
from core.people.bulk import MOST_ROWS, people_by_number, upsert_people
from core.people.drafts import Document, PersonDraft, PersonEdit, PersonRow
from core.people.movements import MovementRow, write_movements
from core.people.presence import MovementKind
from core.people.records import edit_person, register_person
from tests.core.people.conftest import access_full, resident

PEOPLE = 5000
SNAPSHOT = "SELECT md5(string_agg(p::text, '|' ORDER BY id)) FROM people.{table} p"


def row(number: int, **values) -> PersonRow:
    told = {
        "document": Document(id_type="03", number=f"P{number:08d}"),
        "name": f"王{chr(0x4E00 + number)}",
        "registered_on": date(2025, 1, 1),
        "sex": "2",
        "birth_date": date(1980, 1, 1) + timedelta(days=number),
        "origin_division": "430100",
        "is_floating": True,
        "is_employee": True,
        "phone": f"138{number:08d}",
    }
    return PersonRow(**{**told, **values})


@pytest.fixture
def told():
    changes: list[Change] = []

    async def sink(_tx, items):
        changes.extend(items)

    set_sink(sink)
    yield changes
    set_sink(None)


async def upserted(desk, keyring, *rows):
    async with desk.open() as tx:
        return await upsert_people(tx, keyring, rows)


async def snapshot(desk, *tables):
    async with desk.open() as tx:
        return [await tx.fetchval(SNAPSHOT.format(table=table)) for table in tables]


async def test_rows_become_people_in_their_order(desk, keyring, station, told):
    done = await upserted(desk, keyring, row(1), row(2, phone=UNSET, sex=UNSET, birth_date=UNSET))
    assert [(each.is_new, each.is_changed) for each in done] == [(True, False)] * 2
    assert told == []
    async with desk.open() as tx:
        first, second = [await access_full(tx, each.person_id, station) for each in done]
        assert await reveal(tx, keyring, first.id, "document", station) == "P00000001"
        assert await tx.fetchval("SELECT count(*) FROM people.pseudonym") == 2
        (line,) = await audit.lines(tx)
    assert (first.name, first.origin, first.source, first.is_employee) == ("王丁", "43", "IMPORT", True)
    assert (second.sex, second.birth_date, second.phone) == ("9", None, None)
    assert line.detail == {"added": 2, "corrected": 0, "fields": []}


async def test_the_same_file_again_writes_nothing_at_all(desk, keyring, told):
    rows = [row(1), row(2, phone=None, origin="FOR", origin_division=None), row(3, phone="0731-8888 9999")]
    first = await upserted(desk, keyring, *rows)
    tables = ("person", "pseudonym")
    before = await snapshot(desk, *tables)
    again = await upserted(desk, keyring, *rows)
    assert await snapshot(desk, *tables) == before
    assert [each.person_id for each in again] == [each.person_id for each in first]
    assert not any(each.is_new or each.is_changed for each in again)
    assert told == []
    async with desk.open() as tx:
        assert len(await audit.lines(tx)) == 1


async def test_the_files_value_is_used_and_what_it_does_not_name_stays(desk, keyring, station, told):
    (done,) = await upserted(desk, keyring, row(1))
    async with desk.open() as tx:
        await edit_person(tx, keyring, done.person_id, 1, PersonEdit(alias="阿王", contact="the gate"))
    changed = row(1, name="王伍", sex="1", phone="13911112222", origin_division=UNSET, birth_date=None)
    (again,) = await upserted(desk, keyring, changed)

    assert (again.person_id, again.is_new, again.is_changed) == (done.person_id, False, True)
    async with desk.open() as tx:
        shown = await access_full(tx, done.person_id, station)
        assert await reveal(tx, keyring, done.person_id, "phone", station) == "+8613911112222"
        assert await reveal(tx, keyring, done.person_id, "contact", station) == "the gate"
        assert await tx.fetchval("SELECT pinyin FROM people.person") == "wangwu"
    assert (shown.name, shown.alias, shown.sex, shown.origin, shown.birth_date) == (
        "王伍",
        "阿王",
        "1",
        "43",
        None,
    )
    assert shown.version == 3
    assert told == [Change("people.person", date(2025, 1, 1), True)]


async def test_a_person_registered_by_hand_is_the_one_in_the_file(desk, keyring, wang, station):
    async with desk.open() as tx:
        person = await register_person(tx, keyring, wang, synthetic_ids=True)
    (done,) = await upserted(
        desk, keyring, row(1, document=replace(wang.document, id_type="02"), phone=UNSET)
    )
    assert (done.person_id, done.is_new) == (person, False)
    async with desk.open() as tx:
        shown = await access_full(tx, person, station)
    assert (shown.source, shown.id_type, shown.phone) == ("STATION", "02", "••••00")


async def test_the_number_says_the_birth_date_where_the_row_does_not(desk, keyring, station):
    document = resident(3, born=date(1988, 2, 29))
    (done,) = await upserted(desk, keyring, row(1, document=document, birth_date=None))
    async with desk.open() as tx:
        assert (await access_full(tx, done.person_id, station)).birth_date == date(1988, 2, 29)
    (again,) = await upserted(desk, keyring, row(1, document=document, birth_date=None))
    assert not again.is_changed


async def test_people_are_found_by_number_in_their_own_tenant_alone(desk, other, keyring):
    (here,) = await upserted(desk, keyring, row(1))
    (there,) = await upserted(other, keyring, row(1))
    asked = [Document(id_type="03", number=text) for text in ("P00000002", " p00000001", "P00000001")]
    for place, found in ((desk, here), (other, there)):
        async with place.open() as tx:
            assert await people_by_number(tx, keyring, asked) == [None, found.person_id, found.person_id]
    assert here.person_id != there.person_id


async def test_rows_that_cannot_be_told_apart_are_a_fault_of_the_caller(desk, keyring):
    other_document = Document(id_type="99", number="7")
    for rows in ([row(1), row(1)], [row(1, document=other_document)], [row(1)] * (MOST_ROWS + 1)):
        with pytest.raises(ValueError, match=r"document|at most"):
            await upserted(desk, keyring, *rows)


async def test_a_person_without_a_number_is_never_taken_for_one_in_a_file(desk, keyring):
    async with desk.open() as tx:
        await register_person(tx, keyring, PersonDraft(name="王丁", phone="13800000001"))
    (done,) = await upserted(desk, keyring, row(1))
    assert done.is_new


async def test_five_thousand_people_and_their_movements_in_a_few_seconds(desk, keyring, record_property):
    rows = [row(number) for number in range(PEOPLE)]
    took: dict[str, float] = {}

    async def timed(what, work):
        started = time.perf_counter()
        async with desk.open() as tx:
            done = await work(tx)
        took[what] = time.perf_counter() - started
        return done

    done = await timed("first", lambda tx: upsert_people(tx, keyring, rows))
    again = await timed("again", lambda tx: upsert_people(tx, keyring, rows))
    moves = [
        MovementRow(
            person_id=each.person_id, kind=MovementKind.OPENING, day=date(2025, 1, 1), ref=f"O-{place}"
        )
        for place, each in enumerate(done)
    ]
    written = await timed("movements", lambda tx: write_movements(tx, moves))
    repeated = await timed("movements again", lambda tx: write_movements(tx, moves))

    assert all(each.is_new for each in done)
    assert not any(each.is_new or each.is_changed for each in again)
    assert (written, repeated) == (PEOPLE, 0)
    for what, seconds in took.items():
        record_property(what, round(seconds, 2))
    assert took["first"] < 15
