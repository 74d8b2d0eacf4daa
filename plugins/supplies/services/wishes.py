"""Whether a person wants to be told when something that she received is recalled: asked, and taken back as easily."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from core.sdk import Prepared, TenantCtx
from plugins.supplies.services.desk import who
from plugins.supplies.services.recipients import lock_client
from plugins.supplies.tables import Client

__all__ = ["keep_wish", "told_since"]

_wish = Prepared(lambda person: Client.select(Client.recall_agreed_on).where(Client.person_id == person))


async def told_since(person: UUID) -> date | None:
    row = await _wish.first(person)
    return row["recall_agreed_on"] if row else None


async def keep_wish(ctx: TenantCtx, person: UUID, *, wants: bool) -> None:
    """Raises what `who` raises."""
    await who(ctx, person)
    if wants == (await told_since(person) is not None):
        return
    await lock_client(person)
    await Client.update({Client.recall_agreed_on: ctx.today if wants else None}).where(
        Client.person_id == person
    )
    verb = "agree" if wants else "withdraw"
    # Outside the compartment nothing may tell that she is served: the record says that it happened, not to whom.
    ctx.audit(f"supplies.recall.{verb}", "person", None)
