"""The line between a process and PostgreSQL, which can be slow, cut, or dead without a word."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Literal
from urllib.parse import parse_qs, urlsplit, urlunsplit

from tests.faults.ledger import CANARY

__all__ = ["Cut", "Proxy", "socket_of"]

Cut = Literal["before", "after"]
"""On which side of the server a COMMIT is lost: on its way there, or its answer on the way back."""

COMMIT = b"Q\x00\x00\x00\x0bCOMMIT\x00"
NAME = CANARY.encode()


def socket_of(address: str) -> str:
    """The socket that an address of the embedded server names."""
    where = parse_qs(urlsplit(address).query)
    return f"{where['host'][0]}/.s.PGSQL.{where['port'][0]}"


class Proxy:
    """A TCP port in front of the server's socket."""

    def __init__(self, socket: str) -> None:
        self._socket = socket
        self._server: asyncio.Server | None = None
        self._lines: set[Line] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = 0
        self.delay = 0.0
        """Seconds that every message takes more, in each direction half."""
        self.cut: Cut | None = None
        """The next COMMIT of somebody of the ledger is lost on this side; once."""
        self.is_silent = False
        self._is_refusing = False

    async def __aenter__(self) -> Proxy:
        self._server = await asyncio.start_server(self._begin, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        self.reset()
        await asyncio.gather(*self._tasks)

    def through(self, address: str) -> str:
        """The same database and login, reached by this port."""
        parts = urlsplit(address)
        netloc = f"{parts.username}@127.0.0.1:{self.port}"
        return urlunsplit(parts._replace(netloc=netloc, query="sslmode=disable"))

    def reset(self) -> None:
        """Every line is cut now."""
        for line in list(self._lines):
            line.reset()

    @contextmanager
    def half_open(self) -> Iterator[None]:
        """What is sent vanishes, and nobody is told; the lines of this time stay dead after it."""
        self.is_silent = True
        for line in self._lines:
            line.is_dead = True
        try:
            yield
        finally:
            self.is_silent = False

    @contextmanager
    def closed(self) -> Iterator[None]:
        """Every line is cut, and no other one can be had."""
        self._is_refusing = True
        self.reset()
        try:
            yield
        finally:
            self._is_refusing = False

    def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._accept(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_refusing:
            writer.transport.abort()
            return
        inner, outer = await asyncio.open_unix_connection(self._socket)
        line = Line(self, writer, outer)
        self._lines.add(line)
        try:
            await asyncio.gather(line.carry(reader, line.to_server), line.carry(inner, line.to_client))
        finally:
            self._lines.discard(line)
            line.reset()


class Line:
    """One connection through the proxy."""

    def __init__(self, proxy: Proxy, client: asyncio.StreamWriter, server: asyncio.StreamWriter) -> None:
        self._proxy = proxy
        self._client = client
        self._server = server
        self._names_somebody = False
        self.is_dead = proxy.is_silent
        """What comes from either end goes nowhere."""

    def reset(self) -> None:
        for end in (self._client, self._server):
            end.transport.abort()

    async def carry(self, reader: asyncio.StreamReader, pass_on: Callable[[bytes], Awaitable[None]]) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                await asyncio.sleep(self._proxy.delay / 2)
                if not self.is_dead:
                    await pass_on(data)
        self.reset()

    async def to_server(self, data: bytes) -> None:
        self._names_somebody |= NAME in data
        if self._names_somebody and data == COMMIT:
            self._names_somebody = False
            if self._proxy.cut is not None:
                await self._lose_commit()
                return
        self._server.write(data)
        await self._server.drain()

    async def _lose_commit(self) -> None:
        side, self._proxy.cut = self._proxy.cut, None
        if side == "after":
            self._server.write(COMMIT)
            self.is_dead = True
            await asyncio.sleep(0.05)  # the server commits, and what it says goes nowhere
        self.reset()

    async def to_client(self, data: bytes) -> None:
        self._client.write(data)
        await self._client.drain()
