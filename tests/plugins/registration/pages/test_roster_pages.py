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
    await clerk.get(BASE)
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
    assert re.search(r'class="problems".*xlsx', page.text, re.DOTALL)
    missing = await clerk.post(BASE)
    assert missing.status_code == 400
    assert (await clerk.get(f"{BASE}/template")).content.startswith(b"PK")


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
