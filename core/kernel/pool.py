"""Connections of one login: the last used first, never more than so many, never reset between two users.

A transaction that could only read is not ended by a message of its own: its COMMIT travels with the next BEGIN on
the connection, which is that of the same request's next step as a rule, and by itself a moment later otherwise.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

import asyncpg

from core.kernel.scope import Scope

__all__ = ["Connection", "Pool"]

NOBODY = Scope.nobody()
CONNECT_SECONDS = 5
LINGER = 0.01
"""Seconds after which a finished reading transaction that nobody has ended on the way is ended."""

# Outside a transaction of ours nothing can be written; ours say READ WRITE where they mean it.
SESSION = {"default_transaction_read_only": "on"}


class Connection(asyncpg.Connection):
    """Nothing session-level is ever set on it, so there is nothing to reset."""

    is_lingering = False
    """In a reading transaction that nobody has ended."""

    async def begin(self, scope: Scope, is_read_only: bool) -> None:
        """Begin in `scope`, in one message with the COMMIT that is due."""
        statements = ["COMMIT"] if self.is_lingering else []
        # What reads without a scope needs no transaction: every statement is one, in which all walls are up.
        is_bare = is_read_only and scope == NOBODY
        if not is_bare:
            statements.append(scope.statement(is_read_only))
        if statements:
            await self.execute(";".join(statements), timeout=CONNECT_SECONDS)
        self.is_lingering = is_read_only and not is_bare

    async def roll_back(self) -> None:
        self.is_lingering = False
        await self.execute("ROLLBACK", timeout=CONNECT_SECONDS)


class Pool:
    """At most `size` connections; they are opened when they are needed."""

    def __init__(self, address: str, size: int, patience: float | None = None) -> None:
        """`patience`: for how many seconds an answer is waited for."""
        self._address = address
        self._size = size
        self._patience = patience
        self._free = asyncio.Semaphore(size)
        self._idle: list[Connection] = []
        self._in_use = 0
        self._sweeper: asyncio.Task[None] | None = None

    @property
    def in_use(self) -> int:
        return self._in_use

    async def acquire(self, timeout: float) -> Connection:
        """Raises `TimeoutError` when none is free within `timeout` seconds."""
        if self._free.locked() or not self._idle:
            async with asyncio.timeout(timeout):
                return await self._acquired()
        return await self._acquired()

    async def _acquired(self) -> Connection:
        await self._free.acquire()
        try:
            connection = self._waiting() or await self._opened()
        except BaseException:
            self._free.release()
            raise
        self._in_use += 1
        return connection

    def _waiting(self) -> Connection | None:
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
        return None

    async def _opened(self) -> Connection:
        try:
            return await asyncpg.connect(
                self._address,
                connection_class=Connection,
                timeout=CONNECT_SECONDS,
                command_timeout=self._patience,
                server_settings=SESSION,
            )
        except asyncpg.ObjectNotInPrerequisiteStateError as error:
            # An administrator has closed the database for a while.
            raise ConnectionRefusedError from error

    def give_up(self, connection: Connection) -> None:
        """It failed its user. Nobody need meet the same with those that wait: they go as well."""
        for each in (connection, *self._idle):
            each.terminate()
        self._idle.clear()

    def release(self, connection: Connection) -> None:
        """Take a connection back; one that was terminated is forgotten."""
        if not connection.is_closed():
            self._idle.append(connection)
            if connection.is_lingering and self._sweeper is None:
                self._sweeper = asyncio.create_task(self._sweep())
        self._in_use -= 1
        self._free.release()

    async def _sweep(self) -> None:
        await asyncio.sleep(LINGER)
        async with self._free:
            while (connection := self._lingering()) is not None:
                self._idle.remove(connection)
                with suppress(Exception):
                    await connection.execute("COMMIT", timeout=CONNECT_SECONDS)
                    connection.is_lingering = False
                    self._idle.append(connection)
                if connection.is_lingering:
                    connection.terminate()
        self._sweeper = None

    def _lingering(self) -> Connection | None:
        return next((each for each in self._idle if each.is_lingering), None)

    async def close(self) -> None:
        """Wait for those who use a connection, then close them all."""
        if self._sweeper is not None:
            await asyncio.wait([self._sweeper])
        for _slot in range(self._size):
            await self._free.acquire()
        for connection in self._idle:
            with suppress(Exception):
                await connection.close(timeout=CONNECT_SECONDS)
        self._idle.clear()
