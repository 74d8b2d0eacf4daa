"""Contexts for work that no request asked for: jobs, listeners, loading."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from uuid import UUID

from core.host.gate import tenant_at
from core.host.neighbours import finder
from core.host.traces import tracer
from core.kernel.db import Transaction
from core.people.desk import PeopleDesk
from core.sdk.ctx import Actor, TenantCtx, TownCtx, TownPlace
from core.tenancy.regions import region_of

if TYPE_CHECKING:
    from core.host.serving import Server

__all__ = ["tenant_background", "town_background"]


@asynccontextmanager
async def tenant_background(
    server: Server,
    transaction: Transaction,
    tenant_id: UUID,
    plugin: str,
    *,
    actor: Actor | None = None,
    roles: tuple[str, ...] = (),
) -> AsyncIterator[TenantCtx]:
    """A context in the open transaction; it shows no page, so it has neither navigation nor permissions.

    `actor` and `roles`: on behalf of somebody, who reads it in her language and sees no more than she may.
    """
    place, enabled = await tenant_at(transaction, tenant_id)
    yield TenantCtx(
        tenant=place,
        enabled=enabled,
        services=server.registry.titles(enabled),
        roles=roles,
        keyring=server.keyring,
        people=PeopleDesk(transaction, server.keyring, roles),
        catalogue=server.catalogue,
        filled={},
        find_neighbour=finder(server.database, place, plugin),
        find_traces=None if roles else tracer(server, place, plugin),
        actor=actor or Actor(id=transaction.scope.actor),
        transaction=transaction,
        templates=server.templates,
        permissions=frozenset(),
        base=f"/t/{place.slug}/{plugin}",
        plugin=plugin,
        frame={},
    )


@asynccontextmanager
async def town_background(server: Server, transaction: Transaction, plugin: str) -> AsyncIterator[TownCtx]:
    """The same for the town of the open transaction."""
    town = await region_of(transaction)
    yield TownCtx(
        town=TownPlace(**{name: getattr(town, name) for name in TownPlace.__struct_fields__}),
        roles=(),
        keyring=server.keyring,
        catalogue=server.catalogue,
        filled={},
        actor=Actor(id=transaction.scope.actor),
        transaction=transaction,
        templates=server.templates,
        permissions=frozenset(),
        base=f"/town/{town.code}/{plugin}",
        plugin=plugin,
        frame={},
    )
