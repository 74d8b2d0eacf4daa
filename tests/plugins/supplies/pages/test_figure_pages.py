"""The figures of supplies on the pages of the platform: in words, and known from every unit."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

import pytest

from core.testing import TOWN, Town
from plugins.supplies.services.ledger import post
from tests.plugins.supplies.conftest import Store, act, line, person_at, receive

SERVED = "药具服务人数"


@pytest.fixture(autouse=True)
async def handed_out(store: Store, town: Town, settled: Callable[[], Awaitable[None]]) -> None:
    """Both units hand out to one whom they know and to one whom they do not."""
    for tenant in (town.t01, town.t02):
        async with store(tenant) as ctx:
            await receive(ctx, 100)
            await post(ctx, act(ctx, "ISSUE", person=await person_at(ctx)), [line(12)])
            await post(ctx, act(ctx, "ISSUE"), [line(20)])
    await settled()


def words_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


@pytest.mark.parametrize(
    ("role", "address"), [("station_staff", "/t/t01"), ("town_analyst", f"/town/{TOWN}")]
)
async def test_goods_and_methods_have_names_and_points_their_codes(visit, role: str, address: str) -> None:
    page = words_of((await (await visit(role)).get(f"{address}/figures")).text)
    assert "男用避孕套" in page
    assert not re.search(r"male.condom|con-m", page, re.I)
    assert " S1 " in page


async def test_every_unit_that_counts_whom_it_served_is_heard(visit) -> None:
    page = words_of((await (await visit("town_analyst")).get(f"/town/{TOWN}/figures")).text)
    about = page[page.index(f": {SERVED}") :]
    assert "已计入 2 / 2 个单位" in about[:200]
    overview = words_of((await (await visit("town_admin")).get(f"/town/{TOWN}")).text)
    assert "0 / 2 个单位已有数据" not in overview
