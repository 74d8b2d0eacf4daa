"""Rows of a plan corrected where they stand: judged like rows of a file, one way, with the counts following."""

from __future__ import annotations

from uuid import UUID

import pytest

from core.sdk import BadInput, Conflict, NotFound, Upload
from core.testing import Town
from plugins.registration.imports import uploads
from plugins.registration.imports.correct import correct_row
from plugins.registration.imports.lines import PlanRow, open_row, plan_rows, rejected_cells
from tests.plugins.registration.conftest import Counter, Work, resident
from tests.plugins.registration.imports.small import HEADER, Worker
from tests.plugins.registration.imports.test_headers import book
from tests.plugins.registration.imports.test_uploads import planned, roster

Counts = tuple[int, int, int, int]


async def counts(incoming: UUID) -> Counts:
    found = await uploads.find_import(incoming)
    return found.added, found.unchanged, found.rejected, found.warned


async def lines(counter: Counter, incoming: UUID) -> list[PlanRow]:
    async with counter():
        return await plan_rows(incoming)


async def test_a_corrected_row_is_judged_by_the_rules_of_the_plan(counter: Counter, worked: Work) -> None:
    file = roster(Worker("张三", 1, "2026-10-01"), Worker("李四", 2, "六月", phone="12"))
    incoming = await planned(counter, worked, file)
    good, bad = await lines(counter, incoming)
    async with counter() as ctx:
        assert await counts(incoming) == (1, 0, 1, 0)
        with pytest.raises(NotFound):
            await correct_row(ctx, incoming, good.id, {"姓名": "张四"})
        for told, finding in (
            ({"登记日期": "2999-01-01"}, "DATE_TO_COME"),
            ({"登记日期": "2026-10-02", "证件号码": resident(1).number}, "DUPLICATE_IN_FILE"),
            ({"证件号码": "110101199001011234"}, "ID_CHECK_DIGIT"),
        ):
            after = await correct_row(ctx, incoming, bad.id, told)
            assert [str(one.reason) for one in after.findings] == [finding]
            assert await counts(incoming) == (1, 0, 1, 0)
        after = await correct_row(ctx, incoming, bad.id, {"证件号码": resident(2).number})
        assert (after.id, after.place, after.verdict) == (bad.id, 1, "added")
        assert [str(one.reason) for one in after.findings] == ["PHONE_MALFORMED"]
        assert await counts(incoming) == (2, 0, 0, 1)
        after = await correct_row(ctx, incoming, bad.id, {"联系电话": ""})
        assert (after.findings, after.is_open) == ((), True)
        assert await counts(incoming) == (2, 0, 0, 0)
        again = await correct_row(ctx, incoming, bad.id, {"登记日期": ""})
        assert [str(one.reason) for one in again.findings] == ["MISSING_REQUIRED"]
        assert await counts(incoming) == (1, 0, 1, 0)
        assert [cells["姓名"] async for _line, cells in rejected_cells(ctx, incoming)] == ["李四"]
        await correct_row(ctx, incoming, bad.id, {"登记日期": "20261003"})
        await uploads.apply_plan(ctx, incoming)
    await worked()
    async with counter() as ctx:
        assert (await uploads.find_import(incoming)).applied == 2
        (person,) = (await ctx.people.search("李四")).people
        assert [str(move.day) for move in await ctx.people.movements(person.id)] == ["2026-10-03"]


async def test_nothing_is_lost_by_what_cannot_be(counter: Counter, worked: Work, town: Town) -> None:
    incoming = await planned(counter, worked, roster(Worker("李四", 2, "六月")))
    (bad,) = await lines(counter, incoming)
    async with counter() as ctx:
        empty: dict[str, str] = dict.fromkeys(HEADER, "")
        for wrong in ({"工号": "7"}, empty, empty | {"姓名": "合计"}):
            with pytest.raises(BadInput):
                await correct_row(ctx, incoming, bad.id, wrong)
        assert (await open_row(ctx, incoming, bad.id))[1]["登记日期"] == "六月"
        assert await counts(incoming) == (0, 0, 1, 0)
        rows = await ctx.transaction.fetch("SELECT row_sealed, cells_sealed FROM registration.roster_row")
        assert not any("李四".encode() in (value or b"") for row in rows for value in row.values())
    async with counter(town.t02) as ctx:
        with pytest.raises(NotFound):
            await open_row(ctx, incoming, bad.id)
        with pytest.raises(NotFound):
            await correct_row(ctx, incoming, bad.id, {"登记日期": "2026-10-01"})
    async with counter() as ctx:
        await uploads.apply_plan(ctx, incoming)
    await worked()
    async with counter() as ctx:
        with pytest.raises(Conflict):
            await correct_row(ctx, incoming, bad.id, {"登记日期": "2026-10-01"})
        assert [cells["姓名"] async for _line, cells in rejected_cells(ctx, incoming)] == ["李四"]


async def test_a_warned_row_keeps_its_cells_and_a_right_one_does_not(counter: Counter, worked: Work) -> None:
    incoming = await planned(counter, worked, roster(Worker("张三", 1), Worker("李四", 2, phone="12")))
    assert [one.is_open for one in await lines(counter, incoming)] == [False, True]


async def test_a_number_that_was_a_figure_is_typed_again(counter: Counter, worked: Work) -> None:
    row = list(Worker("张三", 1, "2026-10-01").row())
    figure: list[object] = [*row[:4], 12345678901234567890, *row[5:]]
    upload: Upload = book(("甲", [HEADER, tuple(figure)]))  # pyright: ignore[reportArgumentType]
    incoming = await planned(counter, worked, upload)
    (bad,) = await lines(counter, incoming)
    assert [str(one.reason) for one in bad.findings] == ["ID_AS_NUMBER"]
    async with counter() as ctx:
        assert (await correct_row(ctx, incoming, bad.id, {"证件号码": row[4]})).verdict == "added"
