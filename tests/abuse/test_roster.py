"""A long roster with bad rows in it, through the portal and a worker: told exactly, written once, in little memory."""

from __future__ import annotations

import asyncio
import io
import resource
import time
from collections.abc import Awaitable, Callable
from typing import Any

import openpyxl
from msgspec import Struct

from core.app import Platform
from core.host.background import tenant_background
from core.kernel.i18n import translator
from core.kernel.scope import Scope
from core.people.drafts import Document
from core.tenancy.town_settings import TownSettings, keep_town_settings
from core.testing import Server, Town, Visitor
from plugins.registration.imports.verdicts import Finding, Reason, sentence
from tests.abuse.processes import Peaks, postmaster_of, seconds_of, worker
from tests.abuse.rosters import BAD_ROWS, Ledger, resident_number, write_roster
from tests.abuse.size import IS_FULL, of_size

ROWS = of_size(sample=2_000, full=100_000)
KNOWN = ROWS // 100
BAD = of_size(sample=0.03, full=0.01)
"""Enough for every kind of bad row."""
MOST_MEMORY = 500
BASE = "/t/t01/registration/roster"
AT_ONCE = 5_000

Visit = Callable[..., Awaitable[Visitor]]


class Through(Struct):
    """What came of a roster: the address of its page, and the seconds of each step."""

    page: str
    seconds: dict[str, float] = {}


async def brought_in(clerk: Visitor, content: bytes) -> Through:
    """Upload, plan, apply, each waited for as the page waits."""
    await clerk.get(BASE)
    started = time.monotonic()
    sent = await clerk.post(BASE, files={"upload": ("名册.xlsx", content)})
    assert sent.status_code == 303, sent.text
    through = Through(sent.headers["Location"], {})
    for step in ("read", "plan", "apply"):
        if step != "read":
            assert (await clerk.post(f"{through.page}/{step}")).status_code == 303
        await _done(clerk, through.page)
        through.seconds[step] = time.monotonic() - started
        started = time.monotonic()
    return through


async def _done(clerk: Visitor, page: str) -> None:
    async with asyncio.timeout(600):
        while "HX-Refresh" not in (await clerk.get(f"{page}/progress")).headers:  # noqa: ASYNC110 -- as htmx asks
            await asyncio.sleep(0.2)
    await clerk.get(page)


async def told(clerk: Visitor, page: str) -> dict[tuple[str, int], str]:
    """The downloaded error report: sheet and row, and what is said."""
    file = await clerk.get(f"{page}/rejected")
    sheet: Any = openpyxl.load_workbook(io.BytesIO(file.content)).active
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    reports = {(row[-2], int(row[-1])): row[-3] for row in rows}
    assert len(reports) == len(rows)
    return reports


async def people_there(platform: Platform, town: Town, numbers: list[str]) -> set[Any]:
    """Who has these numbers in the unit; each must have somebody."""
    found: list[Any] = []
    scope = Scope.of_tenant(town.t01.id, ["registry"])
    for start in range(0, len(numbers), AT_ONCE):
        piece = [Document(id_type="01", number=number) for number in numbers[start : start + AT_ONCE]]
        async with (
            platform.database.transaction(scope) as tx,
            tenant_background(platform.server, tx, town.t01.id, "registration") as ctx,
        ):
            found += await ctx.people.by_number(piece)
    assert None not in found
    return set(found)


async def counted(platform: Platform, town: Town) -> dict[str, int]:
    async with platform.database.transaction(Scope.of_tenant(town.t01.id, ["registry"])) as tx:
        return {
            table: await tx.fetchval(f"SELECT count(*) FROM people.{table}")
            for table in ("person", "movement", "residence", "pseudonym")
        }


async def test_a_long_roster_is_told_exactly_and_written_once(
    platform: Platform, town: Town, visit: Visit, database_server: Server
) -> None:
    assert len(BAD_ROWS) >= 40
    async with platform.database.transaction(Scope.town(town.region.id)) as tx:
        await keep_town_settings(tx, TownSettings(synthetic_ids=True, known_id_prefixes=("000000",)))
    clerk = await visit("station_staff")
    before, file = io.BytesIO(), io.BytesIO()
    write_roster(before, KNOWN, known=0, bad=0)
    ledger = write_roster(file, ROWS, known=KNOWN, bad=BAD)
    async with worker(platform.settings) as peaks:
        await brought_in(clerk, before.getvalue())
        postmaster = await postmaster_of(database_server)
        spent = -seconds_of(peaks.pid) - seconds_of(postmaster)
        through = await brought_in(clerk, file.getvalue())
        spent += seconds_of(peaks.pid) + seconds_of(postmaster)
        reports = await told(clerk, through.page)
        await _check(platform, town, ledger, reports)
        again = None if IS_FULL else await brought_in(clerk, file.getvalue())
        everybody = await counted(platform, town)
        await _undone(clerk, through)
    _tell(through, peaks, ledger, len(file.getvalue()), spent)
    if again is not None:
        assert await told(clerk, again.page) == reports
        assert everybody == dict.fromkeys(
            ("person", "movement", "residence", "pseudonym"), _everybody(ledger)
        )
    # Of who was added an empty row stays.
    assert await counted(platform, town) == {**dict.fromkeys(everybody, KNOWN), "person": everybody["person"]}
    assert max(peaks.own, peaks.of_child) < MOST_MEMORY


async def _undone(clerk: Visitor, through: Through) -> None:
    started = time.monotonic()
    await clerk.get(through.page)
    assert (await clerk.post(f"{through.page}/undo")).status_code == 303
    await _done(clerk, through.page)
    through.seconds["undo"] = time.monotonic() - started


async def _check(platform: Platform, town: Town, ledger: Ledger, reports: dict[tuple[str, int], str]) -> None:
    expected = {
        place: sentence(Finding(Reason(reason), column), translator("zh"))
        for place, (reason, column) in ledger.rejected.items()
    }
    assert reports == expected
    assert len(await people_there(platform, town, ledger.numbers)) == len(ledger.numbers)
    everybody = _everybody(ledger)
    assert await counted(platform, town) == dict.fromkeys(
        ("person", "movement", "residence", "pseudonym"), everybody
    )
    async with platform.database.transaction(Scope.of_tenant(town.t01.id, ["registry"])) as tx:
        (row,) = await tx.fetch(
            "SELECT added, corrected, unchanged, rejected, applied FROM registration.roster_import"
            " ORDER BY created_at DESC LIMIT 1"
        )
    assert tuple(row) == (
        ledger.added,
        ledger.corrected,
        ledger.known,
        len(ledger.rejected),
        ledger.added + ledger.corrected,
    )


def _everybody(ledger: Ledger) -> int:
    """Those of the file and those who were there before; some of these have a bad row in the file."""
    return len(set(ledger.numbers) | {resident_number(person) for person in range(KNOWN)})


def _tell(through: Through, peaks: Peaks, ledger: Ledger, size: int, spent: float) -> None:
    steps = ", ".join(f"{step} {seconds:.1f} s" for step, seconds in through.seconds.items())
    test = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(  # noqa: T201 -- the figures of the report
        f"roster of {ROWS} rows, {size / 1e6:.1f} MB, {len(ledger.rejected)} rejected: {steps};"
        f" {spent:.0f} s of processor time, the database's included;"
        f" worker {peaks.own:.0f} MB, its child {peaks.of_child:.0f} MB, test with web {test:.0f} MB"
    )
