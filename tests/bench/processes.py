"""Processes of the bench: started, waited for, weighed, ended."""

from __future__ import annotations

import asyncio
import os
import re
import socket
import subprocess
import sys
import urllib.request
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path

__all__ = ["answered", "free_port", "running", "weight"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def running(
    *arguments: str, python: Path | str = sys.executable, **environment: str
) -> AsyncIterator[subprocess.Popen[bytes]]:
    """A Python process that runs a module, for as long as the block."""
    process = subprocess.Popen(  # noqa: ASYNC220 -- nothing else runs while it starts
        [str(python), "-m", *arguments], env={**os.environ, "TOWNBRIDGE_LOG_LEVEL": "error", **environment}
    )
    try:
        yield process
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            await asyncio.to_thread(process.wait, 15)
        process.kill()
        process.wait()


async def answered(address: str, headers: Mapping[str, str] = {}, seconds: float = 120.0) -> None:
    """When the address answers with 200."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not await asyncio.to_thread(_is_there, address, headers):
        if asyncio.get_running_loop().time() > deadline:
            raise TimeoutError(address)
        await asyncio.sleep(0.005)


def _is_there(address: str, headers: Mapping[str, str]) -> bool:
    try:
        request = urllib.request.Request(address, headers=dict(headers))  # noqa: S310 -- our own address
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
            return answer.status == 200
    except OSError:
        return False


def weight(process: int) -> float:
    """Megabytes of memory that are its own or shared, as the system counts them."""
    status = Path(f"/proc/{process}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else float("nan")
