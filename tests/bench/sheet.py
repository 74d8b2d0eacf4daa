"""One roster in a process of its own: `python -m tests.bench.sheet HOW FILE ...` says seconds and a peak in MB.

`floor` reads, checks and copies; `calamine` reads alone, and says its own peak; `ours` is the product's worker at
work on an upload, and says the peak of its child process.
"""

from __future__ import annotations

import asyncio
import resource
import sys
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any, Literal
from uuid import UUID

import asyncpg
import msgspec
import uvloop
from msgspec import Meta, Struct
from python_calamine import load_workbook

from core.app import Platform, open_platform
from core.host.background import tenant_background
from core.host.jobs import job_handlers
from core.kernel.log import configure_logging
from core.kernel.runner import Runner
from core.kernel.scope import Scope
from core.kernel.settings import Settings
from core.sdk import Upload
from plugins.registration.imports import uploads

Text = Annotated[str, Meta(min_length=1, max_length=100)]


class Line(Struct, array_like=True):
    name: Text
    sex: Literal["男", "女"]
    kind: Literal["职工", "家属"]
    id_type: Text
    number: Annotated[str, Meta(pattern="^[A-Z0-9]{5,40}$")]
    birth_date: date
    division: Annotated[str, Meta(pattern="^[0-9]{6}$")]
    province: Text
    phone: Annotated[str, Meta(pattern="^1[0-9]{10}$")]
    registered_on: date
    purpose: Text
    floating: Literal["是", "否"]


async def floor(file: str, address: str) -> None:
    connection = await asyncpg.connect(address)
    tenant, started = UUID(int=1), perf_counter()
    good: list[tuple[Any, ...]] = []
    bad: list[tuple[int, str]] = []
    for number, row in enumerate(_rows(file), start=2):
        try:
            line = msgspec.convert(row, Line)
        except msgspec.ValidationError as error:
            bad.append((number, str(error)))
            continue
        good.append((tenant, *(getattr(line, name) for name in Line.__struct_fields__)))
    await connection.copy_records_to_table(
        "roster", schema_name="bench", records=good, columns=("tenant_id", *Line.__struct_fields__)
    )
    taken = perf_counter() - started
    await connection.execute("TRUNCATE bench.roster")
    await connection.close()
    sys.stdout.write(f"{taken}\n")


async def calamine(file: str) -> None:
    _rows(file)
    sys.stdout.write(f"{_peak(resource.RUSAGE_SELF)}\n")


def _rows(file: str) -> list[list[Any]]:
    book = load_workbook(file)
    return book.get_sheet_by_index(0).to_python()[1:]


async def ours(file: str, home: str, tenant: str) -> None:
    async with open_platform(Settings(home=Path(home)), ("app", "dispatch")) as platform:
        runner = Runner(platform.database, job_handlers(platform.server))
        content, started = Path(file).read_bytes(), perf_counter()  # noqa: ASYNC240 -- nothing else runs
        incoming = await _in(
            platform, tenant, lambda ctx: uploads.receive(ctx, Upload(name="r.xlsx", content=content))
        )
        await runner.drain()
        await _in(platform, tenant, lambda ctx: uploads.make_plan(ctx, incoming))
        await runner.drain()
        await _in(platform, tenant, lambda ctx: uploads.apply_plan(ctx, incoming))
        await runner.drain()
        taken = perf_counter() - started
        known = await _in(platform, tenant, lambda _ctx: uploads.find_import(incoming))
        if known.state != "applied" or not known.rejected or known.applied + known.rejected != known.total:
            raise RuntimeError(f"{known.state}: {known.applied} of {known.total}, {known.rejected} rejected")
    sys.stdout.write(f"{taken} {_peak(resource.RUSAGE_CHILDREN)}\n")


async def _in(platform: Platform, tenant: str, act: Any) -> Any:
    scope = Scope.of_tenant(UUID(tenant), ("registry",))
    async with (
        platform.database.transaction(scope) as tx,
        tenant_background(platform.server, tx, UUID(tenant), "registration", roles=("station_staff",)) as ctx,
    ):
        return await act(ctx)


def _peak(who: int) -> float:
    return resource.getrusage(who).ru_maxrss / 1024


if __name__ == "__main__":
    configure_logging("error")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run({"floor": floor, "calamine": calamine, "ours": ours}[sys.argv[1]](*sys.argv[2:]))
