"""What the register form begins with: the places and kinds that the clerk chose last, nothing about a person.

A village is typed, so it may say more than a village. It is kept once somebody else lives there: it is a place then.
"""

from __future__ import annotations

from collections.abc import Mapping

from core.sdk import TenantCtx
from plugins.registration.tables import Record

__all__ = ["forget", "keep", "last_chosen"]

FORM = "register"
KEPT = ("village", "dwelling", "purpose", "firm_id")


async def last_chosen(ctx: TenantCtx) -> dict[str, str]:
    kept = await ctx.last_used(FORM)
    return {name: kept[name] for name in KEPT if name in kept}


async def keep(ctx: TenantCtx, chosen: Mapping[str, str]) -> None:
    """Of what a form was sent with."""
    kept = {name: chosen.get(name, "").strip() for name in KEPT}
    if not await _is_place(kept["village"]):
        del kept["village"]
    await ctx.keep_last_used(FORM, kept)


async def forget(ctx: TenantCtx) -> None:
    await ctx.keep_last_used(FORM, {})


async def _is_place(village: str) -> bool:
    return len(await Record.select(Record.id).where(Record.village == village).limit(2)) > 1
