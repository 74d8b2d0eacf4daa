"""E: a roster of 100,000 rows, some of them bad, from the upload to the last row written.

Ours receives it sealed, reads it in a child process, judges every row, keeps the plan with its report of bad
rows, compares it with the register, and writes people, records and arrivals under row-level security. The floor
reads the cells, checks their types and copies them into a table without walls.
"""

from __future__ import annotations

import tempfile
from collections.abc import Awaitable, Callable
from datetime import datetime
from itertools import count
from pathlib import Path

import asyncpg
import xlsxwriter

from tests.bench.environments import python_of
from tests.bench.goals import Finding, at_least, at_most, missing
from tests.bench.jobs import worker
from tests.bench.rounds import Ratio, in_turn, ratio
from tests.bench.town import Bench, open_one

__all__ = ["measure"]

HEADINGS = (
    "姓名", "性别", "人员类别", "证件类型", "证件号码", "出生日期", "户籍地代码", "户籍省", "联系电话", "登记日期",
    "居住事由", "是否流动",
)  # fmt: skip
BAD = 100
"""Every so many rows one whose date is none."""
PEER = "openpyxl, DRF, bulk_create"
ROSTER = """
CREATE TABLE bench.{0} (tenant_id uuid NOT NULL, id bigserial, name text, sex text, kind text, id_type text,
  number text, birth_date date, division text, province text, phone text, registered_on date,
  purpose text, floating text,  PRIMARY KEY (tenant_id, id))
"""
WALLED = """
ALTER TABLE bench.walled_roster ENABLE ROW LEVEL SECURITY;
ALTER TABLE bench.walled_roster FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_wall ON bench.walled_roster
  USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);
GRANT USAGE ON SCHEMA bench TO app;
GRANT ALL ON ALL TABLES IN SCHEMA bench TO app;
GRANT ALL ON ALL SEQUENCES IN SCHEMA bench TO app
"""
numbers = count(100)


async def measure(bench: Bench) -> list[Finding]:
    """E."""
    sizes = bench.sizes
    superuser = await asyncpg.connect(bench.address("bootstrap"))
    for statement in ("CREATE SCHEMA bench", ROSTER.format("roster"), ROSTER.format("walled_roster"), WALLED):
        await superuser.execute(statement)
    await superuser.close()
    python = await python_of("django")
    with tempfile.TemporaryDirectory(prefix="townbridge-bench-") as folder:
        file = Path(folder) / "roster.xlsx"
        _write(file, sizes.sheet_rows)
        peaks: dict[str, list[float]] = {}

        def side(name: str, run: Callable[[], Awaitable[list[float]]]) -> Callable[[], Awaitable[float]]:
            async def measured() -> float:
                seconds, *peak = await run()
                peaks.setdefault(name, []).extend(peak)
                return seconds

            return measured

        async def floor() -> list[float]:
            return await _said("tests.bench.sheet", "floor", str(file), bench.address("bootstrap"))

        async def ours() -> list[float]:
            place = await open_one(bench.platform, bench.region, next(numbers), 0)
            return await _said("tests.bench.sheet", "ours", str(file), str(bench.home), str(place.tenant.id))

        async def peer() -> list[float]:
            return await _said(
                "tests.bench.peers.spreadsheet", str(file), str(bench.places[0].tenant.id), python=python,
                TOWNBRIDGE_BENCH_ADDRESS=bench.address("app"),
            )  # fmt: skip

        sides = [side("floor", floor), side("ours", ours), *([side("peer", peer)] if python else [])]
        least, mine, *others = await in_turn(*sides, rounds=sizes.sheet_rounds)
        read, *_rest = await _said("tests.bench.sheet", "calamine", str(file))
    work = f"roster of {sizes.sheet_rows:,} rows"
    theirs = [at_least("E", work, f"{PEER}, time", ratio(each, mine), 6.0) for each in others]
    child = max(peaks["ours"])
    return [
        at_most("E", work, "calamine, msgspec, COPY", ratio(mine, least), 1.35),
        *(theirs or [missing("E", work, PEER)]),
        at_most("E", f"{work}: peak of the child process", "calamine", Ratio.once(child / read), 1.3),
    ]


async def _said(module: str, *arguments: str, python: Path | None = None, **environment: str) -> list[float]:
    async with worker(module, *arguments, python=python, **environment) as said:
        return [float(word) for word in (await said.readline()).split()]


def _write(file: Path, rows: int) -> None:
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet = book.add_worksheet("名册")
        sheet.write_row(0, 0, HEADINGS)
        for row in range(1, rows + 1):
            sheet.write_row(
                row, 0,
                (f"赵{row:06}", "女" if row % 3 else "男", "职工", "护照", f"R{row:08}"),
            )  # fmt: skip
            sheet.write_datetime(row, 5, _day(1970 + row % 35, row), day)
            sheet.write_row(row, 6, ("430000", "湖南", f"138{row:08}"))
            if row % BAD:
                sheet.write_datetime(row, 9, _day(2025, row), day)
            else:
                sheet.write_string(row, 9, "昨天")
            sheet.write_row(row, 10, ("务工", "是"))


def _day(year: int, row: int) -> datetime:
    return datetime(year, row % 12 + 1, row % 28 + 1)  # noqa: DTZ001 -- a cell knows no zone
