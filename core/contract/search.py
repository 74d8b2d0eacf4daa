"""Look for somebody in a whole database: every column of every table, as the superuser reads it."""

from __future__ import annotations

from collections.abc import Collection

from core.app import Platform
from core.kernel.db import Database
from core.kernel.scope import Scope
from core.testing import Server

__all__ = ["places_of"]

_TABLES = """
SELECT n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' ORDER BY 1
"""

# A row as text holds every column of it: arrays and JSON as they are written, bytes in hexadecimal.
_STANDS = """
SELECT word FROM unnest($1::text[], $2::text[]) AS looked_for (word, hexadecimal)
WHERE EXISTS (SELECT 1 FROM {table} AS r
              WHERE strpos(lower(r::text), lower(word)) > 0 OR strpos(r::text, hexadecimal) > 0)
"""


async def places_of(server: Server, platform: Platform, words: Collection[str]) -> dict[str, set[str]]:
    """The tables in which each of the words stands, in whatever type; those without one are left out."""
    async with platform.database.transaction(Scope.nobody()) as tx:
        name = await tx.fetchval("SELECT current_database()")
    superuser = await Database.connect({"migrator": server.address(name)})
    found: dict[str, set[str]] = {}
    try:
        async with superuser.transaction(Scope.nobody(), login="migrator") as tx:
            for table in await tx.fetch(_TABLES):
                asked = _STANDS.format(table=table["name"])
                for row in await tx.fetch(asked, list(words), [word.encode().hex() for word in words]):
                    found.setdefault(row["word"], set()).add(table["name"])
    finally:
        await superuser.close()
    return found
