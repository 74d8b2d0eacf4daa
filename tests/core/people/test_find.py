"""Finding people as one types, within a tenant and within a role."""

from __future__ import annotations

import json
from datetime import date

import pytest

from core.kernel.db import Transaction
from core.people.access import Viewer
from core.people.bulk import upsert_people
from core.people.drafts import Document, PersonDraft, PersonRow
from core.people.find import PeopleFilter, PeopleOrder, near_matches, prefix_range, search
from core.people.movements import record_movement
from core.people.presence import MovementKind
from core.people.records import register_person

PASSPORT = Document(id_type="03", number="G1234X678")
FARMHAND = PersonDraft(
    name="买买提·吐尔逊",
    name_latin="Maimaiti Tuerxun",
    document=PASSPORT,
    contact="the farm",
    is_floating=False,
)
LI = PersonDraft(
    name="李红", alias="燕子", name_former="李小红", phone="13900131234", birth_date=date(1985, 5, 5)
)
PINYIN = {"王小明": "wang", "李红": "li", "买买提·吐尔逊": "mai"}
OFFICER = Viewer(detail="basic", purpose="registration.people.list")
NURSE = Viewer(detail="identity", purpose="health.people.list")


@pytest.fixture
async def known(desks, keyring, wang):
    """The same three people in both tenants; ids by name in the first."""
    ids = {}
    for desk in reversed(desks):
        async with desk.open() as tx:
            for draft in (wang, LI, FARMHAND):
                ids[draft.name] = await register_person(tx, keyring, draft, synthetic_ids=True)
    return ids


async def names(desk, keyring, text, viewer, **options):
    async with desk.open() as tx:
        found = await search(tx, keyring, text, viewer, **options)
    return [person.name for person in found.people]


@pytest.mark.parametrize(
    "text",
    ["王", "王小", "王小明", " 王 小明", "wang", "WangXiao", "wang xiao", "wxm", "wx", "13800138000",
     "138 0013-8000", "+86 13800138000", "8000"],
)  # fmt: skip
async def test_she_is_found_by_name_sound_initials_and_telephone(desk, keyring, known, station, text):
    assert await names(desk, keyring, text, station) == ["王小明"]


@pytest.mark.parametrize(
    ("text", "name"),
    [("燕", "李红"), ("李小", "李红"), ("1234", "李红"), ("maimaiti t", FARMHAND.name), ("mmt", FARMHAND.name),
     ("买买提•吐", FARMHAND.name), ("x678", FARMHAND.name), ("g1234x678", FARMHAND.name)],
)  # fmt: skip
async def test_she_is_found_by_alias_former_name_latin_and_document(
    desk, keyring, known, station, text, name
):
    assert await names(desk, keyring, text, station) == [name]


async def test_a_whole_number_and_its_end_find_the_holder(desk, keyring, known, wang, station):
    number = wang.document.number
    for text in (number, number.lower(), number[-4:], f"{number[:6]} {number[6:14]} {number[14:]}"):
        assert await names(desk, keyring, text, station) == ["王小明"]


@pytest.mark.parametrize(
    "text", ["小明", "ang", "红", "3800138000", "明%", "_", "'", "\\", "王小明的", "99999"]
)
async def test_what_is_not_a_beginning_finds_nobody(desk, keyring, known, station, text):
    assert await names(desk, keyring, text, station) == []


async def test_no_text_lists_everybody_by_pinyin_page_by_page(desk, keyring, known, station):
    async with desk.open() as tx:
        first = await search(tx, keyring, "", station, limit=2)
        rest = await search(tx, keyring, "", station, limit=2, after=first.after)
    assert [person.name for person in first.people] == ["李红", "买买提·吐尔逊"]
    assert [person.name for person in rest.people] == ["王小明"]
    assert rest.after is None


@pytest.mark.requirement("R01")
async def test_the_other_tenants_namesake_is_never_found(desk, other, keyring, known, station):
    async with desk.open() as tx:
        here = await search(tx, keyring, "王小明", station)
    async with other.open() as tx:
        there = await search(tx, keyring, "王小明", station)
    assert [person.id for person in here.people] == [known["王小明"]]
    assert len(there.people) == 1
    assert here.people[0].id != there.people[0].id


@pytest.mark.requirement("R06")
async def test_the_employers_side_finds_its_employees_by_name_alone(desk, keyring, known, wang):
    assert await names(desk, keyring, "wang", OFFICER) == ["王小明"]
    for text in ("李", wang.document.number, wang.document.number[-4:], "13800138000", "8000"):
        assert await names(desk, keyring, text, OFFICER) == []


@pytest.mark.requirement("R06")
async def test_medical_staff_find_by_document_but_not_by_telephone(desk, keyring, known, wang):
    for text in (wang.document.number, wang.document.number[-4:], "王"):
        assert await names(desk, keyring, text, NURSE) == ["王小明"]
    for text in ("13800138000", "8000"):
        assert await names(desk, keyring, text, NURSE) == []


async def test_filters_narrow_what_the_text_finds(desk, keyring, known, station):
    async with desk.open() as tx:
        await record_movement(tx, known["王小明"], MovementKind.ARRIVE, date(2025, 3, 1))
        await record_movement(tx, known["李红"], MovementKind.OPENING, date(2025, 1, 1))
        await record_movement(tx, known["李红"], MovementKind.TEMP_LEAVE, date(2025, 2, 1))
    cases = [
        (PeopleFilter(is_present=True), ["李红", "王小明"]),
        (PeopleFilter(is_present=False), ["买买提·吐尔逊"]),
        (PeopleFilter(arrived_from=date(2025, 3, 1), arrived_to=date(2025, 3, 31)), ["王小明"]),
        (PeopleFilter(arrived_to=date(2025, 2, 28)), []),
        (PeopleFilter(among=[known["李红"]]), ["李红"]),
        (PeopleFilter(among=[]), []),
    ]
    for where, expected in cases:
        assert await names(desk, keyring, "", station, where=where) == expected
    async with desk.open() as tx:
        found = await search(tx, keyring, "", station)
    assert {person.name: person.presence for person in found.people} == {
        "李红": "away", "买买提·吐尔逊": "absent", "王小明": "present",
    }  # fmt: skip


async def test_who_left_the_registration_is_the_stations_alone(desk, keyring, known, station):
    async with desk.open() as tx:
        await record_movement(tx, known["王小明"], MovementKind.ARRIVE, date(2025, 3, 1))
        await record_movement(tx, known["王小明"], MovementKind.OPT_OUT, date(2025, 4, 1))
    assert await names(desk, keyring, "王", station) == ["王小明"]
    assert await names(desk, keyring, "王", NURSE) == await names(desk, keyring, "王", OFFICER) == []


async def test_near_matches_sound_alike_or_share_a_telephone(desk, keyring, known, wang, station):
    cases = [
        (PersonDraft(name="王晓铭", birth_date=date(1990, 1, 1)), [("王小明", False, True)]),
        (PersonDraft(name="王晓铭", birth_date=date(1990, 1, 2)), []),
        (PersonDraft(name="王晓铭", document=wang.document), [("王小明", False, True)]),
        (PersonDraft(name="王晓铭"), [("王小明", False, False)]),
        (PersonDraft(name=FARMHAND.name, birth_date=date(1980, 1, 1)), [(FARMHAND.name, False, False)]),
        (PersonDraft(name="赵四", phone="+8613800138000"), [("王小明", True, False)]),
        (PersonDraft(name="赵四", phone="13700137000"), []),
    ]
    for draft, expected in cases:
        async with desk.open() as tx:
            matches = await near_matches(tx, keyring, draft, station)
        assert [(m.person.name, m.has_same_phone, m.has_same_birth) for m in matches] == expected


def test_a_prefix_is_a_range_also_before_the_surrogates():
    assert prefix_range("张") == ("张", "弡")
    assert prefix_range("a\ud7ff") == ("a\ud7ff", "a\ue000")
    low, high = prefix_range("王")
    assert low <= "王小明" < high


async def crowd(desk, keyring, count):
    rows = [
        PersonRow(
            document=Document(id_type="03", number=f"P{number:08d}"),
            name=f"{'赵钱孙李周吴郑王'[number % 8]}{chr(0x4E00 + number // 8)}",
            registered_on=date(2025, 1, 1),
            phone=f"139{number:08d}",
            is_floating=True,
        )
        for number in range(count)
    ]
    async with desk.open() as tx:
        await upsert_people(tx, keyring, rows)


class Recorder(Transaction):
    """A transaction that keeps what it was asked, for the planner to explain."""

    def __init__(self, tx):
        super().__init__(tx.connection, tx.scope)
        self.asked = []

    async def fetch(self, sql, *arguments):
        self.asked.append((sql, *arguments))
        return await super().fetch(sql, *arguments)


async def index_conditions(tx, sql, *values):
    """The conditions by which the plan goes to its indexes; a small table must not hide that it could not."""
    await tx.execute("SET LOCAL enable_seqscan = off")
    (row,) = await tx.fetch(f"EXPLAIN (FORMAT JSON) {sql}", *values)
    conditions, nodes = [], [json.loads(row["QUERY PLAN"])[0]["Plan"]]
    while nodes:
        node = nodes.pop()
        assert "Seq Scan" not in node["Node Type"], node
        if "Index Cond" in node:
            conditions.append(node["Index Cond"])
        nodes += node.get("Plans", [])
    return conditions


async def test_every_search_goes_by_an_index_of_the_tenant(desk, keyring, station, server_statistics):
    await crowd(desk, keyring, 3000)
    await server_statistics()
    columns = {
        "王一": ("name", "alias", "name_former"),
        "wangyi": ("pinyin", "initials", "latin"),
        "0007": ("document_tail_index", "phone_tail_index"),
        "P00000007": ("document_index",),
        "13900000007": ("phone_index", "document_index"),
        "": (),
    }
    for text, expected in columns.items():
        async with desk.open() as tx:
            recorder = Recorder(tx)
            await search(recorder, keyring, text, station)
            conditions = await index_conditions(tx, *recorder.asked[0])
        assert conditions
        assert all("tenant_id" in condition for condition in conditions), conditions
        for column in expected:
            assert any(f"{column} " in condition for condition in conditions), (text, column, conditions)


@pytest.mark.parametrize("by", ["name", "born"])
@pytest.mark.parametrize("descends", [False, True])
async def test_pages_of_every_order_are_the_whole_list_once(desk, keyring, known, station, by, descends):
    order = PeopleOrder(by, descends)
    whole = await names(desk, keyring, "", station, order=order)
    assert sorted(whole) == sorted(known)
    if by == "name":
        assert whole == sorted(known, key=lambda name: PINYIN[name], reverse=descends)
    else:
        # 买买提 has told no birth date and is last both ways.
        assert whole[-1] == FARMHAND.name
        assert whole[:2] == (["王小明", "李红"] if descends else ["李红", "王小明"])
    paged: list[str] = []
    after = None
    async with desk.open() as tx:
        while len(paged) < len(whole):
            page = await search(tx, keyring, "", station, limit=1, after=after, order=order)
            paged += [person.name for person in page.people]
            after = page.after
    assert after is None
    assert paged == whole
