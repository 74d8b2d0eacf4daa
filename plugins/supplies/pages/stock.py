"""Stock: what lies where, lot by lot; what came; what is looked at, set aside, lost."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from core.sdk import Form, Nav, Page, TenantCtx, new_id
from core.sdk import gettext_noop as _
from plugins.supplies.pages.arrivals import arrival_lines
from plugins.supplies.pages.showing import attempt, product_choices, status_of
from plugins.supplies.pages.stock_forms import (
    LINES,
    ArrivalForm,
    HoldForm,
    InspectForm,
    LossForm,
    StockQuery,
)
from plugins.supplies.permissions import KEEP, READ
from plugins.supplies.services import keeping
from plugins.supplies.services.catalogue import catalogue_on
from plugins.supplies.services.points import list_points
from plugins.supplies.services.stocking import due_for_inspection, lot_at_point, lots, near_expiry
from plugins.supplies.services.vouchers import LOSS_REASONS, REASON_TITLES

__all__ = ["PAGES"]


async def show_stock(ctx: TenantCtx, query: StockQuery) -> Any:
    everything = await lots(ctx)
    found = [lot for lot in everything if query.point in ("", lot.point)]
    return ctx.render(
        "supplies/stock.html",
        lots=found,
        buckets=near_expiry(found),
        points=await list_points(),
        point=query.point,
        catalogue=await catalogue_on(ctx, ctx.today),
        due=len(await due_for_inspection(ctx, everything)),
        words=keeping.HOLD_REASONS,
    )


async def show_inspections(ctx: TenantCtx) -> Any:
    return ctx.render(
        "supplies/inspections.html",
        due=await due_for_inspection(ctx, await lots(ctx)),
        catalogue=await catalogue_on(ctx, ctx.today),
        results=keeping.INSPECTION_RESULTS,
    )


async def show_arrival(ctx: TenantCtx) -> Any:
    return await _arrival_page(
        ctx, Form({"day": str(ctx.today), "key": str(new_id())}, None, {}, ArrivalForm)
    )


async def enter_arrival(ctx: TenantCtx, form: Form[ArrivalForm]) -> Any:  # pyright: ignore[reportInvalidTypeForm]
    problem = None
    if form.is_valid:
        asked: Any = form.value
        lines = arrival_lines(form)
        if form.is_valid:
            with attempt(form, rename="sku_1") as trouble:
                await keeping.receive(
                    ctx, asked.point, asked.day, asked.reference, lines, asked.checked, f"arrival:{asked.key}"
                )
                return ctx.redirect(
                    ctx.address("stock", point=asked.point),
                    _("The goods are entered: %(lines)s lines."),
                    lines=len(lines),
                )
            problem = trouble.problem
    return await _arrival_page(ctx, form, problem)


async def _arrival_page(ctx: TenantCtx, form: Form[Any], problem: Any = None) -> Any:
    return ctx.render(
        "supplies/arrival.html",
        status_of(form, problem),
        form=form,
        problem=problem,
        numbers=range(1, LINES + 1),
        points=[(each.code, f"{each.name} {each.code}") for each in await list_points() if each.is_open],
        products=[("", "—"), *await product_choices(ctx)],
        checks=[(name, ctx.tell(words)) for name, words in keeping.CHECKS.items()],
    )


async def show_lot(ctx: TenantCtx, row: UUID) -> Any:
    return await _lot_page(ctx, row, Form({"day": str(ctx.today)}, None, {}, LossForm))


async def lose(ctx: TenantCtx, row: UUID, form: Form[LossForm]) -> Any:
    problem = None
    await lot_at_point(ctx, row)
    if form.is_valid:
        asked = form.value
        with attempt(form, rename="quantity") as trouble:
            await keeping.lose(ctx, row, asked.day, asked.quantity, asked.reason, asked.note)
            return ctx.redirect(ctx.address(f"stock/lots/{row}"), _("The loss is entered."))
        problem = trouble.problem
    return await _lot_page(ctx, row, form, problem)


async def hold(ctx: TenantCtx, row: UUID, form: Form[HoldForm]) -> Any:
    await keeping.hold(ctx, row, form.value.reason)
    return ctx.redirect(ctx.address(f"stock/lots/{row}"), _("The lot is set aside."))


async def release(ctx: TenantCtx, row: UUID) -> Any:
    await keeping.release(ctx, row)
    return ctx.redirect(ctx.address(f"stock/lots/{row}"), _("The lot is released."))


async def inspect(ctx: TenantCtx, row: UUID, form: Form[InspectForm]) -> Any:
    await keeping.inspect(ctx, row, form.value.result, form.value.note)
    return ctx.redirect(ctx.address("stock/inspections"), _("The inspection is entered."))


async def _lot_page(ctx: TenantCtx, row: UUID, form: Form[LossForm], problem: Any = None) -> Any:
    lot = await lot_at_point(ctx, row)
    return ctx.render(
        "supplies/lot.html",
        status_of(form, problem),
        lot=lot,
        product=(await catalogue_on(ctx, ctx.today)).get(lot.sku),
        form=form,
        problem=problem,
        reasons=[(name, ctx.tell(REASON_TITLES[name])) for name in LOSS_REASONS],
        hold_reasons=keeping.HOLD_REASONS,
        results=keeping.INSPECTION_RESULTS,
    )


PAGES = (
    Page(
        path="stock",
        handler=show_stock,
        permission=READ,
        nav=Nav(title=_("Stock"), order=42, icon="package"),
    ),
    Page(path="stock/arrive", handler=show_arrival, permission=KEEP),
    Page(path="stock/arrive", handler=enter_arrival, permission=KEEP, method="POST"),
    Page(path="stock/inspections", handler=show_inspections, permission=READ),
    Page(path="stock/lots/{row}", handler=show_lot, permission=READ),
    Page(path="stock/lots/{row}/lose", handler=lose, permission=KEEP, method="POST"),
    Page(path="stock/lots/{row}/hold", handler=hold, permission=KEEP, method="POST"),
    Page(path="stock/lots/{row}/release", handler=release, permission=KEEP, method="POST"),
    Page(path="stock/lots/{row}/inspect", handler=inspect, permission=KEEP, method="POST"),
)
