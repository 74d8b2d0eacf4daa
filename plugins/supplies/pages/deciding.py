"""The town's store answers a requisition: approves, cuts, returns or closes it, and packs what was approved."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from core.sdk import BadInput, Conflict, Form, Page, TenantCtx
from core.sdk import gettext_noop as _
from plugins.supplies.pages.order_forms import ApproveForm, PackForm, ReasonedForm, approved_in
from plugins.supplies.pages.order_words import refuse
from plugins.supplies.pages.requisitions import requisition_page
from plugins.supplies.permissions import DECIDE, SEND
from plugins.supplies.services import deciding, sending

__all__ = ["PAGES"]


async def approve(ctx: TenantCtx, requisition: UUID, form: Form[ApproveForm]) -> Any:  # pyright: ignore[reportInvalidTypeForm]
    if not form.is_valid:
        return await requisition_page(ctx, requisition, form)
    told: Any = form.value
    try:
        await deciding.approve(ctx, requisition, told.version, approved_in(told), told.reason)
    except (BadInput, Conflict) as error:
        return await requisition_page(ctx, requisition, form, refuse(form, error))
    return _back(ctx, requisition, _("Approved. The unit is told; now it can be packed."))


async def send_back(ctx: TenantCtx, requisition: UUID, form: Form[ReasonedForm]) -> Any:
    if not form.is_valid:
        return await requisition_page(ctx, requisition, form)
    try:
        await deciding.send_back(ctx, requisition, form.value.version, form.value.reason)
    except (BadInput, Conflict) as error:
        return await requisition_page(ctx, requisition, form, refuse(form, error))
    return _back(ctx, requisition, _("Returned. The unit reads the reason."))


async def close(ctx: TenantCtx, requisition: UUID, form: Form[ReasonedForm]) -> Any:
    if not form.is_valid:
        return await requisition_page(ctx, requisition, form)
    try:
        await deciding.close(ctx, requisition, form.value.version, form.value.reason)
    except (BadInput, Conflict) as error:
        return await requisition_page(ctx, requisition, form, refuse(form, error))
    return _back(ctx, requisition, _("Closed. The unit reads that the rest does not come."))


async def pack(ctx: TenantCtx, requisition: UUID, form: Form[PackForm]) -> Any:
    try:
        shipment = await sending.pack(ctx, requisition, form.value.point)
    except (BadInput, Conflict) as error:
        return await requisition_page(ctx, requisition, form, refuse(form, error))
    return ctx.redirect(ctx.address(f"shipments/{shipment}"))


def _back(ctx: TenantCtx, requisition: UUID, said: str) -> Any:
    return ctx.redirect(ctx.address(f"requisitions/{requisition}"), said)


PAGES = (
    Page(path="requisitions/{requisition}/approve", handler=approve, permission=DECIDE, method="POST"),
    Page(path="requisitions/{requisition}/return", handler=send_back, permission=DECIDE, method="POST"),
    Page(path="requisitions/{requisition}/close", handler=close, permission=DECIDE, method="POST"),
    Page(path="requisitions/{requisition}/pack", handler=pack, permission=SEND, method="POST"),
)
