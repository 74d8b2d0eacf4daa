"""One job that leaves a line in the records, so that a test sees whether it ran."""

from __future__ import annotations

from collections.abc import Mapping

from core.sdk import Job, TenantCtx

__all__ = ["JOBS"]


async def dim(ctx: TenantCtx, payload: Mapping[str, str | int]) -> None:
    ctx.audit("lantern.lamp.dim", "lamp", None, detail={"night": payload["night"]})


JOBS = (Job(name="lantern.lamp.dim", run=dim),)
