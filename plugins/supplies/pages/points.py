"""Service points: opened, named, told how much should lie there, closed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from core.sdk import Form, Nav, Page, TenantCtx
from core.sdk import gettext_noop as _
from core.sdk.tenancy import list_firms
from plugins.supplies.pages.showing import attempt, status_of
from plugins.supplies.pages.stock_forms import NewPointForm, PointForm
from plugins.supplies.permissions import KEEP, READ
from plugins.supplies.services import points

__all__ = ["PAGES", "levels_of"]


def levels_of(asked: PointForm | NewPointForm) -> dict[str, int]:
    return {name: getattr(asked, name) for name in ("min_months", "max_months", "emergency_tenths")}


async def show_points(ctx: TenantCtx) -> Any:
    firms = {firm.id: firm.name(ctx.language) for firm in await list_firms(ctx.transaction)}
    return ctx.render(
        "supplies/points.html", points=await points.list_points(), kinds=points.KIND_TITLES, firms=firms
    )


async def show_new(ctx: TenantCtx) -> Any:
    return await _new_page(
        ctx, Form({"min_months": "2", "max_months": "3", "emergency_tenths": "5"}, None, {}, NewPointForm)
    )


async def open_point(ctx: TenantCtx, form: Form[NewPointForm]) -> Any:
    if form.is_valid:
        asked = form.value
        with attempt(form):
            await points.open_point(ctx, asked.code, asked.name, asked.kind, asked.firm_id, levels_of(asked))
            return ctx.redirect(ctx.address("points"), _("The service point is open."))
    return await _new_page(ctx, form)


async def _new_page(ctx: TenantCtx, form: Form[Any]) -> Any:
    firms = [(str(firm.id), firm.name(ctx.language)) for firm in await list_firms(ctx.transaction)]
    return ctx.render(
        "supplies/point_new.html",
        status_of(form),
        form=form,
        options={
            "kind": [(kind, ctx.tell(title)) for kind, title in points.KIND_TITLES.items()],
            "firm_id": [("", "—"), *firms],
        },
    )


async def show_point(ctx: TenantCtx, spot: UUID) -> Any:
    point = await points.find_point(spot)
    return _point_page(ctx, point, Form.of(_form_of(point)))


async def change_point(ctx: TenantCtx, spot: UUID, form: Form[PointForm]) -> Any:
    point = await points.find_point(spot)
    if form.is_valid:
        asked = form.value
        with attempt(form):
            await points.change_point(ctx, spot, asked.name, levels_of(asked))
            return ctx.redirect(ctx.address("points"), _("The service point is changed."))
    return _point_page(ctx, point, form)


async def close(ctx: TenantCtx, spot: UUID) -> Any:
    await points.close_point(ctx, spot)
    return ctx.redirect(ctx.address("points"), _("The service point is closed."))


async def reopen(ctx: TenantCtx, spot: UUID) -> Any:
    await points.reopen_point(ctx, spot)
    return ctx.redirect(ctx.address("points"), _("The service point is open."))


def _form_of(point: points.ServicePoint) -> PointForm:
    return PointForm(**{name: getattr(point, name) for name in PointForm.__struct_fields__})


def _point_page(ctx: TenantCtx, point: points.ServicePoint, form: Form[Any]) -> Any:
    return ctx.render(
        "supplies/point.html",
        status_of(form),
        point=point,
        form=form,
        kind=ctx.tell(points.KIND_TITLES[point.kind]),
    )


PAGES = (
    Page(
        path="points",
        handler=show_points,
        permission=READ,
        nav=Nav(title=_("Service points"), order=48, icon="map-pin"),
    ),
    Page(path="points/new", handler=show_new, permission=KEEP),
    Page(path="points/new", handler=open_point, permission=KEEP, method="POST"),
    Page(path="points/{spot}", handler=show_point, permission=KEEP),
    Page(path="points/{spot}", handler=change_point, permission=KEEP, method="POST"),
    Page(path="points/{spot}/close", handler=close, permission=KEEP, method="POST"),
    Page(path="points/{spot}/reopen", handler=reopen, permission=KEEP, method="POST"),
)
