"""The town's numbers: complete or not, what changed, the units side by side without small numbers."""

from __future__ import annotations

import re
from datetime import date

import pytest

from core.kernel.scope import Scope
from core.tenancy.tenants import close_tenant
from core.testing import TOWN


def row(page: str, code: str) -> list[str]:
    """The cells of a unit's row in the table of units."""
    found = re.search(rf'<tr>(?:(?!<tr>).)*<span class="(?:code|muted)">{code}</span>.*?</tr>', page, re.S)
    assert found
    return [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in re.split(r"</t[hd]>", found[0])][:-1]


async def test_overview_tells_totals_changes_and_how_many_are_in(visit, march) -> None:
    page = (await (await visit("town_analyst")).get(f"/town/{TOWN}")).text
    assert "1,520" in page
    assert "+20" in page
    assert "已计入 2 / 2 个单位" in page
    assert "已计入 1 / 2 个单位" in page
    assert "变化最大" in page
    assert 'data-chart="trend"' in page
    assert 'data-chart="compared"' in page


@pytest.mark.requirement("R44")
async def test_units_stand_side_by_side_without_small_numbers(visit, march) -> None:
    page = (await (await visit("town_admin")).get(f"/town/{TOWN}")).text
    assert row(page, "T01")[1:3] == ["1,234 +34", "&lt;5"]
    # The other unit's number would give the small one away: town less units.
    assert row(page, "T02")[1:3] == ["300 −10", "*"]
    assert "否则可推算出旁边的小数字" in page
    assert ">50<" not in page


@pytest.mark.requirement("R44")
async def test_the_town_sees_no_small_number_of_a_breakdown(visit, march) -> None:
    page = (await (await visit("town_analyst")).get(f"/town/{TOWN}/figures")).text
    assert ">1,000<" in page
    assert "&lt;5" in page
    assert ">517<" not in page
    assert "按协会单位" in page


async def test_a_unit_that_is_not_open_is_not_missed(platform, town, visit, march) -> None:
    async with platform.database.transaction(Scope.town(town.region.id)) as tx:
        await close_tenant(tx, town.t02.id, date(2025, 2, 10))
    page = (await (await visit("town_admin")).get(f"/town/{TOWN}")).text
    assert "已计入 1 / 1 个单位" in page
    assert 'class="code">T02' not in page


async def test_figures_keep_their_period_in_the_address(visit, march) -> None:
    admin = await visit("town_admin")
    page = (await admin.get(f"/town/{TOWN}/figures?period=2025-02")).text
    assert "1,500" in page
    assert "2025年2月" in page
    assert (await admin.get(f"/town/{TOWN}/figures?period=9")).status_code == 200


async def test_units_show_modules_last_activity_and_people(visit, march) -> None:
    page = (await (await visit("town_admin")).get(f"/town/{TOWN}/tenants")).text
    assert row(page, "T01")[1] == "企业协会"
    assert "灯笼" in row(page, "T01")[3]
    assert row(page, "T01")[4:6] == ["2025年3月", "1,234"]
    assert "1,520" in page


async def test_a_town_without_figures_says_what_is_missing(visit) -> None:
    page = (await (await visit("town_admin")).get(f"/town/{TOWN}/tenants")).text
    assert "—" in row(page, "T01")[4]
    overview = (await (await visit("town_admin")).get(f"/town/{TOWN}")).text
    assert "没有单位启用该服务模块" in overview or "—" in overview


async def test_the_auditor_sees_units_but_no_figures_page(visit) -> None:
    auditor = await visit("auditor")
    assert (await auditor.get(f"/town/{TOWN}/figures")).status_code == 403
    assert (await auditor.get(f"/town/{TOWN}")).headers["Location"] == f"/town/{TOWN}/audit"
    assert (await auditor.get(f"/town/{TOWN}/tenants")).status_code == 200
    page = (await auditor.get(f"/town/{TOWN}/audit")).text
    assert f'href="/town/{TOWN}/figures"' not in page


async def test_the_overview_shows_the_modules_widgets_to_those_who_may(visit, march) -> None:
    admin, analyst = await visit("town_admin"), await visit("town_analyst")
    shown, other = (await admin.get(f"/town/{TOWN}")).text, (await analyst.get(f"/town/{TOWN}")).text
    assert "<h2>灯笼</h2>" in shown
    assert shown.index("清点全镇灯笼") < shown.index('class="periods"')
    assert "<h2>灯笼</h2>" not in other
    assert "清点全镇灯笼" not in other
    assert "镇协会没有待办事项" in other
