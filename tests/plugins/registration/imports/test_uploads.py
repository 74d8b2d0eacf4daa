"""A roster through the portal: read, planned, applied unchanged; in pieces, resumable, and nothing kept."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from uuid import UUID

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from core.kernel.clock import freeze, now
from core.sdk import BadInput, Conflict, NotFound, TooLarge, Upload
from core.sdk.people import PersonEdit
from core.testing import Town
from plugins.registration.imports import uploads
from plugins.registration.imports.apply import apply_piece
from plugins.registration.imports.headers import read_headers
from plugins.registration.imports.lines import plan_rows, rejected_cells
from plugins.registration.imports.plan import plan_piece
from plugins.registration.imports.template import roster_template
from plugins.registration.services.records import record_of
from plugins.registration.services.registering import register
from tests.plugins.registration.conftest import Counter, Work, registration, resident
from tests.plugins.registration.imports.small import HEADER, Worker


def roster(*workers: Worker) -> Upload:
    lines = [HEADER, *(worker.row() for worker in workers)]
    text = "\r\n".join(",".join(cells) for cells in lines) + "\r\n"
    return Upload(name="花名册.csv", content=text.encode("utf-8-sig"))


async def received(counter: Counter, upload: Upload) -> UUID:
    async with counter() as ctx:
        return await uploads.receive(ctx, upload)


async def planned(counter: Counter, worked: Work, upload: Upload) -> UUID:
    incoming = await received(counter, upload)
    await worked()
    async with counter() as ctx:
        await uploads.make_plan(ctx, incoming)
    await worked()
    return incoming


async def applied(counter: Counter, worked: Work, upload: Upload) -> UUID:
    incoming = await planned(counter, worked, upload)
    async with counter() as ctx:
        await uploads.apply_plan(ctx, incoming)
    await worked()
    return incoming


async def test_a_roster_is_read_planned_and_applied(counter: Counter, worked: Work) -> None:
    upload = roster(Worker("张三", 1, "2026-10-01"), Worker("李四", 2, "2026-10-02"), Worker("无日期", 3, ""))
    incoming = await received(counter, upload)
    await worked()
    async with counter() as ctx:
        found = await uploads.find_import(incoming)
        assert (found.state, found.total) == ("read", 3)
        (sheet,) = found.sheets
        assert ("证件号码", "证件号码") in sheet.columns
        assert sheet.missing == []
        await uploads.make_plan(ctx, incoming)
    await worked()
    async with counter() as ctx:
        plan = await uploads.find_import(incoming)
        assert (plan.state, plan.added, plan.rejected) == ("planned", 2, 1)
        (bad,) = await plan_rows(incoming, "rejected")
        assert (bad.row, bad.findings[0].reason) == (4, "MISSING_REQUIRED")
        assert not (await ctx.people.search("张三")).people
        await uploads.apply_plan(ctx, incoming)
    await worked()
    async with counter() as ctx:
        done = await uploads.find_import(incoming)
        assert (done.state, done.applied) == ("applied", 2)
        (person,) = (await ctx.people.search("张三")).people
        assert person.presence == "present"
        assert [(str(m.kind), str(m.day)) for m in await ctx.people.movements(person.id)] == [
            ("ARRIVE", "2026-10-01")
        ]


async def test_who_is_known_keeps_her_presence_and_gets_what_the_roster_says(
    counter: Counter, worked: Work
) -> None:
    async with counter() as ctx:
        person = await register(ctx, registration())
    await applied(counter, worked, roster(Worker("王晓明", 7, "2020-01-01", "13900139000")))
    async with counter() as ctx:
        assert (await ctx.people.get(person)).name == "王晓明"
        assert len(await ctx.people.movements(person)) == 1
        assert (await record_of(person)).village == "东村"


async def test_the_same_roster_again_says_nothing_new(counter: Counter, worked: Work) -> None:
    upload = roster(Worker("张三", 1, "2026-10-01"))
    await applied(counter, worked, upload)
    async with counter() as ctx:
        (person,) = (await ctx.people.search("张三")).people
        await ctx.people.edit(person.id, person.version, PersonEdit(name="张三丰"))
    incoming = await applied(counter, worked, upload)
    async with counter() as ctx:
        done = await uploads.find_import(incoming)
        assert (done.unchanged, done.added, done.corrected) == (1, 0, 0)
        assert (await ctx.people.get(person.id)).name == "张三丰"


async def test_pieces_find_repeated_numbers_across_their_borders(counter: Counter) -> None:
    workers = [Worker(f"甲{n}", n % 5, "2026-10-01") for n in range(7)]
    incoming = await received(counter, roster(*workers))
    async with counter() as ctx:
        await read_headers(ctx, incoming)
        await uploads.make_plan(ctx, incoming)
    for _piece in range(4):
        async with counter() as ctx:
            await plan_piece(ctx, incoming, piece=2)
    async with counter() as ctx:
        plan = await uploads.find_import(incoming)
        assert (plan.state, plan.judged, plan.added, plan.rejected) == ("planned", 7, 5, 2)
        bad = await plan_rows(incoming, "rejected")
        assert [(one.row, one.findings[0].reason) for one in bad] == [
            (7, "DUPLICATE_IN_FILE"),
            (8, "DUPLICATE_IN_FILE"),
        ]
        await uploads.apply_plan(ctx, incoming)
    for _piece in range(3):
        async with counter() as ctx:
            await apply_piece(ctx, incoming, piece=2)
            assert (await uploads.find_import(incoming)).applied <= 5
    async with counter() as ctx:
        assert (await uploads.find_import(incoming)).state == "applied"
        assert len((await ctx.people.search()).people) == 5


async def test_repeating_a_step_changes_nothing(counter: Counter, worked: Work) -> None:
    incoming = await applied(counter, worked, roster(Worker("张三", 1, "2026-10-01")))
    async with counter() as ctx:
        await read_headers(ctx, incoming)
        await plan_piece(ctx, incoming)
        await apply_piece(ctx, incoming)
        with pytest.raises(Conflict):
            await uploads.apply_plan(ctx, incoming)
        assert len((await ctx.people.search()).people) == 1


async def test_nobody_arrives_tomorrow(counter: Counter, worked: Work) -> None:
    async with counter() as ctx:
        tomorrow = ctx.today + timedelta(days=1)
    incoming = await planned(counter, worked, roster(Worker("张三", 1, tomorrow.isoformat())))
    async with counter():
        (bad,) = await plan_rows(incoming, "rejected")
    assert bad.findings[0].reason == "DATE_TO_COME"


@pytest.mark.requirement("R43")
async def test_nothing_in_clear_and_nothing_left(counter: Counter, worked: Work) -> None:
    number = resident(1).number.encode()
    incoming = await planned(counter, worked, roster(Worker("张三", 1, "2026-10-01"), Worker("坏", 2, "x")))
    async with counter() as ctx:
        rows = await ctx.transaction.fetch("SELECT row_sealed FROM registration.roster_row")
        assert not any(number in row["row_sealed"] for row in rows)
        assert await ctx.transaction.fetchval("SELECT content_sealed FROM registration.roster_import") is None
        rejected = [cells async for _line, cells in rejected_cells(ctx, incoming)]
        assert rejected[0]["登记日期"] == "x"
    with freeze(now() + timedelta(days=8)):
        async with counter() as ctx:
            assert await uploads.forget_imports(ctx, 7) == 2
            assert (await uploads.find_import(incoming)).state == "cancelled"


async def test_a_cancelled_import_leaves_nothing(counter: Counter, worked: Work) -> None:
    incoming = await planned(counter, worked, roster(Worker("张三", 1, "2026-10-01")))
    async with counter() as ctx:
        await uploads.cancel(ctx, incoming)
        assert await plan_rows(incoming) == []
        with pytest.raises(Conflict):
            await uploads.apply_plan(ctx, incoming)


@pytest.mark.requirement("R31")
@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "xls"),
        ("甲,乙\r\n1,2\r\n".encode(), "姓名"),
    ],
)
async def test_what_cannot_be_read_is_refused_with_a_reason(
    counter: Counter, worked: Work, content: bytes, what: str
) -> None:
    incoming = await received(counter, Upload(name="x.xlsx", content=content))
    await worked()
    async with counter():
        found = await uploads.find_import(incoming)
    assert found.state == "refused"
    assert found.fault is not None
    assert what in found.fault.what + found.fault.todo


@pytest.mark.requirement("R31")
async def test_too_large_and_empty_files_are_not_kept(counter: Counter) -> None:
    async with counter() as ctx:
        with pytest.raises(TooLarge):
            await uploads.receive(ctx, Upload(name="x.csv", content=b"x" * (uploads.LARGEST + 1)))
        with pytest.raises(BadInput):
            await uploads.receive(ctx, Upload(name="x.csv", content=b""))
        assert await uploads.recent_imports() == []


@pytest.mark.requirement("R01")
async def test_the_other_unit_sees_nothing_of_it(counter: Counter, town: Town) -> None:
    incoming = await received(counter, roster(Worker("张三", 1)))
    async with counter(town.t02):
        assert await uploads.recent_imports() == []
        with pytest.raises(NotFound):
            await uploads.find_import(incoming)
    async with counter():
        assert len(await uploads.recent_imports()) == 1


def test_the_template_keeps_numbers_as_text() -> None:
    book = openpyxl.load_workbook(BytesIO(roster_template(lambda text: text)))
    assert book.sheetnames == ["职工名册", "随行家属", "说明"]
    sheet = book["职工名册"]
    place = [cell.value for cell in sheet[1]].index("证件号码")
    assert sheet.column_dimensions[get_column_letter(place + 1)].number_format == "@"
