"""What is done with a prepared report: submit it, or take it back."""

from __future__ import annotations

from typing import Any

from core.sdk import Conflict, Form, Page, TenantCtx
from core.sdk import gettext_noop as _
from plugins.reporting.forms import ActForm
from plugins.reporting.pages.report import SAID, report_page
from plugins.reporting.permissions import FILL, SUBMIT
from plugins.reporting.services import filing

__all__ = ["PAGES"]


async def submit(ctx: TenantCtx, period: str, form: Form[ActForm]) -> Any:
    month = filing.month_at(ctx, period)
    try:
        await filing.submit(ctx, month, form.value.version)
    except Conflict as problem:
        return await report_page(ctx, period, problem=problem, status=409)
    return ctx.redirect(ctx.address(period), SAID["submit"])


async def take_back(ctx: TenantCtx, period: str, form: Form[ActForm]) -> Any:
    month = filing.month_at(ctx, period)
    try:
        await filing.take_back(ctx, month, form.value.version)
    except Conflict as problem:
        return await report_page(ctx, period, problem=problem, status=409)
    return ctx.redirect(ctx.address(period), _("Taken back: its cells can be changed again."))


PAGES = (
    Page(path="{period}/submit", handler=submit, permission=SUBMIT, method="POST"),
    Page(path="{period}/take-back", handler=take_back, permission=FILL, method="POST"),
)
