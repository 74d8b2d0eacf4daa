"""A worker of its own beside the test, and how much memory it and its children ever held."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import asyncpg

from core.kernel.settings import PREFIX, Settings
from core.testing import Server

__all__ = ["Peaks", "memory_of", "postmaster_of", "seconds_of", "worker"]

OFTEN = 0.02
MEGABYTE = 1024


class Peaks:
    """Resident memory at its highest, in MB, of the watched process and of the largest of its children."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.own = 0.0
        self.of_child = 0.0
        self.children: dict[int, float] = defaultdict(float)

    def look(self) -> None:
        self.own = max(self.own, memory_of(self.pid))
        for child in _children(self.pid):
            self.children[child] = max(self.children[child], memory_of(child))
            self.of_child = max(self.of_child, self.children[child])

    async def watch(self) -> None:
        while True:
            self.look()
            await asyncio.sleep(OFTEN)


def memory_of(pid: int | str = "self") -> float:
    """The highest resident memory of a process so far, of this one if none is named, in MB; 0 when it is gone."""
    with suppress(FileNotFoundError, ProcessLookupError):
        for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / MEGABYTE
    return 0.0


def seconds_of(pid: int) -> float:
    """The processor time of a process, of its children, and of those that ended, whatever else the machine does."""
    ticks = 0
    for each in (pid, *_children(pid)):
        with suppress(FileNotFoundError, ProcessLookupError):
            ticks += sum(map(int, _status(each)[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


async def postmaster_of(server: Server) -> int:
    """The first process of the database server."""
    connection = await asyncpg.connect(server.address("postgres"))
    backend = await connection.fetchval("SELECT pg_backend_pid()")
    parent = _status(backend)[1]
    await connection.close()
    return int(parent)


def _status(pid: int) -> list[str]:
    """State, parent and all that follows the name of a process."""
    return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()


def _children(pid: int) -> Iterator[int]:
    with suppress(FileNotFoundError, ProcessLookupError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            yield from map(int, (task / "children").read_text(encoding="ascii").split())


@asynccontextmanager
async def worker(settings: Settings) -> AsyncGenerator[Peaks]:
    """`townbridge worker` on the database of the test, as an administrator starts it."""
    given = {PREFIX + name.upper(): str(getattr(settings, name)) for name in Settings.__struct_fields__}
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    environment = {name: value for name, value in given.items() if value and value != "False"}
    process = subprocess.Popen(  # noqa: ASYNC220 -- it starts at once
        [sys.executable, "-m", "core.cli", "worker"],
        env=kept | environment | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    peaks = Peaks(process.pid)
    watching = asyncio.create_task(peaks.watch())
    try:
        yield peaks
    finally:
        watching.cancel()
        process.send_signal(signal.SIGTERM)
        await asyncio.to_thread(process.wait, 30)
