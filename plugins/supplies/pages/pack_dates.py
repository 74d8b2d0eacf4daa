"""The expiry of a lot as it stands on the pack, where somebody has typed another one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from core.sdk import Form, Page, TenantCtx
from core.sdk import gettext_noop as _
from plugins.supplies.pages.showing import attempt, status_of
from plugins.supplies.pages.stock_forms import ExpiryForm
from plugins.supplies.permissions import KEEP
from plugins.supplies.services.catalogue import catalogue_on
from plugins.supplies.services.expiry import told_expiry
from plugins.supplies.services.pack_dates import correct_expiry
from plugins.supplies.services.stocking import lot_at_point

__all__ = ["PAGES"]


async def ask(ctx: TenantCtx, row: UUID) -> Any:
    return await _page(ctx, row, Form({}, None, {}, ExpiryForm))


async def correct(ctx: TenantCtx, row: UUID, form: Form[ExpiryForm]) -> Any:
    problem = None
    await lot_at_point(ctx, row)
    if form.is_valid:
        asked = form.value
        with attempt(form, rename="expiry") as trouble:
            await correct_expiry(ctx, row, told_expiry(asked.expiry), asked.note)
            return ctx.redirect(
                ctx.address(f"stock/lots/{row}"), _("The expiry is corrected, at every point of the unit.")
            )
        problem = trouble.problem
    return await _page(ctx, row, form, problem)


async def _page(ctx: TenantCtx, row: UUID, form: Form[ExpiryForm], problem: Any = None) -> Any:
    lot = await lot_at_point(ctx, row)
    return ctx.render(
        "supplies/pack_date.html",
        status_of(form, problem),
        lot=lot,
        product=(await catalogue_on(ctx, ctx.today)).get(lot.sku),
        form=form,
        problem=problem,
    )


PAGES = (
    Page(path="stock/lots/{row}/expiry", handler=ask, permission=KEEP),
    Page(path="stock/lots/{row}/expiry", handler=correct, permission=KEEP, method="POST"),
)
