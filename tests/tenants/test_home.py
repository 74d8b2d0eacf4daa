"""The home page: what must I do now, and this month beside the last."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from core.kernel.clock import freeze
from tests.cells import store_cells

MARCH = datetime(2025, 3, 20, 4, tzinfo=UTC)


@pytest.fixture
def march():
    with freeze(MARCH):
        yield


async def test_widgets_of_the_reader_stand_first_and_a_failing_one_leaves_the_page(visit) -> None:
    page = (await (await visit("station_staff")).get("/t/t01")).text
    assert "点亮灯笼" in page
    assert "secret" not in page
    assert "点亮灯笼" not in (await (await visit("tenant_officer")).get("/t/t01")).text


async def test_tasks_of_all_modules_are_one_list_the_late_first(visit, march) -> None:
    page = (await (await visit("station_staff")).get("/t/t01")).text
    found = re.findall(r'<p class="what">(.*?) <span.*?<p class="when">(.*?)</p>', page, re.S)
    told = [(what, " ".join(re.sub(r"<[^>]+>", "", when).split())) for what, when in found]
    assert told == [
        ("给blue灯笼添油", "已逾期2天 2025年3月18日"),
        ("给red灯笼添油", "还有1个工作日 2025年3月21日"),
        ("给green灯笼添油", ""),
    ]
    assert re.search(r'href="/t/t01/lantern/lamps/blue"[^>]* aria-label="添油: 给blue灯笼添油"', page)
    assert "not a task" not in page
    officer = await visit("tenant_officer")
    home = (await officer.get("/t/t01")).text
    assert "添油" not in home
    assert "没有待办事项" in home
    await officer.post("/t/t01/association/modules/lantern", {"to": "off"})
    assert "添油" not in (await (await visit("station_staff")).get("/t/t01")).text


async def test_this_month_stands_beside_the_last(platform, town, visit, march) -> None:
    cells = {("2025-02", "POP-01", ""): (1200, None), ("2025-03", "POP-01", ""): (1234, None)}
    await store_cells(platform, town.t01.id, town.region.id, cells)
    page = (await (await visit("station_staff")).get("/t/t01")).text
    assert "2025年3月" in page
    assert "1,234" in page
    assert "+34" in page


async def test_the_neighbour_who_looks_alike_sees_nothing_of_it(platform, town, visit, march) -> None:
    await store_cells(platform, town.t01.id, town.region.id, {("2025-03", "POP-01", ""): (1234, None)})
    assert "1,234" not in (await (await visit("station_staff.t02")).get("/t/t02")).text


async def test_who_may_not_see_figures_sees_none(platform, town, visit, march) -> None:
    await store_cells(platform, town.t01.id, town.region.id, {("2025-03", "POP-01", ""): (1234, None)})
    nurse = await visit("medical_staff")
    assert "1,234" not in (await nurse.get("/t/t01")).text
    assert (await nurse.get("/t/t01/figures")).status_code == 403


async def test_navigation_is_home_service_modules_figures_association(visit) -> None:
    page = (await (await visit("station_staff")).get("/t/t01")).text
    places = [page.index(f'href="/t/t01{end}"') for end in ("", "/lantern", "/figures", "/association")]
    assert places == sorted(places)
    assert page.count('aria-current="page"') == 1
