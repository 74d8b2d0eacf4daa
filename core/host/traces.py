"""Of whom another service module keeps anything, in whatever compartment: ids alone, never which module, or what.

For jobs that take something back and must not leave a module with rows of somebody who is gone. No page can ask:
a clerk would learn who has a check or a case.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING
from uuid import UUID

from core.host.neighbours import aside
from core.kernel.errors import Unavailable
from core.kernel.scope import COMPARTMENTS, Scope
from core.sdk.ctx import FindTraces, TenantPlace

if TYPE_CHECKING:
    from core.host.serving import Server

__all__ = ["tracer"]


def tracer(server: Server, place: TenantPlace, plugin: str) -> FindTraces:
    """What `ctx.kept_elsewhere` asks with; `plugin` knows its own tables."""

    async def find(people: Collection[UUID]) -> set[UUID]:
        return await aside(_traced(server, place.id, plugin, list(people))) if people else set()

    return find


async def _traced(server: Server, tenant: UUID, plugin: str, people: list[UUID]) -> set[UUID]:
    """In a transaction of its own, since that of the job opens the compartments of its plug-in alone."""
    if server.registry.refused:
        # A module is installed and cannot be used: what it keeps cannot be known, so the job waits.
        raise Unavailable
    found: set[UUID] = set()
    scope = Scope.of_tenant(tenant, sorted(COMPARTMENTS))
    async with server.database.transaction(scope, is_read_only=True):
        for entry in server.registry.plugins:
            for use in entry.tables:
                if entry.name == plugin or not use.person_column:
                    continue
                link = getattr(use.table, use.person_column)
                rows = await use.table.select(link).where(link.is_in(people))
                found |= {row[use.person_column] for row in rows}
    return found
