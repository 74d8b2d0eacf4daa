"""One chain of records, of a unit or of a town, filtered: who, what about, when. Contents are not in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from msgspec import Struct

from core.kernel.audit import AuditLine, line_of
from core.kernel.db import Transaction
from core.kernel.sound import sound_of

__all__ = ["PAGE", "Wanted", "names_of", "people_of", "read_trail", "things_of"]

PAGE = 50

_LINES = """
SELECT seq, at, actor, action, kind, object_id, reason, detail, before_digest, after_digest, hash
FROM kernel.audit
WHERE tenant_id = $1 AND seq < $2 AND ($3::uuid IS NULL OR actor = $3) AND ($4::text = '' OR kind = $4)
    AND ($5::date IS NULL OR at >= ($5::date)::timestamp AT TIME ZONE $9)
    AND ($6::date IS NULL OR at < ($6::date + 1)::timestamp AT TIME ZONE $9)
    AND ($7::text[] IS NULL OR split_part(action, '.', 1) = ANY($7))
ORDER BY seq DESC LIMIT $8
"""

_NAMES = "SELECT id, login, name FROM identity.account WHERE id = ANY($1::uuid[])"

_PEOPLE = """
SELECT DISTINCT a.login, a.name FROM kernel.audit l JOIN identity.account a ON a.id = l.actor
WHERE l.tenant_id = $1 AND ($2::text[] IS NULL OR split_part(l.action, '.', 1) = ANY($2)) ORDER BY a.login
"""

_THINGS = """
SELECT DISTINCT kind FROM kernel.audit
WHERE tenant_id = $1 AND ($2::text[] IS NULL OR split_part(action, '.', 1) = ANY($2)) ORDER BY kind
"""


class Wanted(Struct, frozen=True, kw_only=True):
    """The filter; None and '' = all. Days are those of the town, both included."""

    actor: UUID | None = None
    kind: str = ""
    since: date | None = None
    until: date | None = None
    before: int | None = None
    """Only lines older than this number."""
    areas: Sequence[str] | None = None
    """Only acts of these areas; None = all, for the town's own chain."""


async def read_trail(
    tx: Transaction, wanted: Wanted, time_zone: str, limit: int = PAGE
) -> tuple[list[AuditLine], int | None]:
    """The newest lines first, and the number to go on before, None at the end."""
    rows = await tx.fetch(
        _LINES,
        tx.scope.tenant,
        wanted.before or 1 << 62,
        wanted.actor,
        wanted.kind,
        wanted.since,
        wanted.until,
        wanted.areas,
        limit + 1,
        time_zone,
    )
    lines = [line_of(tx.scope.tenant, row) for row in rows[:limit]]
    return lines, lines[-1].seq if len(rows) > limit else None


async def names_of(tx: Transaction, accounts: set[UUID]) -> dict[UUID, str]:
    """The names of accounts, else their user names."""
    rows = await tx.fetch(_NAMES, list(accounts))
    return {row["id"]: row["name"] or row["login"] for row in rows}


async def people_of(tx: Transaction, areas: Sequence[str] | None = None) -> list[tuple[str, str]]:
    """(user name, name) of everybody with a line of these areas in the chain."""
    rows = await tx.fetch(_PEOPLE, tx.scope.tenant, areas)
    people = [(row["login"], row["name"] or row["login"]) for row in rows]
    return sorted(people, key=lambda one: sound_of(one[1]))


async def things_of(tx: Transaction, areas: Sequence[str] | None = None) -> list[str]:
    """The kinds of things with a line of these areas in the chain."""
    return [row["kind"] for row in await tx.fetch(_THINGS, tx.scope.tenant, areas)]
