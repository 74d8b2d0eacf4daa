"""The database: one engine, one transaction helper, no query outside it.

Piccolo's own transaction leaks a pool connection when COMMIT fails or is cancelled, and treats a nested
transaction as none; this one releases in every case, refuses to nest, and opens with the scope's settings in
the same message as BEGIN.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from typing import Any, Literal, TypeVar

import asyncpg
from piccolo.engine.postgres import PostgresEngine
from piccolo.querystring import QueryString

from core.kernel.errors import Conflict, NoScope, TownbridgeError, Unavailable
from core.kernel.i18n import gettext_noop as _
from core.kernel.log import get_logger
from core.kernel.pool import Connection, Pool
from core.kernel.scope import Scope, pseudonym_statement

__all__ = ["DB", "Database", "Login", "Transaction", "current", "translated_errors"]

Login = Literal["app", "figures", "dispatch", "migrator"]
Row = Mapping[str, Any]
Flush = Callable[["Transaction", list[Any]], Awaitable[None]]
Result = TypeVar("Result")

ACQUIRE_SECONDS = 2.0
# The server ends a statement sooner (roles.py): who has heard nothing for so long talks to nobody. The migrator waits.
PATIENCE: Mapping[Login, float] = {"app": 12.0, "dispatch": 12.0, "figures": 310.0}
# asyncpg meets a connection that the server has just ended with an InternalClientError of its own.
LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.OperatorInterventionError,
    OSError,
)
BUSY = (
    asyncpg.QueryCanceledError,
    asyncpg.LockNotAvailableError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InsufficientResourcesError,
)

log = get_logger(__name__)
_current: contextvars.ContextVar[Transaction | None] = contextvars.ContextVar("transaction", default=None)


def current() -> Transaction:
    """The open transaction of this task; raises `NoScope` outside one."""
    transaction = _current.get()
    if transaction is None:
        raise NoScope("A query was made outside a transaction.")
    return transaction


class ScopedEngine(PostgresEngine):
    """Piccolo's engine without a connection of its own: every query runs in the transaction of its task."""

    def __init__(self) -> None:
        super().__init__(config={"database": "townbridge"})
        self.current_transaction = _current  # pyright: ignore[reportAttributeAccessIssue]

    async def check_version(self) -> None:
        """Nothing at import time: `doctor` checks the server's version."""

    async def prep_database(self) -> None:
        """No extensions."""

    async def run_querystring(self, querystring: QueryString, in_pool: bool = True) -> list[Any]:
        sql, arguments = querystring.compile_string(engine_type=self.engine_type)
        return await current().connection.fetch(sql, *arguments)

    async def run_ddl(self, ddl: str, in_pool: bool = True) -> list[Any]:
        return await current().connection.fetch(ddl)

    def transaction(self, allow_nested: bool = True) -> Any:
        """For Piccolo's migration manager alone, which runs inside the migrator's own transaction."""
        return _Joined()


class _Joined:
    async def __aenter__(self) -> Transaction:
        return current()

    async def __aexit__(self, *_: object) -> None:
        return None


DB = ScopedEngine()


# Of a table that has just grown by thousands the server's estimates are old. Where it expects one row for thousands
# it compares each with each other: in nested loops, or in a merge that is ordered by the tenant alone.
_BY_HASH_ALONE = "SET LOCAL enable_nestloop = off; SET LOCAL enable_mergejoin = off"


class Transaction:
    """An open transaction in one scope; commits when its block ends without an error."""

    def __init__(self, connection: asyncpg.Connection, scope: Scope) -> None:
        self.connection = connection
        self.scope = scope
        self._deferred: dict[Flush, list[Any]] = {}
        self._after: list[Callable[[], Awaitable[None]]] = []
        self._savepoints = 0

    async def fetch(self, sql: str, *arguments: object) -> list[Row]:
        return await self.connection.fetch(sql, *arguments)

    async def fetchrow(self, sql: str, *arguments: object) -> Row | None:
        return await self.connection.fetchrow(sql, *arguments)

    async def fetchval(self, sql: str, *arguments: object) -> Any:
        return await self.connection.fetchval(sql, *arguments)

    async def execute(self, sql: str, *arguments: object) -> int:
        """The number of rows that the statement touched."""
        status = await self.connection.execute(sql, *arguments)
        last = status.rsplit(" ", 1)[-1]
        return int(last) if last.isdigit() else 0

    async def plan_afresh(self) -> None:
        """For many rows at once: plans kept from when the tables were empty, those of key checks too, get slow."""
        await self.connection.execute(f"SET LOCAL plan_cache_mode = force_custom_plan; {_BY_HASH_ALONE}")

    @asynccontextmanager
    async def joining_by_hash(self) -> AsyncGenerator[None]:
        """The block joins tables by hash, whatever the server expects to find in them."""
        await self.connection.execute(_BY_HASH_ALONE)
        yield
        await self.connection.execute("SET LOCAL enable_nestloop = on; SET LOCAL enable_mergejoin = on")

    def defer(self, flush: Flush, item: object) -> None:
        """Call `flush(transaction, items)` once before COMMIT with all its items, in order of first use."""
        self._deferred.setdefault(flush, []).append(item)

    def after_commit(self, callback: Callable[[], Awaitable[None]]) -> None:
        """Best effort, once the commit is certain: a doorbell, never a record."""
        self._after.append(callback)

    @asynccontextmanager
    async def savepoint(self) -> AsyncGenerator[None]:
        """Undo the block alone when it raises, what it deferred included; the scope stays as it is."""
        self._savepoints += 1
        name = f"point_{self._savepoints}"
        await self.connection.execute(f"SAVEPOINT {name}")
        deferred = {flush: list(items) for flush, items in self._deferred.items()}
        after = list(self._after)
        try:
            yield
        except BaseException:
            self._deferred, self._after = deferred, after
            # What comes after is no longer inside it.
            await self.connection.execute(f"ROLLBACK TO SAVEPOINT {name}; RELEASE SAVEPOINT {name}")
            raise
        await self.connection.execute(f"RELEASE SAVEPOINT {name}")

    @asynccontextmanager
    async def door_of(self, pseudonym: str) -> AsyncGenerator[None]:
        """Open the door "registered elsewhere" for this one pseudonym, for the block alone."""
        await self.connection.execute(pseudonym_statement(pseudonym))
        try:
            yield
        finally:
            # In a failed transaction nothing can be said any more, and nothing can be seen either.
            with contextlib.suppress(asyncpg.InFailedSQLTransactionError):
                await self.connection.execute(pseudonym_statement(""))

    async def flush(self) -> None:
        # A flush may defer to another one; those marked `last` hold the audit chain's lock, so they wait.
        while self._deferred:
            flush = min(self._deferred, key=lambda f: getattr(f, "last", False))
            await flush(self, self._deferred.pop(flush))

    async def ring(self) -> None:
        for callback in self._after:
            try:
                await callback()
            except Exception as error:
                log.warning("after_commit_failed", error=type(error).__name__)


class Database:
    """The pools of this process, one for each login that it holds."""

    def __init__(self, pools: Mapping[Login, Pool]) -> None:
        self._pools = pools

    @classmethod
    async def connect(cls, addresses: Mapping[Login, str], pool_size: int = 10) -> Database:
        """A pool for each login's address; the first transaction opens the first connection."""
        return cls(
            {login: Pool(address, pool_size, PATIENCE.get(login)) for login, address in addresses.items()}
        )

    async def close(self) -> None:
        for pool in self._pools.values():
            await pool.close()

    def in_use(self) -> int:
        """Connections that are checked out; 0 when nobody works."""
        return sum(pool.in_use for pool in self._pools.values())

    @asynccontextmanager
    async def transaction(
        self,
        scope: Scope,
        *,
        login: Login = "app",
        timeout: float = ACQUIRE_SECONDS,
        is_read_only: bool = False,
    ) -> AsyncGenerator[Transaction]:
        """The one way to the data. Commits before the block's successor runs; refuses to nest.

        One that is read-only costs fewer messages, and the server refuses its writes.
        Raises `Unavailable` when no connection is free within `timeout` seconds, the server is lost or a lock
        is not to be had; `Conflict` when a unique key is violated.
        """
        if _current.get() is not None:
            raise NoScope("A transaction was opened inside another one.")
        pool = self._pools[login]
        with translated_errors():
            connection = await _begun(pool, scope, timeout, is_read_only)
            transaction = Transaction(connection, scope)
            token = _current.set(transaction)
            try:
                yield transaction
                await transaction.flush()
                if not is_read_only:
                    await _uninterrupted(connection.execute("COMMIT"))
            except BaseException:
                await _uninterrupted(_rolled_back(pool, connection))
                raise
            finally:
                _current.reset(token)
                pool.release(connection)
        await transaction.ring()


async def _begun(pool: Pool, scope: Scope, timeout: float, is_read_only: bool) -> Connection:
    """A connection in an open transaction. A dead one from the pool is replaced once: nothing was done on it."""
    for is_last in (False, True):
        connection = await pool.acquire(timeout)
        try:
            await connection.begin(scope, is_read_only)
        except BaseException as error:
            if isinstance(error, asyncio.CancelledError):
                connection.terminate()
            else:
                pool.give_up(connection)
            pool.release(connection)
            if is_last or not isinstance(error, LOST):
                raise
        else:
            return connection
    raise _no_answer()


async def _rolled_back(pool: Pool, connection: Connection) -> None:
    try:
        await connection.roll_back()
    except Exception:
        pool.give_up(connection)


async def _uninterrupted(work: Coroutine[Any, Any, Result]) -> Result:
    """Finish `work` even when the task is cancelled, then let the cancellation through."""
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        task.exception()
        raise cancelled
    return task.result()


class translated_errors:  # noqa: N801 -- reads as a statement: with translated_errors()
    """Driver errors leave as errors of ours; the server's DETAIL, which may hold data, goes no further."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is None or isinstance(error, TownbridgeError):
            return
        if isinstance(error, asyncpg.UniqueViolationError):
            raise Conflict(_("This exists already."), _("Open the existing one.")) from error
        if isinstance(error, asyncpg.DiskFullError):
            raise Unavailable(
                _("The disk is full: nothing was saved."), _("Tell the administrator; reading goes on.")
            ) from error
        if isinstance(error, (TimeoutError, *BUSY)):
            raise Unavailable from error
        if isinstance(error, LOST):
            raise _no_answer() from error


def _no_answer() -> Unavailable:
    return Unavailable(_("The database does not answer."), _("Nothing was lost. Try again in a few seconds."))
