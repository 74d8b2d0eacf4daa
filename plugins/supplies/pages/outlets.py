"""Outlets without a counter: outreach, vending machines, goods on consignment at a firm."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from core.sdk import BadInput, Form, NotFound, Page, TenantCtx, TooLarge, Upload, new_id
from core.sdk import gettext_noop as _
from plugins.supplies.pages.counts import numbers_in
from plugins.supplies.pages.showing import attempt, product_choices, status_of
from plugins.supplies.pages.stock_forms import CountForm, OutreachForm, RestockForm
from plugins.supplies.permissions import KEEP
from plugins.supplies.services import machines, outlets
from plugins.supplies.services.catalogue import catalogue_on
from plugins.supplies.services.points import find_point, list_points, points_of_kind
from plugins.supplies.services.stocking import lots

__all__ = ["PAGES"]


async def show_outreach(ctx: TenantCtx) -> Any:
    return await _outreach_page(
        ctx, Form({"day": str(ctx.today), "key": str(new_id())}, None, {}, OutreachForm)
    )


async def enter_outreach(ctx: TenantCtx, form: Form[OutreachForm]) -> Any:
    problem = None
    if form.is_valid:
        asked = form.value
        key = f"outreach:{asked.key}" if asked.key else None
        with attempt(form, rename="quantity") as trouble:
            await outlets.hand_out_many(
                ctx, asked.point, asked.day, asked.place, asked.sku, asked.quantity, key
            )
            return ctx.redirect(
                ctx.address("outreach"), _("Entered: %(count)s pieces."), count=asked.quantity
            )
        problem = trouble.problem
    return await _outreach_page(ctx, form, problem)


async def _outreach_page(ctx: TenantCtx, form: Form[Any], problem: Any = None) -> Any:
    points = await points_of_kind("OUTREACH", "STATION", "CLINIC", "BOX")
    return ctx.render(
        "supplies/outreach.html",
        status_of(form, problem),
        form=form,
        problem=problem,
        options={
            "point": [(each.code, f"{each.name} {each.code}") for each in points],
            "sku": await product_choices(ctx, anonymous=True),
        },
    )


async def show_machines(ctx: TenantCtx) -> Any:
    return await _machines_page(ctx)


async def send_machine_file(ctx: TenantCtx, spot: UUID, upload: Upload | None) -> Any:
    try:
        file = await machines.send_file(ctx, spot, upload)
    except (BadInput, TooLarge) as error:
        return await _machines_page(ctx, error)
    return ctx.redirect(ctx.address(f"machines/files/{file}"))


async def _machines_page(ctx: TenantCtx, problem: BadInput | TooLarge | None = None) -> Any:
    return ctx.render(
        "supplies/machines.html",
        problem.status if problem else 200,
        problem=problem,
        faults=list(problem.fields.values()) if isinstance(problem, BadInput) else [],
        points=await points_of_kind("MACHINE"),
        files=await machines.recent_files(),
    )


async def show_machine_file(ctx: TenantCtx, file: UUID) -> Any:
    return ctx.render(
        "supplies/machine_file.html",
        file=await machines.find_file(file),
        verdicts=machines.VERDICTS,
        catalogue=await catalogue_on(ctx, ctx.today),
        day_of=date.fromisoformat,
    )


async def apply_machine_file(ctx: TenantCtx, file: UUID) -> Any:
    count = await machines.apply_file(ctx, file)
    return ctx.redirect(ctx.address(f"machines/files/{file}"), _("%(count)s rows are entered."), count=count)


async def cancel_machine_file(ctx: TenantCtx, file: UUID) -> Any:
    await machines.cancel_file(ctx, file)
    return ctx.redirect(ctx.address("machines"), _("The file is set aside. Nothing was entered."))


async def show_consignment(ctx: TenantCtx, spot: UUID) -> Any:
    return await _consignment_page(ctx, spot, Form.empty(CountForm), Form({"day": str(ctx.today)}, None, {}))


async def restock(ctx: TenantCtx, spot: UUID, form: Form[RestockForm]) -> Any:
    problem = None
    await find_point(spot)
    if form.is_valid:
        asked = form.value
        with attempt(form, rename="quantity") as trouble:
            await outlets.restock(ctx, spot, asked.source, asked.sku, asked.quantity, asked.day)
            return ctx.redirect(ctx.address(f"consignment/{spot}"), _("The goods are at the firm now."))
        problem = trouble.problem
    return await _consignment_page(ctx, spot, Form.empty(CountForm), form, problem)


async def settle(ctx: TenantCtx, spot: UUID, form: Form[CountForm]) -> Any:
    problem = None
    await find_point(spot)
    if form.is_valid:
        with attempt(form, rename="numbers") as trouble:
            taken = await outlets.settle_consignment(ctx, spot, ctx.today, numbers_in(form.value))
            return ctx.redirect(
                ctx.address(f"consignment/{spot}"),
                _("%(count)s pieces were taken since the last count."),
                count=taken,
            )
        problem = trouble.problem
    return await _consignment_page(ctx, spot, form, Form({"day": str(ctx.today)}, None, {}), problem)


async def _consignment_page(
    ctx: TenantCtx, spot: UUID, counted: Form[Any], moved: Form[Any], problem: Any = None
) -> Any:
    place = await find_point(spot)
    if place.kind != "CONSIGNMENT":
        raise NotFound
    others = [each for each in await list_points() if each.is_open and each.id != spot]
    others.sort(key=lambda each: each.kind != "STATION")
    status = max(status_of(counted, problem), status_of(moved, problem))
    return ctx.render(
        "supplies/consignment.html",
        status,
        spot=place,
        lots=await lots(ctx, place.code),
        catalogue=await catalogue_on(ctx, ctx.today),
        counted=counted,
        moved=moved,
        problem=problem,
        typed=counted.typed.get("numbers", "").split(",") if "numbers" in counted.typed else [],
        points=[(str(each.id), f"{each.name} {each.code}") for each in others],
        products=await product_choices(ctx),
    )


PAGES = (
    Page(path="outreach", handler=show_outreach, permission=KEEP),
    Page(path="outreach", handler=enter_outreach, permission=KEEP, method="POST"),
    Page(path="machines", handler=show_machines, permission=KEEP),
    Page(
        path="machines/{spot}", handler=send_machine_file, permission=KEEP, method="POST", max_body=2_200_000
    ),
    Page(path="machines/files/{file}", handler=show_machine_file, permission=KEEP),
    Page(
        path="machines/files/{file}/apply",
        handler=apply_machine_file,
        permission=KEEP,
        method="POST",
        time_limit=40.0,
    ),
    Page(path="machines/files/{file}/cancel", handler=cancel_machine_file, permission=KEEP, method="POST"),
    Page(path="consignment/{spot}", handler=show_consignment, permission=KEEP),
    Page(path="consignment/{spot}/restock", handler=restock, permission=KEEP, method="POST"),
    Page(path="consignment/{spot}/count", handler=settle, permission=KEEP, method="POST"),
)
