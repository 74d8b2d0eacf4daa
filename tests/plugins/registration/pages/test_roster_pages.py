"""The import, one screen each; and what a clerk may send."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from io import BytesIO

import openpyxl

from core.testing import Visitor
from tests.plugins.registration.conftest import Counter, Work
from tests.plugins.registration.imports.small import HEADER, Worker

Visit = Callable[..., Awaitable[Visitor]]

BASE = "/t/t01/registration/roster"


def content(*workers: Worker) -> bytes:
    lines = [HEADER, *(worker.row() for worker in workers)]
    return "\r\n".join(",".join(cells) for cells in lines).encode("gb18030")


async def test_file_headers_plan_and_result_have_a_screen_each(
    visit: Visit, counter: Counter, worked: Work
) -> None:
    clerk = await visit("station_staff")
    start = (await clerk.get(BASE)).text
    assert re.search(r'<div class="field" data-drop="或将文件拖放到此处。">.*type="file"', start, re.DOTALL)
    file = ("六月.csv", content(Worker("张三", 1, "2026-10-01"), Worker("李四", 2, "六月")))
    sent = await clerk.post(BASE, files={"upload": file})
    page = sent.headers["Location"]
    waiting = await clerk.get(page)
    assert f'hx-get="{page}/progress"' in waiting.text
    await worked()
    assert (await clerk.get(f"{page}/progress")).headers["HX-Refresh"] == "true"
    headers = await clerk.get(page)
    assert "证件号码" in headers.text
    assert re.search(
        rf'href="{page}"[^>]* aria-label="查看: 花名册 六月.csv：', (await clerk.get("/t/t01")).text
    )
    await clerk.post(f"{page}/plan")
    await worked()
    plan = await clerk.get(f"{page}?show=rejected")
    assert "不是日期" in plan.text
    assert "张三" not in plan.text
    assert "张三" in (await clerk.get(page)).text
    book = openpyxl.load_workbook(BytesIO((await clerk.get(f"{page}/rejected")).content))
    rows = list(book.active.values) if book.active else []
    assert "六月" in rows[1]
    assert any("不是日期" in str(cell) for cell in rows[1])
    await clerk.post(f"{page}/apply")
    await worked()
    done = await clerk.get(page)
    assert "已执行" in done.text
    assert "六月.csv" not in (await clerk.get("/t/t01")).text
    assert "张三" in (await clerk.get("/t/t01/registration/people")).text
    assert "六月.csv" in (await clerk.get(BASE)).text


async def test_a_file_that_cannot_be_read_says_what_to_do(
    visit: Visit, counter: Counter, worked: Work
) -> None:
    clerk = await visit("station_staff")
    await clerk.get(BASE)
    sent = await clerk.post(
        BASE, files={"upload": ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)}
    )
    await worked()
    page = await clerk.get(sent.headers["Location"])
    assert re.search(r'class="notice bad" role="alert".*xlsx', page.text, re.DOTALL)
    missing = await clerk.post(BASE)
    assert missing.status_code == 400
    assert (await clerk.get(f"{BASE}/template")).content.startswith(b"PK")


def headed(name: str, number: str, *workers: Worker) -> bytes:
    """A file that calls the column of names, or that of numbers, otherwise, with a column that nobody knows."""
    names = {"姓名": name, "证件号码": number}
    lines = [[*(names.get(each, each) for each in HEADER), "工号"], *([*one.row(), "7"] for one in workers)]
    return "\r\n".join(",".join(cells) for cells in lines).encode()


async def sent(clerk: Visitor, worked: Work, file: bytes) -> str:
    await clerk.get(BASE)
    answer = await clerk.post(BASE, files={"upload": ("七月.csv", file)})
    await worked()
    return str(answer.headers["Location"])


def chosen(text: str) -> list[str]:
    """What the selects of the page would send."""
    return re.findall(r'<option value="([^"]*)" selected>', text)


async def test_headers_are_chosen_by_hand(visit: Visit, counter: Counter, worked: Work) -> None:
    clerk = await visit("station_staff")
    page = await sent(clerk, worked, headed("员工", "证件号码", Worker("张三", 1, "2026-10-01")))
    shown = (await clerk.get(page)).text
    assert shown.index("以下必填列没有对应的表头") < shown.index("<select")
    assert "未使用的表头： 员工、工号" in shown
    place = re.search(r'value="(0-1-0)" >员工 \(A\)', shown)
    assert place
    twice = await clerk.post(f"{page}/headers", {"headers": [*chosen(shown), place[1], "0-17-0"]})
    assert twice.status_code == 400
    assert "两列选了同一个表头" in twice.text
    assert place[1] in chosen(twice.text)
    beyond = await clerk.post(f"{page}/plan", {"headers": ["0-1-99"]})
    assert beyond.status_code == 400
    kept = await clerk.post(f"{page}/headers", {"headers": [*chosen(shown), place[1]]}, follow=True)
    assert "选择已保存" in kept.text
    assert "以下必填列" not in kept.text
    assert "未使用的表头： 工号" in kept.text
    await clerk.post(f"{page}/plan", {"headers": ["", *chosen(kept.text)]})
    await worked()
    assert "张三" in (await clerk.get(f"{page}?show=added")).text


async def test_a_row_is_corrected_where_it_stands(visit: Visit, counter: Counter, worked: Work) -> None:
    clerk, other = await visit("station_staff"), await visit("station_staff.t02")
    workers = (Worker("张三", 1, "2026-10-01"), Worker("李四", 2, "六月"), Worker("王五", 3, "七月"))
    page = await sent(clerk, worked, content(*workers))
    await clerk.post(f"{page}/plan")
    await worked()
    plan = (await clerk.get(page)).text
    row, bad = re.findall(rf'href="({page}/rows/[^"]+)"', plan)
    form = (await clerk.get(row)).text
    assert form.index('name="registered_on"') < form.rindex("<details") < form.index('name="id_number"')
    assert re.search(r'name="registered_on"[^>]*value="六月"[^>]*aria-invalid="true"', form, re.DOTALL)
    assert (await other.get(row)).status_code == 404
    again = await clerk.post(row, {"registered_on": "八月", "phone": "1"}, follow=True)
    assert 'value="八月"' in again.text
    assert (await clerk.post(row, {"registered_on": "x" * 201})).status_code == 400
    right = await clerk.post(row, {"registered_on": "2026-10-02"}, follow=True)
    assert "电话号码" in right.text
    done = await clerk.post(row, {"phone": ""}, follow=True)
    assert "第3行现已正确：新增" in done.text
    assert "李四" in (await clerk.get(f"{page}?show=added")).text
    await clerk.post(f"{page}/apply")
    await worked()
    assert (await clerk.get(row)).status_code == 404
    late = (await clerk.get(bad)).text
    assert "其中的行不能再修改" in late
    assert 'name="registered_on"' not in late
    assert (await clerk.post(bad, {"registered_on": "2026-10-02"})).status_code == 409
    assert "李四" in (await clerk.get("/t/t01/registration/people")).text


async def test_an_import_is_undone_after_a_question(visit: Visit, counter: Counter, worked: Work) -> None:
    clerk, officer = await visit("station_staff"), await visit("tenant_officer")
    page = await sent(
        clerk, worked, content(Worker("张三", 1, "2026-10-01"), Worker("李四", 2, "2026-10-02"))
    )
    assert "已不能再撤销" in (await clerk.get(f"{page}/undo")).text
    for step in ("plan", "apply"):
        await clerk.post(f"{page}/{step}")
        await worked()
    assert f'href="{page}/undo"' in (await clerk.get(page)).text
    asked = (await clerk.get(f"{page}/undo")).text
    assert "新增的2人" in asked
    assert (await officer.get(f"{page}/undo")).status_code == 403
    people = await clerk.get("/t/t01/registration/people")
    person = re.findall(r'href="(/t/t01/registration/people/[^"/]+)"[^>]*>李四', people.text)[0]
    await clerk.get(person)
    await clerk.post(f"{person}/confirm")
    busy = await clerk.post(f"{page}/undo", follow=True)
    assert "正在撤回写入的内容" in busy.text
    await worked()
    done = (await clerk.get(page)).text
    assert "1人恢复到导入之前" in done
    assert "此后已有关于她的记录" in done
    assert (await clerk.post(f"{page}/undo")).status_code == 409
    left = (await clerk.get("/t/t01/registration/people")).text
    assert ("张三" in left, "李四" in left) == (False, True)


async def test_a_step_that_was_tried_in_vain_says_so(visit: Visit, counter: Counter, worked: Work) -> None:
    clerk = await visit("station_staff")
    await clerk.get(BASE)
    page = (await clerk.post(BASE, files={"upload": ("a.csv", content(Worker("张三", 1)))})).headers[
        "Location"
    ]
    async with counter() as ctx:
        await ctx.transaction.execute("UPDATE kernel.job SET state = 'dead' WHERE name LIKE '%roster%'")
    stuck = await clerk.get(page)
    assert "多次尝试仍未完成" in stuck.text
    assert f'hx-get="{page}/progress"' not in stuck.text
    assert (await clerk.get(f"{page}/progress")).headers["HX-Refresh"] == "true"


async def test_a_plan_can_be_cancelled(visit: Visit, counter: Counter, worked: Work) -> None:
    clerk = await visit("station_staff")
    await clerk.get(BASE)
    sent = await clerk.post(BASE, files={"upload": ("a.csv", content(Worker("张三", 1)))})
    await worked()
    page = sent.headers["Location"]
    await clerk.get(page)
    answer = await clerk.post(f"{page}/cancel", follow=True)
    assert "已取消" in answer.text
    other = await visit("station_staff.t02")
    assert (await other.get(page)).status_code == 404
    officer = await visit("tenant_officer")
    assert (await officer.get(page)).status_code == 403
