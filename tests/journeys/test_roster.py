"""A roster from a dropped file to its undoing, without a mouse from there on."""

from __future__ import annotations

import pytest

from tests.plugins.registration.imports.small import HEADER, Worker

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROSTERS = "/t/t01/registration/roster"
WITH_FILE = """([name, text]) => {
  const carried = new DataTransfer();
  carried.items.add(new File([text], name, {type: "text/csv"}));
  return carried;
}"""


async def test_a_file_is_dropped_a_row_corrected_and_all_of_it_undone(side_by_side) -> None:
    page = await side_by_side("station_staff")
    await page.goto(ROSTERS)
    rows = [(*HEADER, "工号"), (*Worker("落下", 4001, "六月").row(), "1")]
    rows[1] = (*rows[1][:3], "护照", "E40010001", *rows[1][5:])
    text = "\ufeff" + "\r\n".join(",".join(row) for row in rows)
    carried = await page.evaluate_handle(WITH_FILE, ["落下.csv", text])
    area = page.locator("[data-drop]")
    await area.dispatch_event("dragenter", {"dataTransfer": carried})
    assert "is-over" in (await area.get_attribute("class") or "")
    await area.dispatch_event("drop", {"dataTransfer": carried})
    assert "is-over" not in (await area.get_attribute("class") or "")
    assert await page.evaluate("document.activeElement.files[0].name") == "落下.csv"
    await page.get_by_role("button", name="读取文件").focus()
    await page.keyboard.press("Enter")
    await page.get_by_label("姓名").wait_for()
    await page.get_by_role("button", name="逐行比对").first.focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("link", name="更正 第2行").focus()
    await page.keyboard.press("Enter")
    await page.get_by_label("登记日期").fill("2026-10-01")
    await page.keyboard.press("Enter")
    await page.get_by_text("第2行现已正确").wait_for()
    await page.get_by_role("button", name="按预览执行").focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("link", name="撤销导入").focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="是的，撤销").focus()
    await page.keyboard.press("Enter")
    await page.get_by_text("1人恢复到导入之前").wait_for()
