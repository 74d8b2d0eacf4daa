"""The year of a unit in pictures: exact for its staff, with the people behind it; for an employer only totals."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from core.kernel.clock import freeze
from tests.cells import Cells, store_cells

PAGE = "/t/t01/year/2025"

CELLS: Cells = {
    ("2025-02", "POP-01", ""): (40, None),
    ("2025-03", "POP-01", ""): (45, None),
    ("2025", "POP-01", ""): (45, None),
    ("2025", "POP-01", "sex=1"): (42, None),
    ("2025", "POP-01", "sex=2"): (3, None),
    ("2025", "POP-01", "age=18-24"): (45, None),
    ("2025", "POP-01", "origin=43"): (44, None),
    ("2025", "POP-01", "origin=FOR"): (1, None),
    ("2025", "POP-09", ""): (45, None),
    ("2025", "POP-09", "men=18-24"): (42, None),
    ("2025", "POP-09", "women=18-24"): (3, None),
    ("2025-03", "POP-02", ""): (2, None),
    ("2025", "POP-02", ""): (2, None),
}


@pytest.fixture(autouse=True)
async def figures(platform, town):
    await store_cells(platform, town.t01.id, town.region.id, CELLS)
    with freeze(datetime(2025, 3, 20, 4, tzinfo=UTC)):
        yield


def cells(page: str, kind: str, at: int = 0) -> list[str]:
    """The cells of a chart's table, with their links."""
    chart = re.findall(rf'<figure class="chart" data-chart="{kind}".*?</figure>', page, re.S)[at]
    return re.findall(r"<td[^>]*>(.*?)</td>", chart, re.S)


async def test_staff_see_their_year_exactly_with_the_people_behind_it(visit) -> None:
    page = (await (await visit("station_staff")).get(PAGE)).text
    behind = "/t/t01/registration/figures"
    people = cells(page, "trend")
    assert people[1] == f'<a href="{behind}/POP-01?period=2025-02">40</a>'
    assert cells(page, "pyramid") == [
        f'<a href="{behind}/POP-09?period=2025&amp;cut=men%3D18-24">42</a>',
        f'<a href="{behind}/POP-09?period=2025&amp;cut=women%3D18-24">3</a>',
    ]
    assert [re.sub(r"<[^>]+>", "", cell) for cell in cells(page, "bars")] == ["44", "1"]
    assert "已计入 2 / 3 个月" in page
    answer = await (await visit("station_staff")).get(f"{behind}/POP-09?period=2025&cut=women%3D18-24")
    assert "女: 18–24岁" in answer.text


async def test_who_may_not_open_people_has_no_link_to_them(visit) -> None:
    page = (await (await visit("tenant_reporter")).get(PAGE)).text
    assert cells(page, "trend")[1] == "40"
    assert cells(page, "pyramid") == ["42", "3"]
    assert "registration/figures" not in page


@pytest.mark.requirement("R44")
async def test_an_employers_officer_sees_totals_above_the_threshold_and_no_parts(visit) -> None:
    page = (await (await visit("tenant_officer")).get(PAGE)).text
    assert cells(page, "trend")[1] == "40"
    assert not re.search(r'data-value="(1|2|3)(\.0)?"', page)
    assert 'data-value="40.0"' in page
    for kind in ("pyramid", "bars"):
        assert f'data-chart="{kind}"' not in page
    assert "湖南" not in page


async def test_another_units_year_and_one_that_is_not_there_are_not_found(visit) -> None:
    clerk = await visit("station_staff")
    assert (await clerk.get("/t/t01/year")).headers["Location"] == PAGE
    for page in ("/t/t02/year", "/t/t02/year/2025", "/t/t01/year/2024", "/t/t01/year/2025-03"):
        assert (await clerk.get(page)).status_code == 404
    assert (await (await visit("medical_staff")).get(PAGE)).status_code == 403
