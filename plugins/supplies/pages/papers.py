"""Papers that go with the goods, on A4 with places for seals: the requisition, the shipment note."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from core.sdk import Page, TenantCtx
from core.sdk.tenancy import staff_names
from plugins.supplies.pages.order_words import names_of
from plugins.supplies.permissions import ASK, RECEIVE
from plugins.supplies.services import requisitions, shipments

__all__ = ["PAGES"]


async def print_requisition(ctx: TenantCtx, requisition: UUID) -> Any:
    half = await requisitions.find_requisition(requisition)
    return ctx.render(
        "supplies/requisition_paper.html",
        half=half,
        lines=await requisitions.lines_of(requisition),
        names=await names_of(ctx),
        states=requisitions.STATE_TITLES,
        urgencies=requisitions.URGENCIES,
        staff=await staff_names(ctx.transaction),
    )


async def print_shipment(ctx: TenantCtx, shipment: UUID) -> Any:
    half = await shipments.find_shipment(shipment)
    return ctx.render(
        "supplies/shipment_paper.html",
        half=half,
        lines=await shipments.lines_of(shipment),
        names=await names_of(ctx),
        states=shipments.STATE_TITLES,
        kinds=shipments.KIND_TITLES,
        staff=await staff_names(ctx.transaction),
    )


PAGES = (
    Page(path="requisitions/{requisition}/print", handler=print_requisition, permission=ASK),
    Page(path="shipments/{shipment}/print", handler=print_shipment, permission=RECEIVE),
)
