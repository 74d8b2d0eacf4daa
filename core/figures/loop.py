"""The worker's loop over stale marks: a cheap question every quarter of a second, or at once when rung."""

from __future__ import annotations

import asyncio

from core.figures.indicators import Catalogue
from core.figures.refresh import refresh
from core.figures.sweep import sweep
from core.kernel.db import Database
from core.kernel.log import get_logger
from core.kernel.scope import Scope

__all__ = ["FiguresLoop", "settle"]

PAUSE_SECONDS = 0.25
SWEEP_SECONDS = 5.0
AFTER_A_FAILURE_SECONDS = 1.0

log = get_logger(__name__)


class FiguresLoop:
    """Keeps the figures fresh until told to stop; several, in any number of processes, are harmless."""

    def __init__(self, database: Database, catalogue: Catalogue, *, pause: float = PAUSE_SECONDS) -> None:
        self._database = database
        self._catalogue = catalogue
        self._seconds = pause
        self._bell = asyncio.Event()
        self._next_sweep = 0.0
        self._is_swept = False

    async def ring(self) -> None:
        """Work off the marks now; for `tx.after_commit` in the same process."""
        self._bell.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop` is set. Nothing ends it before: what failed is logged and tried again."""
        while not stop.is_set():
            self._bell.clear()
            try:
                await self._sweep()
                done = await refresh(self._database, self._catalogue)
            except Exception as error:
                log.warning("figures_wait", error=type(error).__name__)
                await self._pause(stop, AFTER_A_FAILURE_SECONDS)
            else:
                if not done:
                    await self._pause(stop, self._seconds)

    async def _sweep(self) -> None:
        now = asyncio.get_running_loop().time()
        if now >= self._next_sweep:
            await sweep(self._database, self._catalogue, is_thorough=not self._is_swept)
            self._next_sweep, self._is_swept = now + SWEEP_SECONDS, True

    async def _pause(self, stop: asyncio.Event, seconds: float) -> None:
        waits = [asyncio.ensure_future(event.wait()) for event in (stop, self._bell)]
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()


async def settle(database: Database, catalogue: Catalogue) -> None:
    """Return when no mark is left, worked off here or by another worker: for commands that show figures."""
    await sweep(database, catalogue, is_thorough=True)
    while True:
        done = await refresh(database, catalogue)
        async with database.transaction(Scope.nobody(), login="figures") as tx:
            if not await tx.fetchval("SELECT EXISTS (SELECT FROM figures.stale)"):
                return
        if not done:
            await asyncio.sleep(PAUSE_SECONDS)
