"""Requisitions: what the unit's points ask for, and at the town's store what it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

from core.sdk import (
    BadInput,
    Cell,
    Conflict,
    Form,
    ListColumn,
    Listing,
    ListQuery,
    Nav,
    Page,
    Row,
    TenantCtx,
)
from core.sdk import gettext_noop as _
from core.sdk.tenancy import staff_names
from plugins.supplies.pages.order_forms import AddForm, WishesForm, typed_lines, wishes_in
from plugins.supplies.pages.order_words import Names, cut, names_of, place_of, refuse
from plugins.supplies.permissions import ASK
from plugins.supplies.services import asking, deciding, requisitions, shipments
from plugins.supplies.services.needs import is_store
from plugins.supplies.services.requisitions import STATE_TITLES, URGENCIES, Requisition

__all__ = ["PAGES", "requisition_page"]

COLUMNS = (
    ListColumn(name="number", title=_("Requisition")),
    ListColumn(name="day", title=_("Day")),
    ListColumn(name="unit", title=_("Association unit")),
    ListColumn(name="point", title=_("Service point")),
    ListColumn(name="urgency", title=_("Urgency")),
    ListColumn(name="state", title=_("State")),
)
TONES: Mapping[str, Literal["warning", "bad", "on"]] = {
    "sent": "warning",
    "returned": "bad",
    "approved": "on",
    "draft": "warning",
}


async def show_requisitions(ctx: TenantCtx, query: ListQuery) -> Any:
    after = place_of(ctx, "requisitions", query.after)
    found, more = cut(ctx, "requisitions", await requisitions.list_requisitions(after))
    names = await names_of(ctx)
    rows = [_row(ctx, names, half) for half in found]
    return ctx.render(
        "supplies/requisitions.html",
        requisitions=Listing.of(COLUMNS, query, ctx.address("requisitions"), rows=rows, more=more),
        is_store=is_store(ctx),
    )


async def show_requisition(ctx: TenantCtx, requisition: UUID) -> Any:
    return await requisition_page(ctx, requisition)


async def write(ctx: TenantCtx, requisition: UUID, form: Form[WishesForm]) -> Any:  # pyright: ignore[reportInvalidTypeForm]
    """Save what is wished, and send it if that is the act. Whatever goes wrong, what was typed stays."""
    if not form.is_valid:
        return await requisition_page(ctx, requisition, form)
    told: Any = form.value
    try:
        await asking.change(ctx, requisition, told.version, wishes_in(told), told.remark)
        if told.act == "send":
            await asking.send(ctx, requisition, told.version + 1)
    except (BadInput, Conflict) as error:
        return await requisition_page(ctx, requisition, form, refuse(form, error))
    said = _("Sent. The town's store decides.") if told.act == "send" else _("Saved.")
    return ctx.redirect(ctx.address(f"requisitions/{requisition}"), said)


async def add(ctx: TenantCtx, requisition: UUID, form: Form[AddForm]) -> Any:
    try:
        await asking.add_line(ctx, requisition, form.value.sku)
    except (BadInput, Conflict) as error:
        return await requisition_page(ctx, requisition, form, refuse(form, error))
    return ctx.redirect(ctx.address(f"requisitions/{requisition}"), _("Added."))


async def cancel(ctx: TenantCtx, requisition: UUID) -> Any:
    try:
        await asking.cancel(ctx, requisition)
    except Conflict as problem:
        return await requisition_page(ctx, requisition, problem=problem)
    said = _("It is being cancelled. If something was sent before, it stays.")
    return ctx.redirect(ctx.address(f"requisitions/{requisition}"), said)


async def discard(ctx: TenantCtx, requisition: UUID) -> Any:
    try:
        await asking.discard(ctx, requisition)
    except Conflict as problem:
        return await requisition_page(ctx, requisition, problem=problem)
    return ctx.redirect(ctx.address("requisitions"), _("The draft is thrown away."))


async def requisition_page(
    ctx: TenantCtx, requisition: UUID, form: Form[Any] | None = None, problem: Conflict | None = None
) -> Any:
    """As it stands for who looks: to be written, to be decided, or to be followed."""
    half = await requisitions.find_requisition(requisition)
    lines = await requisitions.lines_of(requisition)
    names = await names_of(ctx)
    decides = is_store(ctx) and half.direction == "IN"
    skus = [line.sku for line in lines]
    wrong = form is not None and not form.is_valid
    return ctx.render(
        "supplies/requisition.html",
        409 if problem else 400 if wrong else 200,
        half=half,
        lines=lines,
        names=names,
        form=form or Form.empty(),
        typed=typed_lines(form, "asked", "why", "approved"),
        problem=problem,
        states=STATE_TITLES,
        urgencies=URGENCIES,
        others=[(sku, names.product(sku)) for sku in names.products if sku not in skus],
        own=await deciding.own_stock(ctx, skus) if decides else {},
        left=await deciding.left_to_send(requisition, with_packed=True) if decides else {},
        earlier=await requisitions.earlier_of(half) if decides else [],
        shipments=await shipments.of_requisition(requisition),
        shipment_states=shipments.STATE_TITLES,
        staff=await staff_names(ctx.transaction),
        decides=decides,
    )


def _row(ctx: TenantCtx, names: Names, half: Requisition) -> Row:
    return Row(
        key=str(half.id),
        cells={
            "number": Cell(text=half.number, address=ctx.address(f"requisitions/{half.id}")),
            "day": Cell(text=half.asked_on.isoformat() if half.asked_on else ""),
            "unit": Cell(
                text=half.other(ctx.language),
                beside=ctx.tell(_("asks")) if half.direction == "IN" else ctx.tell(_("is asked")),
            ),
            "point": Cell(text=names.point(half.point_code) if half.direction == "OUT" else half.point_code),
            "urgency": Cell(
                text=ctx.tell(URGENCIES[half.urgency]), tone="bad" if half.urgency == "EMERGENCY" else "off"
            ),
            "state": Cell(text=ctx.tell(STATE_TITLES[half.state]), tone=TONES.get(half.state, "off")),
        },
    )


PAGES = (
    Page(
        path="requisitions",
        handler=show_requisitions,
        permission=ASK,
        nav=Nav(title=_("Requisitions"), order=34, icon="clipboard-list"),
    ),
    Page(path="requisitions/{requisition}", handler=show_requisition, permission=ASK),
    Page(path="requisitions/{requisition}", handler=write, permission=ASK, method="POST"),
    Page(path="requisitions/{requisition}/add", handler=add, permission=ASK, method="POST"),
    Page(path="requisitions/{requisition}/cancel", handler=cancel, permission=ASK, method="POST"),
    Page(path="requisitions/{requisition}/discard", handler=discard, permission=ASK, method="POST"),
)
