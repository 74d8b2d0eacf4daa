"""Runs a handover: the parcel is made in one tenant's transaction and taken in another's, never stored."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct

from core.host.background import tenant_background
from core.host.neighbours import aside, locate
from core.kernel.jobs import SwitchedOff, Work
from core.kernel.scope import Scope
from core.sdk.handover import Handover, Neighbour

if TYPE_CHECKING:
    from core.host.serving import Server

__all__ = ["hand_over"]


async def hand_over(server: Server, owner: str, job: Handover, work: Work) -> None:
    """One delivery. The receiver commits first; a crash between the two delivers again."""
    async with tenant_background(server, work.tx, work.tenant_id, owner) as ctx:
        if owner not in ctx.enabled:
            raise SwitchedOff
        parcel = await server.isolated(owner, job.time_limit, job.run(ctx, dict(work.payload)))
        if parcel is None:
            return
        found = await aside(locate(server.database, ctx.tenant, owner, str(work.payload["to"])))
        if found is None:
            raise SwitchedOff
        sender = Neighbour(code=ctx.tenant.code, name_zh=ctx.tenant.name_zh, name_en=ctx.tenant.name_en)
    await aside(_take(server, owner, job, found[0], parcel, sender))


async def _take(
    server: Server, owner: str, job: Handover, receiver: UUID, parcel: Struct, sender: Neighbour
) -> None:
    async with (
        server.database.transaction(Scope.of_tenant(receiver, job.compartments)) as tx,
        tenant_background(server, tx, receiver, owner) as ctx,
    ):
        await server.isolated(owner, job.time_limit, job.take(ctx, parcel, sender))
