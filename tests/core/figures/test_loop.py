from __future__ import annotations

import asyncio
import time
from datetime import date

from core.figures.indicators import Catalogue
from core.figures.loop import FiguresLoop
from core.figures.marks import mark_sink
from core.kernel.changes import set_sink
from core.testing import Server
from tests.core.figures.indicators import GROUPS
from tests.core.figures.town import Town


async def followed(town: Town, present: int) -> float:
    """Seconds until the town's figure says so."""
    started = time.monotonic()
    while (await town.cells(town.xinghe, "TST-01")).get("2026-05") != present:
        assert time.monotonic() - started < 10, "the figure does not follow"
        await asyncio.sleep(0.01)
    return time.monotonic() - started


async def test_the_figures_follow_by_themselves_until_told_to_stop(town: Town, catalogue: Catalogue) -> None:
    stop = asyncio.Event()
    running = asyncio.ensure_future(FiguresLoop(town.database, catalogue).run(stop))
    await followed(town, 0)
    for present in (1, 2):
        await town.newcomer(town.a, date(2026, 5, present))
        assert await followed(town, present) < 2
    stop.set()
    await asyncio.wait_for(running, timeout=5)


async def test_the_bell_saves_the_wait(town: Town, catalogue: Catalogue) -> None:
    stop, loop = asyncio.Event(), FiguresLoop(town.database, catalogue, pause=60)
    set_sink(mark_sink(GROUPS, loop.ring))
    running = asyncio.ensure_future(loop.run(stop))
    await followed(town, 0)
    await asyncio.sleep(0.3)  # it waits now
    await town.newcomer(town.a, date(2026, 5, 1))
    assert await followed(town, 1) < 2
    stop.set()
    await asyncio.wait_for(running, timeout=5)


async def test_a_database_that_goes_away_and_comes_back_is_tried_again(
    town: Town, catalogue: Catalogue, database_server: Server, emptied: str
) -> None:
    stop = asyncio.Event()
    running = asyncio.ensure_future(FiguresLoop(town.database, catalogue).run(stop))
    await followed(town, 0)
    await town.newcomer(town.a, date(2026, 5, 1))
    await database_server.run(
        f'ALTER DATABASE "{emptied}" ALLOW_CONNECTIONS false',
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{emptied}'",
    )
    await asyncio.sleep(0.5)
    await database_server.run(f'ALTER DATABASE "{emptied}" ALLOW_CONNECTIONS true')
    assert await followed(town, 1) < 5
    stop.set()
    await asyncio.wait_for(running, timeout=5)
