"""What each point has, uses and needs: read from the ledger at the moment of looking."""

from __future__ import annotations

from typing import Any

from core.sdk import Conflict, Form, Page, TenantCtx
from plugins.supplies.pages.order_forms import DraftForm
from plugins.supplies.pages.order_words import names_of
from plugins.supplies.permissions import ASK
from plugins.supplies.services import asking
from plugins.supplies.services.needs import needs_of
from plugins.supplies.services.points import open_points
from plugins.supplies.services.replenishing import shown_months
from plugins.supplies.services.requisitions import URGENCIES

__all__ = ["PAGES"]


async def show_needs(ctx: TenantCtx) -> Any:
    return await _shown(ctx)


async def draft(ctx: TenantCtx, form: Form[DraftForm]) -> Any:
    told = form.value
    try:
        requisition = await asking.draft(ctx, told.point, told.urgency)
    except Conflict as problem:
        return await _shown(ctx, problem)
    return ctx.redirect(ctx.address(f"requisitions/{requisition}"))


async def _shown(ctx: TenantCtx, problem: Conflict | None = None) -> Any:
    points = await open_points()
    return ctx.render(
        "supplies/needs.html",
        409 if problem else 200,
        points=points,
        needs=await needs_of(ctx, points),
        names=await names_of(ctx),
        shown_months=shown_months,
        urgencies=URGENCIES,
        problem=problem,
    )


PAGES = (
    Page(path="needs", handler=show_needs, permission=ASK),
    Page(path="needs", handler=draft, permission=ASK, method="POST"),
)
