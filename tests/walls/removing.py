"""Take one of the two walls away, so that the other one stands alone.

The code's wall is every condition on a tenant or a town in the text of a statement, and the gate's conditions on
the account and the address. `without_filters` lets each of them be true, by a change of the text between the
product and the server: no statement and no list of statements is kept here. The database's wall is row-level
security; `without_policies` switches it off on every table that has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import asyncpg
import pytest

from core.kernel import pool

__all__ = ["Unfiltered", "opened", "without_filters", "without_policies"]

_COLUMN = r'(?:"?\w+"?\.)*"?(?:tenant_id|region_id)"?'
_PLACE = re.compile(rf"(?<![\w.\"])({_COLUMN})\s*=\s*(\$\d+|ANY\s?\(\$\d+(?:::uuid\[\])?\))")
_GATE = re.compile(r"(?<![\w.])((?:\w+\.)?(?:tenant_slug|account_id))\s*=\s*(\$\d+)")
_OWN = re.compile(r"(?<![\w.])((?:t\.)?id)\s*=\s*(\$\d+)")
_TRUE = r"(TRUE OR \1 = \2)"


@lru_cache(maxsize=4096)
def opened(sql: str) -> str:
    """The statement without its conditions on a place; what it writes, and what it joins, stays as it is."""
    text = _PLACE.sub(_TRUE, sql)
    if "FROM identity.membership" in text:
        text = _GATE.sub(_TRUE, text)
    if "FROM tenancy.tenant" in text:
        text = _OWN.sub(_TRUE, text)
    return text


class Unfiltered(pool.Connection):
    """A connection on the way of which every condition on a place is let be true."""

    async def fetch(self, query: str, *arguments: Any, **options: Any) -> Any:
        return await super().fetch(opened(query), *arguments, **options)

    async def fetchrow(self, query: str, *arguments: Any, **options: Any) -> Any:
        return await super().fetchrow(opened(query), *arguments, **options)

    async def fetchval(self, query: str, *arguments: Any, **options: Any) -> Any:
        return await super().fetchval(opened(query), *arguments, **options)

    async def execute(self, query: str, *arguments: Any, **options: Any) -> Any:
        return await super().execute(opened(query), *arguments, **options)


@contextmanager
def without_filters() -> Iterator[None]:
    """For connections that are opened inside the block."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pool, "Connection", Unfiltered)
        yield


WALLED = "SELECT oid::regclass::text FROM pg_class WHERE relrowsecurity ORDER BY 1"


async def without_policies(superuser: str) -> int:
    """How many tables stand open now."""
    connection = await asyncpg.connect(superuser)
    try:
        names = [row[0] for row in await connection.fetch(WALLED)]
        for name in names:
            await connection.execute(f"ALTER TABLE {name} NO FORCE ROW LEVEL SECURITY")
            await connection.execute(f"ALTER TABLE {name} DISABLE ROW LEVEL SECURITY")
        return len(names)
    finally:
        await connection.close()
