"""Headers that are called otherwise: found where they are likely, matched by hand, kept and used by the plan."""

from __future__ import annotations

from io import BytesIO
from uuid import UUID

import openpyxl
import pytest

from core.sdk import BadInput, Conflict, NotFound, Upload
from core.testing import Town
from plugins.registration.imports import uploads
from plugins.registration.imports.headers import choose_headers
from plugins.registration.imports.lines import plan_rows
from tests.plugins.registration.conftest import Counter, Work
from tests.plugins.registration.imports.small import HEADER, Worker
from tests.plugins.registration.imports.test_uploads import received


def book(*sheets: tuple[str, list[tuple[str, ...]]]) -> Upload:
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for title, rows in sheets:
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(row)
    file = BytesIO()
    made.save(file)
    return Upload(name="名册.xlsx", content=file.getvalue())


OTHERWISE = tuple({"姓名": "员工", "证件号码": "号码"}.get(name, name) for name in HEADER)


async def read(counter: Counter, worked: Work, upload: Upload) -> tuple[UUID, uploads.Incoming]:
    incoming = await received(counter, upload)
    await worked()
    async with counter():
        return incoming, await uploads.find_import(incoming)


async def test_what_is_called_otherwise_is_found_matched_and_planned(counter: Counter, worked: Work) -> None:
    upload = book(
        ("甲", [("星河镇花名册",), (*OTHERWISE, "工号"), Worker("张三", 1, "2026-10-01").row(), ("合计",), ("注",)]),
        ("乙", [HEADER, Worker("李四", 2, "2026-10-01").row()]),
        ("丙", [("备注",), ("不是名册",)]),
    )  # fmt: skip
    incoming, found = await read(counter, worked, upload)
    assert [(one.name, one.header_row, one.rows, one.missing) for one in found.sheets] == [
        ("甲", 2, 1, ["姓名", "证件号码"]),
        ("乙", 1, 1, []),
        ("丙", None, 0, []),
    ]
    assert found.sheets[0].unmatched == ["员工", "号码", "工号"]
    chosen = {
        (number, name): place
        for number, sheet in enumerate(found.sheets)
        for name, place in sheet.places.items()
    }
    async with counter() as ctx:
        await choose_headers(ctx, incoming, chosen | {(0, "姓名"): 0, (0, "证件号码"): 4})
        await uploads.make_plan(ctx, incoming)
        with pytest.raises(Conflict):
            await choose_headers(ctx, incoming, chosen)
    await worked()
    async with counter():
        assert [(one.name, one.verdict) for one in await plan_rows(incoming)] == [
            ("张三", "added"),
            ("李四", "added"),
        ]


async def test_a_certain_header_counts_more_than_a_likely_one_above_it(
    counter: Counter, worked: Work
) -> None:
    legend = ("性别", "户籍省", "企业")
    rows = [legend, ("男", "湖南", "华星"), HEADER, Worker("张三", 1).row()]
    _incoming, found = await read(counter, worked, book(("甲", rows)))
    assert [(one.header_row, one.rows) for one in found.sheets] == [(3, 1)]


async def test_choices_that_cannot_be_are_refused_and_nothing_is_kept(
    counter: Counter, worked: Work, town: Town
) -> None:
    incoming, found = await read(counter, worked, book(("甲", [HEADER, Worker("张三", 1).row()])))
    async with counter() as ctx:
        for wrong in (
            {(1, "姓名"): 0},
            {(0, "姓名"): 10},
            {(0, "工号"): 0},
            {(0, "姓名"): 0, (0, "性别"): 0},
        ):
            with pytest.raises(BadInput) as error:
                await choose_headers(ctx, incoming, wrong)
            assert list(error.value.fields) == ["headers"]
        assert (await uploads.find_import(incoming)).sheets == found.sheets
        await choose_headers(ctx, incoming, {(0, "姓名"): 0})
        assert (await uploads.find_import(incoming)).sheets[0].columns == [("姓名", "姓名")]
    async with counter(town.t02) as ctx:
        with pytest.raises(NotFound):
            await choose_headers(ctx, incoming, {(0, "姓名"): 0})
