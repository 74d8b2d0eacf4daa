"""Two records of one person: who the other one may be, putting them together, undoing it."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from core.sdk import NotFound, TenantCtx
from core.sdk.values import names
from plugins.registration.services.listing import Line, Query, basics_of, list_people
from plugins.registration.services.moving import refuse_while_offered

__all__ = ["candidates", "merge", "undo"]


async def candidates(ctx: TenantCtx, person: UUID, text: str = "") -> list[Line]:
    """Whom the text finds; without one, whoever sounds like her."""
    shown = await basics_of(ctx, person)
    sound = names.search_keys(shown.name).pinyin
    found = await list_people(ctx, Query(text=text or sound or shown.name))
    return [line for line in found.lines if line.person.id != person]


async def merge(ctx: TenantCtx, kept: UUID, gone: UUID, reason: str, take_over: Collection[str]) -> UUID:
    """Have the two become one. Raises `NotFound`, and `Conflict` also while an offer to move waits."""
    if kept == gone:
        raise NotFound
    await refuse_while_offered(kept, gone)
    return await ctx.personal.merge(kept, gone, reason, take_over)


async def undo(ctx: TenantCtx, person: UUID, merge: UUID) -> None:
    """Take apart what was put together into the record of `person`. Raises `NotFound`, `Conflict`."""
    if merge not in [one.id for one in await ctx.personal.merges(person) if one.kept_id == person]:
        raise NotFound
    await ctx.personal.undo_merge(merge)
