"""Work in the background: days that are over are counted, old links to people are put away."""

from __future__ import annotations

from collections.abc import Mapping

from core.sdk import Job, TenantCtx
from plugins.supplies.services.books import keep_up
from plugins.supplies.services.recipients import retire
from plugins.supplies.settings import Settings

__all__ = ["JOBS"]

HOUR = 60 * 60
DAY = 24 * HOUR
SUPPLIES = ("supplies",)

Payload = Mapping[str, str | int]

RETIRE = "supplies.link.retire"


async def keep_book_up(ctx: TenantCtx, payload: Payload) -> None:
    await keep_up(ctx)


async def retire_links(ctx: TenantCtx, payload: Payload) -> None:
    settings = await ctx.settings(Settings)
    if await retire(ctx, settings.retire_years):
        await ctx.enqueue(RETIRE, {})


JOBS = (
    Job(name="supplies.book.keep-up", run=keep_book_up, compartments=SUPPLIES, every=HOUR),
    Job(name=RETIRE, run=retire_links, compartments=("supplies", "archive"), every=DAY, time_limit=45),
)
