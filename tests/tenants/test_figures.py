"""The page of a unit's figures: exact for its staff, totals above the threshold for the employer's officer."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from core.kernel.clock import freeze
from tests.cells import Cells, store_cells

CELLS: Cells = {
    ("2025-02", "POP-01", ""): (40, None),
    ("2025-03", "POP-01", ""): (45, None),
    ("2025-03", "POP-01", "sex=1"): (42, None),
    ("2025-03", "POP-01", "sex=2"): (3, None),
    ("2025-03", "POP-01", "age=18-24"): (45, None),
    ("2025-03", "POP-01", "origin=43"): (44, None),
    ("2025-03", "POP-01", "origin=FOR"): (1, None),
    ("2025-03", "POP-05", ""): (7, None),
    ("2025-03", "POP-06", ""): (30, 45),
    ("2025-02", "POP-06", ""): (0, 0),
    ("2025-01", "POP-02", ""): (20, None),
    ("2025-02", "POP-02", ""): (30, None),
    ("2025-03", "POP-02", ""): (2, None),
    ("2025-Q1", "POP-02", ""): (52, None),
    ("2025-03", "POP-04", ""): (0, None),
}


@pytest.fixture(autouse=True)
async def figures(platform, town):
    await store_cells(platform, town.t01.id, town.region.id, CELLS)
    with freeze(datetime(2025, 3, 20, 4, tzinfo=UTC)):
        yield


def row(page: str, code: str) -> str:
    """The text of an indicator's row, without what unfolds below it."""
    found = re.search(rf'<span class="code">{code}</span>.*?</tr>', page, re.S)
    assert found
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


async def test_staff_see_exact_totals_the_change_and_every_breakdown(visit) -> None:
    page = (await (await visit("station_staff")).get("/t/t01/figures")).text
    assert row(page, "POP-01") == "POP-01 45 人 40 +5"
    assert row(page, "POP-05") == "POP-05 7 人 —"
    for words in ("男", "女", "18–24岁", "湖南", "境外"):
        assert f'<th scope="row">{words}</th>' in page


async def test_a_ratio_is_a_per_cent_with_what_it_is_made_of(visit) -> None:
    page = (await (await visit("tenant_reporter")).get("/t/t01/figures")).text
    assert row(page, "POP-06") == "POP-06 66.7 % 30 / 45 —"
    assert "不适用" in page


async def test_what_is_not_known_is_a_dash_with_its_reason_and_never_zero(visit) -> None:
    page = (await (await visit("station_staff")).get("/t/t01/figures")).text
    assert row(page, "POP-08").startswith("POP-08 —")
    assert "该数据正在计算" in page
    assert row(page, "POP-04").startswith("POP-04 0 人")


async def test_an_employers_officer_sees_no_small_number_and_no_breakdown(visit) -> None:
    page = (await (await visit("tenant_officer")).get("/t/t01/figures")).text
    assert row(page, "POP-01").startswith("POP-01 45 人")
    assert row(page, "POP-02").startswith("POP-02 <5".replace("<", "&lt;"))
    assert row(page, "POP-05").startswith("POP-05 &lt;10")
    assert "小于 10 的数字不显示" in page
    assert "湖南" not in page


@pytest.mark.requirement("R44")
async def test_a_quarter_does_not_give_its_one_small_month_away(visit) -> None:
    officer, clerk = await visit("tenant_officer"), await visit("station_staff")
    assert row((await clerk.get("/t/t01/figures?period=2025-Q1")).text, "POP-02").startswith("POP-02 52 人")
    assert row((await officer.get("/t/t01/figures?period=2025-Q1")).text, "POP-02").startswith("POP-02 *")


async def test_the_period_lies_in_the_address_with_its_neighbours(visit) -> None:
    page = (await (await visit("station_staff")).get("/t/t01/figures?period=2025-02")).text
    assert "<h1>数据 <span" in page
    assert 'href="/t/t01/figures?period=2025-01" rel="prev"' in page
    assert 'href="/t/t01/figures?period=2025-03" rel="next"' in page
    assert 'href="/t/t01/figures?period=2025-Q1"' in page
    assert 'href="/t/t01/figures?period=2025"' in page


@pytest.mark.parametrize("period", ["2031-01", "1999", "2025-13", "x", "2025-Q5", "'--", "２０２５-０３"])
async def test_a_period_that_is_not_there_is_this_month(visit, period: str) -> None:
    answer = await (await visit("station_staff")).get(f"/t/t01/figures?period={period}")
    assert answer.status_code == 200
    assert 'value="2025-03" selected' in answer.text


async def test_before_the_first_period_there_is_nothing_and_it_is_said(visit) -> None:
    page = (await (await visit("station_staff")).get("/t/t01/figures?period=2025-01")).text
    assert "数据在该期之后才开始" in page
    assert 'rel="prev"' not in page


async def test_figures_are_english_for_who_reads_english(visit) -> None:
    clerk = await visit("station_staff")
    await clerk.post("/language", {"language": "en", "next": "/t/t01/figures"})
    page = (await clerk.get("/t/t01/figures")).text
    assert "Mar 2025" in page
    assert "Hunan" in page
    assert re.search("[\u4e00-\u9fff]", re.sub(r'<button[^>]*lang="zh-CN"[^>]*>中文', "", page)) is None
