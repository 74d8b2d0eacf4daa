"""Shipments: what leaves, what is on its way, what comes; each lot is counted where it arrives."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
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
from plugins.supplies.pages.order_forms import (
    OfferedForm,
    PointForm,
    ReasonForm,
    ReceivedForm,
    RepackForm,
    ReturnedForm,
    counted_in,
    taken_in,
    typed_lines,
)
from plugins.supplies.pages.order_words import Names, cut, names_of, place_of, refuse
from plugins.supplies.permissions import RECEIVE, SEND
from plugins.supplies.services import receiving, sending, shipments
from plugins.supplies.services.pack_dates import known_dates
from plugins.supplies.services.picking import sound_lots
from plugins.supplies.services.sending import MOST_LINES
from plugins.supplies.services.shipments import KIND_TITLES, STATE_TITLES, Shipment, ShipmentLine
from plugins.supplies.services.stocking import LotAtPoint

__all__ = ["PAGES"]

COLUMNS = (
    ListColumn(name="number", title=_("Shipment")),
    ListColumn(name="day", title=_("Sent on")),
    ListColumn(name="unit", title=_("Association unit")),
    ListColumn(name="kind", title=_("Kind")),
    ListColumn(name="point", title=_("Service point")),
    ListColumn(name="state", title=_("State")),
)
TONES: Mapping[str, Literal["warning", "bad", "on"]] = {
    "sent": "warning",
    "offered": "warning",
    "received": "on",
    "accepted": "on",
}
SAID = {
    "save": _("Saved."),
    "send": _("Sent. It is on its way until the other unit has counted it."),
    "offer": _("Offered. Nothing leaves before the other unit accepts it."),
}


async def show_shipments(ctx: TenantCtx, query: ListQuery) -> Any:
    after = place_of(ctx, "shipments", query.after)
    found, more = cut(ctx, "shipments", await shipments.list_shipments(after))
    names = await names_of(ctx)
    rows = [_row(ctx, names, half) for half in found]
    return ctx.render(
        "supplies/shipments.html",
        shipments=Listing.of(COLUMNS, query, ctx.address("shipments"), rows=rows, more=more),
    )


async def show_new(ctx: TenantCtx) -> Any:
    return await _new(ctx, Form.empty())


async def begin_return(ctx: TenantCtx, form: Form[ReturnedForm]) -> Any:
    if form.is_valid:
        try:
            shipment = await sending.begin_return(ctx, form.value.point, form.value.note)
        except (BadInput, Conflict) as error:
            return await _new(ctx, form, refuse(form, error))
        return ctx.redirect(ctx.address(f"shipments/{shipment}"))
    return await _new(ctx, form)


async def begin_offer(ctx: TenantCtx, form: Form[OfferedForm]) -> Any:
    if form.is_valid:
        told = form.value
        try:
            shipment = await sending.begin_offer(ctx, told.unit, told.point, told.note)
        except (BadInput, Conflict) as error:
            return await _new(ctx, form, refuse(form, error))
        return ctx.redirect(ctx.address(f"shipments/{shipment}"))
    return await _new(ctx, form)


async def show_shipment(ctx: TenantCtx, shipment: UUID) -> Any:
    return await _page(ctx, shipment)


async def repack(ctx: TenantCtx, shipment: UUID, form: Form[RepackForm]) -> Any:  # pyright: ignore[reportInvalidTypeForm]
    """Save the lots that were chosen; offer or send them with it."""
    if not form.is_valid:
        return await _page(ctx, shipment, form)
    told: Any = form.value
    try:
        await sending.repack(ctx, shipment, told.version, taken_in(told))
        if told.act == "send":
            await sending.send(ctx, shipment, told.version + 1)
        elif told.act == "offer":
            await sending.offer(ctx, shipment, told.version + 1)
    except (BadInput, Conflict) as error:
        return await _page(ctx, shipment, form, refuse(form, error))
    return ctx.redirect(ctx.address(f"shipments/{shipment}"), SAID[told.act])


async def cancel(ctx: TenantCtx, shipment: UUID) -> Any:
    try:
        await sending.cancel(ctx, shipment)
    except Conflict as problem:
        return await _page(ctx, shipment, problem=problem)
    return ctx.redirect(ctx.address(f"shipments/{shipment}"), _("Cancelled. Nothing has left."))


async def accept(ctx: TenantCtx, shipment: UUID, form: Form[PointForm]) -> Any:
    try:
        await receiving.accept(ctx, shipment, form.value.point)
    except (BadInput, Conflict) as error:
        return await _page(ctx, shipment, form, refuse(form, error))
    return ctx.redirect(ctx.address(f"shipments/{shipment}"), _("Accepted. The other unit can send it now."))


async def decline(ctx: TenantCtx, shipment: UUID, form: Form[ReasonForm]) -> Any:
    if not form.is_valid:
        return await _page(ctx, shipment, form)
    try:
        await receiving.decline(ctx, shipment, form.value.reason)
    except (BadInput, Conflict) as error:
        return await _page(ctx, shipment, form, refuse(form, error))
    return ctx.redirect(ctx.address(f"shipments/{shipment}"), _("Declined. The other unit reads why."))


async def receive(ctx: TenantCtx, shipment: UUID, form: Form[ReceivedForm]) -> Any:  # pyright: ignore[reportInvalidTypeForm]
    if not form.is_valid:
        return await _page(ctx, shipment, form)
    told: Any = form.value
    try:
        await receiving.receive(ctx, shipment, told.version, told.point, counted_in(told), told.day)
    except (BadInput, Conflict) as error:
        return await _page(ctx, shipment, form, refuse(form, error))
    return ctx.redirect(ctx.address(f"shipments/{shipment}"), _("Entered in the ledger."))


async def _new(ctx: TenantCtx, form: Form[Any], problem: Conflict | None = None) -> Any:
    return ctx.render(
        "supplies/shipment_new.html",
        409 if problem else 200 if form.is_valid else 400,
        form=form,
        problem=problem,
        names=await names_of(ctx),
        town_station=await ctx.town_station(),
    )


async def _page(
    ctx: TenantCtx, shipment: UUID, form: Form[Any] | None = None, problem: Conflict | None = None
) -> Any:
    half = await shipments.find_shipment(shipment)
    lines = await shipments.lines_of(shipment)
    is_packing = half.direction == "OUT" and half.state in ("draft", "accepted")
    is_counting = half.direction == "IN" and half.state == "sent"
    lots = await sound_lots(ctx, half.point_code) if is_packing else []
    wrong = form is not None and not form.is_valid
    return ctx.render(
        "supplies/shipment.html",
        409 if problem else 400 if wrong else 200,
        half=half,
        lines=lines,
        lots=_offered(half, lines, lots),
        chosen={(line.sku, line.lot): line.quantity for line in lines},
        names=await names_of(ctx),
        form=form or Form.empty(),
        typed=typed_lines(form, "quantity", "received", "lost", "damaged", "why"),
        problem=problem,
        states=STATE_TITLES,
        kinds=KIND_TITLES,
        staff=await staff_names(ctx.transaction),
        is_packing=is_packing,
        is_counting=is_counting,
        other_dates=await _other_dates(lines) if is_counting else [],
        today=ctx.today,
    )


async def _other_dates(lines: list[ShipmentLine]) -> list[tuple[ShipmentLine, date]]:
    """Of what is still to be counted those that the unit knows with another expiry, and that one."""
    open_lines = [line for line in lines if line.in_transit]
    known = await known_dates([(line.sku, line.lot) for line in open_lines])
    return [
        (line, here)
        for line in open_lines
        if (here := known.get((line.sku, line.lot), line.expiry)) != line.expiry
    ]


def _offered(half: Shipment, lines: list[ShipmentLine], lots: list[LotAtPoint]) -> list[LotAtPoint]:
    """The lots to choose from: for a requisition those of its products, once accepted those of the offer."""
    if half.kind == "SUPPLY" and lines:
        skus = {line.sku for line in lines}
        lots = [lot for lot in lots if lot.sku in skus]
    elif half.state == "accepted":
        known = {(line.sku, line.lot) for line in lines}
        lots = [lot for lot in lots if (lot.sku, lot.lot) in known]
    return lots[:MOST_LINES]


def _row(ctx: TenantCtx, names: Names, half: Shipment) -> Row:
    return Row(
        key=str(half.id),
        cells={
            "number": Cell(text=half.number, address=ctx.address(f"shipments/{half.id}")),
            "day": Cell(text=half.sent_on.isoformat() if half.sent_on else ""),
            "unit": Cell(
                text=half.other(ctx.language),
                beside=ctx.tell(_("from there")) if half.direction == "IN" else ctx.tell(_("to there")),
            ),
            "kind": Cell(text=ctx.tell(KIND_TITLES[half.kind])),
            "point": Cell(text=names.point(half.point_code)),
            "state": Cell(text=ctx.tell(STATE_TITLES[half.state]), tone=TONES.get(half.state, "off")),
        },
    )


PAGES = (
    Page(
        path="shipments",
        handler=show_shipments,
        permission=RECEIVE,
        nav=Nav(title=_("Shipments"), order=36, icon="truck-delivery"),
    ),
    Page(path="shipments/new", handler=show_new, permission=SEND),
    Page(path="shipments/return", handler=begin_return, permission=SEND, method="POST"),
    Page(path="shipments/offer", handler=begin_offer, permission=SEND, method="POST"),
    Page(path="shipments/{shipment}", handler=show_shipment, permission=RECEIVE),
    Page(path="shipments/{shipment}", handler=repack, permission=SEND, method="POST"),
    Page(path="shipments/{shipment}/cancel", handler=cancel, permission=SEND, method="POST"),
    Page(path="shipments/{shipment}/accept", handler=accept, permission=RECEIVE, method="POST"),
    Page(path="shipments/{shipment}/decline", handler=decline, permission=RECEIVE, method="POST"),
    Page(path="shipments/{shipment}/receive", handler=receive, permission=RECEIVE, method="POST"),
)
