"""Undoing an import: asks first, and names what is lost."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from core.sdk import Conflict, Page, TenantCtx
from plugins.registration.imports import uploads
from plugins.registration.imports.undo import ask_undo, undo_until
from plugins.registration.permissions import IMPORT

__all__ = ["PAGES"]


async def show_undo(ctx: TenantCtx, incoming: UUID) -> Any:
    return await _shown(ctx, incoming)


async def undo(ctx: TenantCtx, incoming: UUID) -> Any:
    try:
        await ask_undo(ctx, incoming)
    except Conflict as error:
        return await _shown(ctx, incoming, error)
    return ctx.redirect(ctx.address(f"roster/{incoming}"))


async def _shown(ctx: TenantCtx, incoming: UUID, problem: Conflict | None = None) -> Any:
    found = await uploads.find_import(incoming)
    return ctx.render(
        "registration/roster_undo.html",
        problem.status if problem else 200,
        incoming=found,
        until=await undo_until(ctx, found),
        problem=problem,
    )


PAGES = (
    Page(path="roster/{incoming}/undo", handler=show_undo, permission=IMPORT),
    Page(path="roster/{incoming}/undo", handler=undo, permission=IMPORT, method="POST"),
)
