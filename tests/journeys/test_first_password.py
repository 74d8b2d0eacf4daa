"""From the manager's form to the first page of somebody new, in two browsers; the code travels nowhere else."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NEW = "violet harbour seven stones"


async def test_the_manager_hands_over_a_sheet_and_she_comes_in(side_by_side) -> None:
    officer = await side_by_side("tenant_officer.t02")
    await officer.goto("/t/t02/association")
    await officer.get_by_role("link", name="管理工作人员").click()
    await officer.get_by_role("link", name="添加人员").click()
    await officer.get_by_label("姓名").fill("林小雨")
    await officer.get_by_label("角色").select_option(label="报表员")
    for _look_then_send in range(2):
        await officer.get_by_role("button", name="添加并生成链接").click()
    link = urlsplit(await officer.locator("code.address").inner_text()).path
    newcomer = await side_by_side(width=360)
    referrers: list[str] = []
    newcomer.on("request", lambda request: referrers.append(request.headers.get("referer", "")))
    await newcomer.goto(link)
    assert await newcomer.get_by_label("用户名").input_value() == "linxiaoyu"
    await newcomer.get_by_label("新密码").fill(NEW)
    await newcomer.get_by_label("再输入一次").fill(NEW)
    await newcomer.keyboard.press("Enter")
    await newcomer.wait_for_url("**/t/t02")
    assert not [each for each in referrers if link.rpartition("/")[2] in each]
    await newcomer.locator("summary.who").click()
    await newcomer.get_by_role("link", name="我的账户").click()
    await newcomer.get_by_text("新地点").wait_for()
    await newcomer.goto(link)
    assert await newcomer.get_by_role("heading", level=1).inner_text() == "此链接无法打开。"
