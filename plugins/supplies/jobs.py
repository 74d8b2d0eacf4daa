"""Work in the background: days that are over are counted, old links to people are put away."""

from __future__ import annotations

from collections.abc import Mapping

from core.sdk import Handover, Job, TenantCtx
from plugins.supplies.services.asking import draft_what_is_due
from plugins.supplies.services.books import keep_up
from plugins.supplies.services.callbacks import find_people, forget_notices
from plugins.supplies.services.parcels import (
    pack_decision,
    pack_dispatch,
    pack_receipt,
    pack_request,
    take_decision,
    take_dispatch,
    take_receipt,
    take_request,
)
from plugins.supplies.services.recipients import retire, years_before
from plugins.supplies.services.requisitions import DECIDE, REQUEST
from plugins.supplies.services.shipments import ANSWER, SEND
from plugins.supplies.settings import Settings

__all__ = ["JOBS"]

HOUR = 60 * 60
DAY = 24 * HOUR
SUPPLIES = ("supplies",)

Payload = Mapping[str, str | int]

RETIRE = "supplies.link.retire"
FIND = "supplies.recall.find"


async def keep_book_up(ctx: TenantCtx, payload: Payload) -> None:
    await keep_up(ctx)


async def retire_links(ctx: TenantCtx, payload: Payload) -> None:
    settings = await ctx.settings(Settings)
    if await retire(ctx, settings.retire_years):
        await ctx.enqueue(RETIRE, {})


async def draft_requisitions(ctx: TenantCtx, payload: Payload) -> None:
    await draft_what_is_due(ctx)


async def find_recalled(ctx: TenantCtx, payload: Payload) -> None:
    """A recall is worked off while links are shown; then its list goes as they do."""
    since = years_before(ctx.today, (await ctx.settings(Settings)).retire_years)
    await find_people(ctx, since)
    await forget_notices(ctx, since)


JOBS = (
    Job(name="supplies.book.keep-up", run=keep_book_up, compartments=SUPPLIES, every=HOUR),
    Job(name=FIND, run=find_recalled, compartments=("supplies", "archive"), every=HOUR),
    Job(name=RETIRE, run=retire_links, compartments=("supplies", "archive"), every=DAY, time_limit=45),
    Job(
        name="supplies.requisition.due",
        run=draft_requisitions,
        compartments=SUPPLIES,
        every=DAY,
        time_limit=45,
    ),
    Handover(name=REQUEST, run=pack_request, take=take_request, compartments=SUPPLIES),
    Handover(name=DECIDE, run=pack_decision, take=take_decision, compartments=SUPPLIES),
    Handover(name=SEND, run=pack_dispatch, take=take_dispatch, compartments=SUPPLIES),
    Handover(name=ANSWER, run=pack_receipt, take=take_receipt, compartments=SUPPLIES),
)
