"""From a shelf that runs low to goods on it: the station asks, the town's store cuts and sends, and the town sees."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page

from core.testing import TOWN
from tests.journeys.goods import KEEPER

pytestmark = [pytest.mark.browser, pytest.mark.slow]


async def appears(page: Page, path: str, words: str) -> None:
    """What comes from another unit takes a moment."""
    for _look in range(60):
        await page.goto(path)
        if await page.get_by_text(words).count():
            return
        await page.wait_for_timeout(250)
    pytest.fail(f"{words} does not appear at {path}")


async def test_goods_come_by_a_requisition(side_by_side) -> None:
    clerk = await side_by_side("station_staff")
    await clerk.goto("/t/t01/supplies/needs")
    await clerk.get_by_role("button", name="新建申领单").first.click()
    place = clerk.url.partition("//")[2].partition("/")[2]
    await clerk.get_by_label("申领数量: 男用避孕套").fill("500")
    await clerk.get_by_label("备注: 男用避孕套").fill("十二月宣传活动")
    await clerk.get_by_role("button", name="提交药具库").click()
    await clerk.get_by_text("待审批").first.wait_for()

    keeper = await side_by_side(KEEPER)
    await appears(keeper, "/t/s01/supplies/requisitions", "华星制衣职工服务协会")
    await keeper.get_by_role("link", name=re.compile("^[0-9A-F]{8}$")).first.click()
    await keeper.get_by_text("十二月宣传活动").wait_for()
    await keeper.get_by_label("批准数量: 男用避孕套").fill("400")
    await keeper.get_by_label("原因").first.fill("先发一部分")
    await keeper.get_by_role("button", name="审核通过", exact=True).click()
    await keeper.get_by_role("button", name="备货").click()
    # The earlier expiry is proposed whole, the rest from the later one.
    assert await keeper.get_by_label(re.compile("W0001$")).input_value() == "300"
    assert await keeper.get_by_label(re.compile("W0002$")).input_value() == "100"
    await keeper.get_by_role("button", name="发出").click()
    await keeper.get_by_text("在途").first.wait_for()

    await appears(clerk, f"/{place}", "先发一部分")
    await appears(clerk, "/t/t01/supplies/shipments", "星河镇服务站")
    await clerk.get_by_role("link", name=re.compile("^[0-9A-F]{8}$")).first.click()
    await clerk.get_by_label(re.compile("^完好.*W0002$")).fill("98")
    await clerk.get_by_label(re.compile("^途中丢失.*W0002$")).fill("2")
    await clerk.get_by_label(re.compile("^情况说明.*W0002$")).fill("少两只")
    await clerk.get_by_role("button", name="登记收货").click()
    await clerk.get_by_text("已收货").first.wait_for()
    await appears(keeper, "/t/s01/supplies/shipments", "已收货")

    admin = await side_by_side("town_admin")
    await appears(admin, f"/town/{TOWN}/supplies/network", "800")
    store = admin.get_by_role("row", name=re.compile("星河镇服务站"))
    await store.get_by_role("cell", name=re.compile("^800 ")).wait_for()
    await admin.goto(f"/town/{TOWN}/supplies/yearly")
    town = admin.get_by_role("region").first
    heads = await town.get_by_role("columnheader").all_inner_texts()
    cells = await town.get_by_role("row", name=re.compile("CON-M")).get_by_role("cell").all_inner_texts()
    told = dict(zip(heads[1:], cells, strict=True))
    assert (told["调出"], told["调入"], told["途中损失"], told["在途"]) == ("400", "400", "2", "0")
