"""Goods between two points of the unit: chosen lot by lot, entered at both at once."""

from __future__ import annotations

from typing import Any

from core.sdk import BadInput, Conflict, Form, Page, TenantCtx, new_id
from core.sdk import gettext_noop as _
from plugins.supplies.pages.order_forms import PointQuery, TransferForm, taken_in, typed_lines
from plugins.supplies.pages.order_words import names_of, refuse
from plugins.supplies.permissions import SEND
from plugins.supplies.services.moving import move
from plugins.supplies.services.picking import sound_lots
from plugins.supplies.services.sending import MOST_LINES

__all__ = ["PAGES"]


async def show_transfer(ctx: TenantCtx, query: PointQuery) -> Any:
    return await _page(ctx, query.point, Form({"key": str(new_id())}, None, {}))


async def transfer(ctx: TenantCtx, form: Form[TransferForm]) -> Any:  # pyright: ignore[reportInvalidTypeForm]
    if not form.is_valid:
        return await _page(ctx, form.typed.get("point", ""), form)
    told: Any = form.value
    try:
        await move(ctx, told.point, told.to, taken_in(told), note=told.note, key=told.key)
    except (BadInput, Conflict) as error:
        return await _page(ctx, told.point, form, refuse(form, error))
    return ctx.redirect(ctx.address("transfers", point=told.point), _("Moved, and entered at both points."))


async def _page(ctx: TenantCtx, point: str, form: Form[Any], problem: Conflict | None = None) -> Any:
    names = await names_of(ctx)
    codes = [code for code, _name in names.points]
    point = point if point in codes else next(iter(codes), "")
    return ctx.render(
        "supplies/transfer.html",
        409 if problem else 200 if form.is_valid else 400,
        point=point,
        lots=(await sound_lots(ctx, point))[:MOST_LINES],
        names=names,
        others=[each for each in names.points if each[0] != point],
        form=form,
        typed=typed_lines(form, "quantity"),
        problem=problem,
    )


PAGES = (
    Page(path="transfers", handler=show_transfer, permission=SEND),
    Page(path="transfers", handler=transfer, permission=SEND, method="POST"),
)
