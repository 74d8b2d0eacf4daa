"""Hostile spreadsheets through the portal: the right verdict for each, and nobody but a child suffers from it."""

from __future__ import annotations

import resource
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec import json

from core.app import Platform
from core.host.jobs import job_handlers
from core.kernel.runner import Runner
from core.kernel.scope import Scope
from core.kernel.sheets.refusal import Reason
from core.kernel.sheets.sentences import refused
from core.tenancy.town_settings import TownSettings, keep_town_settings
from core.testing import Town, Visitor
from plugins.registration.imports.uploads import LARGEST, SheetFound
from tests.abuse.hostile import EVERY_FILE, ROSTERS, Hostile, NoList, Read
from tests.abuse.processes import memory_of
from tests.abuse.size import IS_FULL

pytestmark = pytest.mark.requirement("R31")

BASE = "/t/t01/registration/roster"
MOST_SECONDS = 60.0
MOST_MEMORY_OF_CHILD = 1_000
MOST_GROWTH = 150
"""MB; the largest file has 10, which are sealed, opened and held as text on the way."""

FILES = EVERY_FILE if IS_FULL else ROSTERS

Visit = Callable[..., Awaitable[Visitor]]


class Sent:
    """One file on its way through the portal and its jobs."""

    def __init__(self, platform: Platform, town: Town, clerk: Visitor, folder: Path) -> None:
        self._platform = platform
        self._town = town
        self._clerk = clerk
        self._folder = folder
        self._runner = Runner(platform.database, job_handlers(platform.server), back_off=lambda attempt: 0.0)

    async def verdict(self, hostile: Hostile) -> Reason | Read | NoList | str:
        """What the product says of the file; other words where that is none of the verdicts."""
        content = hostile.build(self._folder / "file").read_bytes()
        answer = await self._clerk.post(BASE, files={"upload": (hostile.name, content)})
        if answer.status_code != 303:
            return self._at_the_door(answer.status_code, content)
        await self._runner.drain()
        page = answer.headers["Location"]
        row = await self._row(page)
        if row["state"] == "refused":
            return self._reason(row["fault"])
        await self._clerk.get(page)
        await self._clerk.post(f"{page}/plan")
        await self._runner.drain()
        shown = await self._clerk.get(page)
        if shown.status_code != 200:
            return f"its page says {shown.status_code}"
        read = await self._read(page)
        await self._clerk.post(f"{page}/cancel")
        return read

    def _at_the_door(self, status: int, content: bytes) -> Reason | str:
        if status == 400 and not content:
            return Reason.EMPTY
        if status == 413 and len(content) > LARGEST:
            return Reason.FILE_SIZE
        return f"the upload says {status}"

    def _reason(self, fault: str) -> Reason | NoList | str:
        told = json.decode(fault)
        if "姓名" in told["what"]:
            return NoList()
        for reason in Reason:
            known = refused(reason, {})
            if (known.what, known.todo) == (told["what"], told["todo"]):
                return reason
        return str(told)

    async def _row(self, page: str) -> Any:
        async with self._platform.database.transaction(
            Scope.of_tenant(self._town.t01.id, ["registry"])
        ) as tx:
            return await tx.fetchrow(
                "SELECT * FROM registration.roster_import WHERE id = $1::uuid", page.rsplit("/", 1)[1]
            )

    async def _read(self, page: str) -> Read | str:
        row = await self._row(page)
        if row["state"] != "planned":
            return str(row["state"])
        async with self._platform.database.transaction(
            Scope.of_tenant(self._town.t01.id, ["registry"])
        ) as tx:
            rejected = await tx.fetch(
                "SELECT row, findings FROM registration.roster_row"
                " WHERE import_id = $1 AND verdict = 'rejected'",
                row["id"],
            )
        sheets = json.decode(row["sheets"], type=list[SheetFound])
        return Read(
            added=row["added"],
            rejected={each["row"]: each["findings"].split(":")[0] for each in rejected},
            hidden=sum(sheet.is_hidden for sheet in sheets),
            missing=tuple(name for sheet in sheets if sheet.header_row for name in sheet.missing),
        )


async def test_every_hostile_file_gets_its_verdict(
    platform: Platform, town: Town, visit: Visit, tmp_path: Path
) -> None:
    assert len(EVERY_FILE) >= 80
    async with platform.database.transaction(Scope.town(town.region.id)) as tx:
        await keep_town_settings(tx, TownSettings(synthetic_ids=True, known_id_prefixes=("000000",)))
    clerk = await visit("station_staff")
    await clerk.get(BASE)
    sent = Sent(platform, town, clerk, tmp_path)
    before, slowest, wrong = memory_of(), 0.0, list[str]()
    for name, hostile in FILES.items():
        started = time.monotonic()
        verdict = await sent.verdict(hostile)
        slowest = max(slowest, time.monotonic() - started)
        if verdict != hostile.verdict:
            wrong.append(f"{name}: {verdict} instead of {hostile.verdict}")
    of_child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    growth = memory_of() - before
    print(  # noqa: T201 -- the figures of the report
        f"hostile files: {len(FILES) - len(wrong)} of {len(FILES)} right, slowest {slowest:.1f} s;"
        f" parent grew {growth:.0f} MB, largest child {of_child:.0f} MB"
    )
    assert not wrong, "\n".join(wrong)
    assert slowest < MOST_SECONDS
    assert of_child < MOST_MEMORY_OF_CHILD
    assert growth < MOST_GROWTH
