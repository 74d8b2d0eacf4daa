"""The town's year in pictures: what the page of figures hides is hidden here as well, and nobody is linked."""

from __future__ import annotations

import re
from datetime import date

import pytest

from core.kernel.db import Transaction
from core.kernel.scope import Scope
from core.tenancy.tenants import open_tenant
from core.testing import TOWN
from tests.cells import Cells, store_cells

PAGE = f"/town/{TOWN}/year/2025"

OF_TOWN: Cells = {
    ("2025-01", "POP-01", ""): (1490, None),
    ("2025", "POP-01", ""): (1520, None),
    ("2025", "POP-01", "sex=1"): (700, None),
    ("2025", "POP-01", "sex=2"): (820, None),
    ("2025", "POP-01", "age=18-24"): (703, None),
    ("2025", "POP-01", "age=25-34"): (809, None),
    ("2025", "POP-01", "age=65+"): (8, None),
    ("2025", "POP-01", "origin=43"): (1217, None),
    ("2025", "POP-01", "origin=36"): (300, None),
    ("2025", "POP-01", "origin=FOR"): (3, None),
    ("2025", "POP-09", ""): (1520, None),
    ("2025", "POP-09", "men=18-24"): (344, None),
    ("2025", "POP-09", "women=18-24"): (359, None),
    ("2025", "POP-09", "men=25-34"): (356, None),
    ("2025", "POP-09", "women=25-34"): (453, None),
    ("2025", "POP-09", "women=65+"): (8, None),
    ("2025-01", "POP-02", ""): (3, None),
    ("2025", "POP-02", ""): (56, None),
}


@pytest.fixture
async def year(platform, town, march):
    await store_cells(platform, town.region.id, town.region.id, OF_TOWN)
    for unit, count in ((town.t01, 4), (town.t02, 300)):
        await store_cells(platform, unit.id, town.region.id, {("2025", "POP-01", ""): (count, None)})


def tables(page: str, kind: str) -> list[list[list[str]]]:
    """The rows of each chart of a kind, as words."""
    return [
        [
            [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in re.split(r"</t[hd]>", row)[:-1]]
            for row in re.findall(r"<tr>.*?</tr>", chart, re.S)
        ]
        for chart in re.findall(rf'<figure class="chart" data-chart="{kind}".*?</figure>', page, re.S)
    ]


async def test_months_stand_side_by_side_and_the_unknown_is_never_zero(visit, year) -> None:
    page = (await (await visit("town_analyst")).get(PAGE)).text
    people = tables(page, "trend")[0]
    assert people[0] == ["月", "2025"]
    assert people[1:5] == [["1月", "1,490"], ["2月", "1,500"], ["3月", "1,520"], ["4月", "—"]]
    assert "该月尚未开始" in page
    assert "已计入 2 / 2 个单位" in page
    assert f'href="/town/{TOWN}/figures?period=2025"' in page
    assert "/t/" not in "".join(re.findall(r'href="([^"]+)"', page))


@pytest.mark.requirement("R44")
async def test_the_year_hides_what_the_figures_hide(visit, year) -> None:
    page = (await (await visit("town_admin")).get(PAGE)).text
    arrivals = tables(page, "trend")[1]
    assert arrivals[1] == ["1月", "&lt;5"]
    assert [row[1] for row in tables(page, "bars")[0][1:]] == ["1,217", "*", "&lt;5"]
    assert [row[1] for row in tables(page, "")[0][1:]] == ["&lt;5", "*"]
    for number in ("300", "344", "359", "356", "453"):
        assert f">{number}<" not in page
    assert not re.search(r'data-value="(3|4|8)(\.0)?"', page)


async def test_the_pyramid_is_in_tens_with_the_eldest_at_the_top(visit, year) -> None:
    page = (await (await visit("town_analyst")).get(PAGE)).text
    assert tables(page, "pyramid")[0] == [
        ["年龄", "男", "女"],
        ["65+岁", "&lt;10", "&lt;10"],
        ["25–34岁", "≈360", "≈450"],
        ["18–24岁", "≈340", "≈360"],
    ]


async def test_a_year_that_is_not_there_is_not_found_and_the_page_without_one_goes_to_this(
    visit, year
) -> None:
    admin = await visit("town_admin")
    assert (await admin.get(f"/town/{TOWN}/year")).headers["Location"] == PAGE
    for name in ("2024", "2026", "9999", "2025-03", "x"):
        assert (await admin.get(f"/town/{TOWN}/year/{name}")).status_code == 404
    auditor = await visit("auditor")
    assert (await auditor.get(PAGE)).status_code == 403
    assert (await auditor.get(f"/town/{TOWN}/year")).status_code == 403


@pytest.mark.parametrize("page", ["", "/year/2025"])
async def test_more_units_ask_the_database_no_more_questions(
    platform, town, visit, year, monkeypatch, page: str
) -> None:
    asked: list[str] = []
    for name in ("fetch", "fetchrow", "fetchval"):
        _note_calls(monkeypatch, name, asked)
    admin = await visit("town_admin")
    await admin.get(f"/town/{TOWN}{page}")
    asked.clear()
    await admin.get(f"/town/{TOWN}{page}")
    before = len(asked)
    async with platform.database.transaction(Scope.town(town.region.id)) as tx:
        for number in range(3, 9):
            await open_tenant(
                tx,
                code=f"T{number:02d}",
                kind="enterprise_association",
                name_zh=f"单位{number}",
                name_en=f"Unit {number}",
                opened_on=date(2025, 1, 1),
            )
    asked.clear()
    await admin.get(f"/town/{TOWN}{page}")
    assert 0 < len(asked) == before < 60


def _note_calls(monkeypatch, name: str, asked: list[str]) -> None:
    real = getattr(Transaction, name)

    async def noted(self: Transaction, sql: str, *arguments: object) -> object:
        asked.append(sql)
        return await real(self, sql, *arguments)

    monkeypatch.setattr(Transaction, name, noted)
