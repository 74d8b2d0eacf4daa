"""Work in the background: rosters piece by piece, offers to move between units, tidying up."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from core.sdk import Handover, Job, TenantCtx
from plugins.registration.imports.apply import apply_piece
from plugins.registration.imports.headers import read_headers
from plugins.registration.imports.plan import plan_piece
from plugins.registration.imports.traces import forget_traces
from plugins.registration.imports.undo import undo_piece
from plugins.registration.imports.uploads import APPLY, PLAN, READ_FILE, UNDO, forget_imports
from plugins.registration.services.deliveries import pack_answer, pack_offer, take_answer, take_offer
from plugins.registration.services.offers import ANSWER, OFFER, expire_offers
from plugins.registration.settings import Settings

__all__ = ["JOBS"]

REGISTRY = ("registry",)
DAY = 24 * 60 * 60

Payload = Mapping[str, str | int]


async def read_roster(ctx: TenantCtx, payload: Payload) -> None:
    await read_headers(ctx, UUID(str(payload["import"])))


async def plan_roster(ctx: TenantCtx, payload: Payload) -> None:
    await plan_piece(ctx, UUID(str(payload["import"])))


async def apply_roster(ctx: TenantCtx, payload: Payload) -> None:
    await apply_piece(ctx, UUID(str(payload["import"])))


async def undo_roster(ctx: TenantCtx, payload: Payload) -> None:
    await undo_piece(ctx, UUID(str(payload["import"])))


async def tidy_up(ctx: TenantCtx, payload: Payload) -> None:
    settings = await ctx.settings(Settings)
    await expire_offers(ctx, settings.offer_days)
    await forget_imports(ctx, settings.import_days)
    await forget_traces(settings.undo_hours, settings.import_days)


JOBS = (
    Job(name=READ_FILE, run=read_roster, compartments=REGISTRY, time_limit=45),
    Job(name=PLAN, run=plan_roster, compartments=REGISTRY, time_limit=45),
    Job(name=APPLY, run=apply_roster, compartments=REGISTRY, time_limit=45),
    Job(name=UNDO, run=undo_roster, compartments=REGISTRY, time_limit=45),
    Job(name="registration.register.tidy", run=tidy_up, compartments=REGISTRY, every=DAY, time_limit=45),
    Handover(name=OFFER, run=pack_offer, take=take_offer, compartments=REGISTRY),
    Handover(name=ANSWER, run=pack_answer, take=take_answer, compartments=REGISTRY),
)
