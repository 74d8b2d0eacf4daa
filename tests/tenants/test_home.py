"""The home page: what must I do now, and this month beside the last."""

from __future__ import annotations

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
