"""The virtual environments of the peers: made on first use from `peers/<name>.txt`, kept in `.venv/peers`."""

from __future__ import annotations

import asyncio
import sys
from functools import cache
from pathlib import Path

__all__ = ["NOT_THERE", "python_of"]

NOT_THERE = "peer not installed"

PEERS = Path(__file__).parent / "peers"
FOLDER = Path(__file__).parents[2] / ".venv" / "peers"


@cache
def _lock() -> asyncio.Lock:
    return asyncio.Lock()


async def python_of(peer: str) -> Path | None:
    """The interpreter of a peer; None, said aloud, where it cannot be installed here."""
    wanted = (PEERS / f"{peer}.txt").read_text()
    folder = FOLDER / peer
    stamp, python = folder / ".installed", folder / "bin" / "python"
    async with _lock():
        if stamp.is_file() and stamp.read_text() == wanted and python.exists():
            return python
        sys.stderr.write(f"{peer}: making its environment (once) ...\n")
        pip = [str(python), "-m", "pip", "--disable-pip-version-check", "-qq", "install", "--no-deps"]
        made = await _succeeds(sys.executable, "-m", "venv", "--clear", str(folder))
        if made and await _succeeds(*pip, "-r", str(PEERS / f"{peer}.txt")):
            stamp.write_text(wanted)
            return python
    sys.stderr.write(f"{peer}: {NOT_THERE.upper()}; its lines are left out of the table\n")
    return None


async def _succeeds(*command: str) -> bool:
    process = await asyncio.create_subprocess_exec(*command, stdout=sys.stderr, stderr=sys.stderr)
    return await process.wait() == 0
