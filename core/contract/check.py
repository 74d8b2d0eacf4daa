"""What a check is, and what it may work with."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from msgspec import Struct

from core.app import Platform
from core.host.registry import Registered
from core.kernel.db import Database
from core.kernel.scope import Scope
from core.testing import Server, Town

__all__ = ["Bench", "Examples", "Given", "Lived", "Stated", "each"]

Examples = Mapping[str, Any]
"""By the full name of a table: values of columns, or a sequence of them, which the rows take by their days.
By the name of a job or event: its payload, or an asynchronous function that gets a `TenantCtx`, prepares something,
and gives the payload."""


class Given(Struct, frozen=True, kw_only=True):
    """What is installed, as far as it is known without a database."""

    plugins: tuple[Registered, ...]
    refused: tuple[tuple[str, str], ...]


class Bench(Struct, frozen=True, kw_only=True):
    """A fresh town with every plug-in switched on."""

    platform: Platform
    server: Server
    town: Town
    examples: Examples
    held: Collection[str]
    """The names of the plug-ins that are tried; the others are only there."""

    @property
    def plugins(self) -> tuple[Registered, ...]:
        return tuple(entry for entry in self.platform.registry.plugins if entry.name in self.held)

    @asynccontextmanager
    async def superuser(self) -> AsyncIterator[Database]:
        """Past every wall, under the login `migrator`."""
        async with self.platform.database.transaction(Scope.nobody()) as tx:
            name = await tx.fetchval("SELECT current_database()")
        opened = await Database.connect({"migrator": self.server.address(name)})
        try:
            yield opened
        finally:
            await opened.close()


class Stated(Struct, frozen=True):
    """A check of what is declared and written down; `find` gives a sentence for each fault."""

    name: str
    find: Callable[[Given], Iterator[str]]


class Lived(Struct, frozen=True):
    """A check in a town of its own."""

    name: str
    find: Callable[[Bench], Awaitable[list[str]]]


def each(find: Callable[[Registered], Iterator[str]]) -> Callable[[Given], Iterator[str]]:
    """Ask every plug-in; its name stands before the sentence."""

    def ask(given: Given) -> Iterator[str]:
        for entry in given.plugins:
            yield from (f"{entry.name}: {fault}" for fault in find(entry))

    return ask
