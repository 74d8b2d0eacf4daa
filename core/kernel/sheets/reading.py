"""Reading an untrusted spreadsheet: a child process does it, and only the child can die of it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio import StreamReader
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager, suppress
from pathlib import Path
from typing import cast

import msgspec

from core.kernel.errors import BadInput
from core.kernel.sheets.cells import Cell, Row
from core.kernel.sheets.limits import Limits
from core.kernel.sheets.refusal import Reason
from core.kernel.sheets.sentences import refused
from core.kernel.sheets.wire import (
    HEADER_BYTES,
    MESSAGE_BYTES,
    Batch,
    Done,
    Message,
    Opened,
    Refused,
    size_of,
    unpacked,
)

__all__ = ["Cell", "Limits", "Row", "SheetFile", "open_sheets", "read_sheets"]

_ROOT = str(Path(__file__).resolve().parents[3])
_BOOT = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from core.kernel.sheets.child import main; main(sys.argv[2])"
)
_BUFFER_BYTES = 1 << 18
_DEFAULT = Limits()


class SheetFile:
    """A file being read; its rows can be read once, and only inside `open_sheets`."""

    def __init__(self, child: _Child, opened: Opened) -> None:
        self._child = child
        self.sheets = opened.sheets
        """Names of the visible sheets in order; one empty name for a CSV file."""
        self.hidden = opened.hidden
        """Names of hidden sheets, which are not read; tell the clerk."""
        self.encoding = opened.encoding
        """Of a CSV file: utf-8, utf-8-sig or gb18030; empty for a workbook."""

    async def rows(self) -> AsyncGenerator[Row]:
        """Every row that is not empty, in order; BadInput in the middle refuses the whole file."""
        while isinstance(message := await self._child.message(), Batch):
            for number, cells in message.rows:
                yield Row(message.sheet, number, cells)
        if not isinstance(message, Done):
            raise await self._child.death()


@asynccontextmanager
async def open_sheets(path: Path, *, limits: Limits = _DEFAULT) -> AsyncGenerator[SheetFile]:
    """An .xlsx or CSV file, recognised by its content; BadInput says in one sentence why it is refused."""
    child = await _Child.started(path, limits)
    try:
        opened = await child.message()
        if not isinstance(opened, Opened):
            raise await child.death()
        yield SheetFile(child, opened)
    finally:
        await asyncio.shield(child.end())


async def read_sheets(path: Path, *, limits: Limits = _DEFAULT) -> AsyncGenerator[Row]:
    """The rows of `open_sheets`; whoever may stop early wraps this in `contextlib.aclosing`."""
    async with open_sheets(path, limits=limits) as file, aclosing(file.rows()) as rows:
        async for row in rows:
            yield row


class _Child:
    """The process and the pipe; the parent never holds more than one message and a half-full buffer."""

    def __init__(self, process: Process, pipe: StreamReader, limits: Limits) -> None:
        self._process = process
        self._pipe = pipe
        self._left = limits.wait_seconds

    @classmethod
    async def started(cls, path: Path, limits: Limits) -> _Child:
        file = await asyncio.to_thread(path.open, "rb")
        with file:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-I", "-c", _BOOT, _ROOT, msgspec.json.encode(limits).decode(),
                stdin=file, stdout=PIPE, stderr=DEVNULL, env=_environment(), cwd="/", limit=_BUFFER_BYTES,
                start_new_session=True,
            )  # fmt: skip
        return cls(process, cast("StreamReader", process.stdout), limits)

    async def message(self) -> Message:
        """The next message; BadInput when the child refuses the file, dies, or takes too long."""
        started = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(max(self._left, 0)):
                message = await self._next()
        except TimeoutError as error:
            raise refused(Reason.TIME, {}) from error
        except (EOFError, msgspec.MsgspecError) as error:
            raise await self.death() from error
        finally:
            self._left -= asyncio.get_running_loop().time() - started
        if isinstance(message, Refused):
            raise refused(message.reason, message.params)
        return message

    async def _next(self) -> Message:
        size = size_of(await self._pipe.readexactly(HEADER_BYTES))
        if size > MESSAGE_BYTES:
            raise EOFError
        return unpacked(await self._pipe.readexactly(size))

    async def death(self) -> BadInput:
        """What the end of a child that did not finish suggests."""
        with suppress(TimeoutError):
            async with asyncio.timeout(1):
                await self._process.wait()
        return refused(_cause(self._process.returncode), {})

    async def end(self) -> None:
        """Kill what still runs and collect it, so that no process and no pipe is left behind."""
        with suppress(ProcessLookupError):
            if self._process.returncode is None:
                self._process.kill()
        # A paused pipe reports its end only to somebody who reads.
        while await self._pipe.read(_BUFFER_BYTES):
            pass
        await self._process.wait()


def _cause(status: int | None) -> Reason:
    if status == -signal.SIGXCPU:
        return Reason.TIME
    # Rust aborts when an allocation fails; SIGKILL is the system short of memory.
    return Reason.MEMORY if status in {-signal.SIGABRT, -signal.SIGKILL} else Reason.CRASH


def _environment() -> dict[str, str]:
    """No secrets of the parent; only what a Python built with a shared library needs to start."""
    name = "LD_LIBRARY_PATH"
    return {name: os.environ[name]} if name in os.environ else {}
