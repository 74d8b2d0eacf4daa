"""At which point an account hands out: where it did at last, or the first that is open."""

from __future__ import annotations

from collections.abc import Sequence

from core.sdk import TenantCtx
from plugins.supplies.services.points import ServicePoint

__all__ = ["keep", "point_for"]

FORM = "counter"


async def point_for(ctx: TenantCtx, points: Sequence[ServicePoint], wished: str = "") -> ServicePoint | None:
    by_code = {point.code: point for point in points}
    if wished in by_code:
        return by_code[wished]
    last = (await ctx.last_used(FORM)).get("point", "")
    return by_code.get(last) or next(iter(points), None)


async def keep(ctx: TenantCtx, point: str) -> None:
    if (await ctx.last_used(FORM)).get("point") != point:
        await ctx.keep_last_used(FORM, {"point": point})
