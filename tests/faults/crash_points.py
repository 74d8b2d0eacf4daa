"""`python -m tests.faults.crash_points COMMAND...`: a `townbridge` that dies, as by kill -9, at a numbered point.

The points are messages to the database: between two of them nothing changes that anybody else could see. They are
hung on the driver from outside, so that the product has no way to be told to die. `FAULTS_CRASH_AT` is the number.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from typing import Any, Literal

from core.kernel.pool import Connection

__all__ = ["POINTS", "VARIABLE"]

VARIABLE = "FAULTS_CRASH_AT"
Moment = Literal["before", "during", "after"]

STATEMENTS: dict[str, tuple[str, ...]] = {
    "look for jobs": ("SELECT tenant_id FROM kernel.job",),
    "claim": ("UPDATE kernel.job SET\n  state = CASE",),
    "ask for a job": ("INSERT INTO kernel.job",),
    "finish": ("UPDATE kernel.job SET state = 'done'", "WITH done AS"),
    "take a slot": ("INSERT INTO kernel.schedule",),
    "records": ("SELECT kernel.append_audit",),
    "figures": ("DELETE FROM figures.stale",),
}
"""How the statements of a worker's life begin; that which finishes a job may claim the next one as well."""
COMMITTED = ("claim", "finish", "take a slot", "figures")
"""After which of them the COMMIT is a point of its own."""

POINTS: tuple[tuple[str, Moment], ...] = (
    *((name, moment) for name in STATEMENTS for moment in ("before", "after")),
    *((f"COMMIT of {name}", moment) for name in COMMITTED for moment in ("before", "during", "after")),
)


class Executioner:
    """Watches one process's messages, and ends it at its point."""

    def __init__(self, point: str, moment: Moment) -> None:
        self._point = point
        self._moment = moment
        self._acts: dict[Connection, str] = {}

    def watch(self) -> None:
        for name in ("execute", "fetch", "fetchrow", "fetchval"):
            setattr(Connection, name, self._watched(getattr(Connection, name)))

    def _watched(self, send: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def sent(connection: Connection, sql: str, *arguments: Any, **options: Any) -> Any:
            is_here = self._name(connection, sql) == self._point
            if is_here and self._moment == "before":
                _die()
            if is_here and self._moment == "during":
                task = asyncio.ensure_future(send(connection, sql, *arguments, **options))
                await asyncio.wait([task], timeout=0.0005)
                _die()
            result = await send(connection, sql, *arguments, **options)
            if is_here:
                _die()
            return result

        return sent

    def _name(self, connection: Connection, sql: str) -> str:
        text = sql.strip()
        if text == "COMMIT":
            return f"COMMIT of {self._acts.pop(connection, 'nothing')}"
        name = next((name for name, starts in STATEMENTS.items() if text.startswith(starts)), "")
        if name in COMMITTED:
            self._acts[connection] = name
        return name


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    from core.cli import main as townbridge

    Executioner(*POINTS[int(os.environ[VARIABLE])]).watch()
    townbridge()


if __name__ == "__main__":
    main()
