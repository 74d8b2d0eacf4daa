"""Many clerks in two processes on the same few lots: nothing is lost, doubled or below 0, and nobody meets a deadlock.

`TOWNBRIDGE_LEDGER_RUNS` of 2,000 or more, as for the state machine, makes it 64 clerks and 10,000 acts.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec import json

from core.app import Platform
from core.kernel.scope import Scope
from core.kernel.settings import PREFIX
from core.testing import Server, Town, platform_settings
from plugins.supplies.services.proof import faults_of_stock
from plugins.supplies.tables import Stock, Voucher
from tests.plugins.supplies.conftest import Store, receive
from tests.plugins.supplies.services.issuers import LOTS, POINTS, Found

IS_FULL = int(os.environ.get("TOWNBRIDGE_LEDGER_RUNS", "0")) >= 2000
PROCESSES = 2
CLERKS, ACTS = (64, 10_000) if IS_FULL else (16, 300)
AT_FIRST = 40

TOO_LONG = {"LockNotAvailableError", "QueryCanceledError"}
"""A busy machine may have a clerk wait too long for her turn; the order of two others never stops her for good."""
DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"


@pytest.mark.slow
async def test_clerks_on_the_same_lots_at_once(
    platform: Platform, town: Town, store: Store, database_server: Server, home: Path
) -> None:
    async with store() as ctx:
        for point in POINTS:
            for lot in LOTS:
                await receive(ctx, AT_FIRST, lot, point=point, day=ctx.today - timedelta(days=9))
    async with platform.database.transaction(Scope.nobody()) as tx:
        database = await tx.fetchval("SELECT current_database()")
    settings = platform_settings(database_server, database, home, pool_size=CLERKS // PROCESSES)
    given = {PREFIX + name.upper(): str(getattr(settings, name)) for name in settings.__struct_fields__}
    environment = {name: value for name, value in given.items() if value and value != "False"}
    found = await asyncio.gather(
        *(asyncio.to_thread(work, str(town.t01.id), environment, number) for number in range(PROCESSES))
    )
    outcomes, waits, moved = Counter[str](), Counter[str](), Counter[str]()
    for one in found:
        outcomes.update(one.outcomes)
        waits.update(one.waits)
        moved.update(one.moved)
    print(dict(sorted(outcomes.items())), dict(waits))  # noqa: T201 -- how many were refused, for the report
    assert sum(outcomes.values()) == ACTS
    assert set(waits) <= TOO_LONG
    assert {name.split(": ")[1] for name in outcomes} <= {"done", "Conflict"}
    assert all(outcomes[f"{act}: done"] for act in ("post", "transfer", "take back"))
    async with store() as ctx:
        assert await faults_of_stock(ctx) == []
        there: Counter[str] = Counter()
        for row in await Stock.select(Stock.lot, Stock.balance):
            there[row["lot"]] += row["balance"]
        assert dict(there) == {lot: len(POINTS) * AT_FIRST + moved[lot] for lot in LOTS}
        assert await Voucher.count() == len(POINTS) * len(LOTS) + sum(one.vouchers for one in found)
    async with platform.database.transaction(Scope.nobody()) as tx:
        assert await tx.fetchval(DEADLOCKS) == 0


def work(tenant: str, environment: dict[str, str], seed: int) -> Found:
    numbers = (str(CLERKS // PROCESSES), str(ACTS // PROCESSES), str(seed))
    done = subprocess.run(
        [sys.executable, "-m", "tests.plugins.supplies.services.issuers", tenant, *numbers],
        env=os.environ | environment,
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.decode(done.stdout, type=Found)
