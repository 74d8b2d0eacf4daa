"""Text that begins like a formula: taken in as text, and given out so that no program runs it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import httpx
import openpyxl
import pytest

from core.host.jobs import job_handlers
from core.kernel.runner import Runner
from core.kernel.sheets.neutral import plain
from core.kernel.text import clean
from core.testing import TOWN
from tests.abuse.payloads import FORMULAS
from tests.abuse.rosters import COLUMNS, good_row
from tests.abuse.scene import Found, Scene
from tests.abuse.size import of_size

pytestmark = pytest.mark.requirement("R29")

STARTS = tuple("=+-@\t\r\n\0＝＋－＠")
TYPED = FORMULAS[:: of_size(sample=6, full=1)]
"""A few of every beginning, or all."""


def cells_of(answer: httpx.Response) -> Iterator[tuple[str, bool]]:
    """Every cell of a download, and whether the file calls it a formula."""
    if answer.content.startswith(b"PK"):
        for sheet in openpyxl.load_workbook(io.BytesIO(answer.content)):
            for row in sheet.iter_rows():
                yield from (
                    (str(cell.value), cell.data_type == "f") for cell in row if cell.value is not None
                )
    else:
        text = answer.content.decode("utf-8-sig")
        yield from (
            (cell, False) for row in csv.reader(io.StringIO(text, newline=""), strict=True) for cell in row
        )


def is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def is_table(answer: httpx.Response) -> bool:
    kind = answer.headers.get("Content-Type", "")
    return answer.status_code == 200 and ("spreadsheet" in kind or "csv" in kind)


async def filled(scene: Scene) -> None:
    """The payloads in every text that the counter and the town type, and in the roster that is sent in."""
    clerk, admin = await scene.visitor("station_staff"), await scene.visitor("town_admin")
    (register,) = (each for each in scene.found if str(each) == "POST /t/{tenant_slug}/registration/register")
    for number, payload in enumerate(TYPED):
        texts = {each.name: payload[: each.longest] for each in register.texts()}
        texts |= {
            "phone": f"1390013{number:04d}",
            "id_type": "01",
            "number": "",
            "origin": "",
            "origin_division": "",
        }
        values = {"day": "2026-11-03", "is_acknowledged": "1", "is_floating": "1", "is_employee": "1"}
        await clerk.get(register.path)
        assert (await scene.send(register, texts | values)).status_code == 303, payload
        firm = {"name_zh": payload, "name_en": payload, "industry": "C", "served_from": "2025-01-01"}
        await admin.get(f"/town/{TOWN}/tenants/{scene.town.t01.id}")
        await admin.post(f"/town/{TOWN}/tenants/{scene.town.t01.id}/firms", firm)
    await _sent_in(scene)


async def _sent_in(scene: Scene) -> None:
    clerk = await scene.visitor("station_staff")
    rows = [list({**good_row(n), "姓名": p, "岗位": p, "性别": p}.values()) for n, p in enumerate(TYPED)]
    file = io.StringIO(newline="")
    csv.writer(file).writerows([COLUMNS, *rows])
    runner = Runner(scene.platform.database, job_handlers(scene.platform.server), back_off=lambda _: 0.0)
    await clerk.get("/t/t01/registration/roster")
    sent = await clerk.post(
        "/t/t01/registration/roster", files={"upload": ("x.csv", file.getvalue().encode())}
    )
    await runner.drain()
    await clerk.get(sent.headers["Location"])
    await clerk.post(f"{sent.headers['Location']}/plan")
    await runner.drain()
    scene.found.append(
        Found(
            method="GET",
            path=f"{sent.headers['Location']}/rejected",
            pattern="the rejected rows of the roster",
            role="station_staff",
        )
    )


async def test_nothing_that_leaves_is_a_formula(own_scene: Scene) -> None:
    await filled(own_scene)
    wrong, seen, marked = list[str](), dict[str, int](), set[str]()
    for target in own_scene.found:
        if target.method != "GET" or target.path.endswith(("/broken", "/slow")):
            continue
        for kind in ("csv", "xlsx") if "{kind}" in target.pattern else ("",):
            path = target.path.removesuffix("csv") + kind if kind else target.path
            answer = await own_scene.send(target, {}, path=path)
            if not is_table(answer):
                continue
            cells = list(cells_of(answer))
            seen[f"{target} {kind}"] = len(cells)
            wrong += [f"{target} {kind}: {cell!r}" for cell, is_formula in cells if is_formula]
            wrong += [
                f"{target} {kind}: {c!r}" for c, _ in cells if c.startswith(STARTS) and not is_number(c)
            ]
            marked |= {plain(cell) for cell, _ in cells if plain(cell) != cell}
    print(f"formulas: {len(TYPED)} payloads, {len(seen)} downloads, {sum(seen.values())} cells")  # noqa: T201
    assert not wrong, "\n".join(wrong[:30])
    assert len(seen) >= 5, seen
    # What went in as text comes back as the same text once the mark is taken off.
    assert {clean(payload) for payload in TYPED if clean(payload).startswith(STARTS)} <= marked
