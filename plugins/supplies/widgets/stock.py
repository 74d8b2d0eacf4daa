"""In the platform's own pages: what is short, expires, is called back, is to be inspected; of the units as figures."""

from __future__ import annotations

from core.sdk import Task, TenantCtx, TownCtx, Widget, month_of
from core.sdk import gettext_noop as _
from core.sdk.figures import parse_period
from plugins.supplies.permissions import KEEP, NETWORK, READ
from plugins.supplies.services.callbacks import open_callbacks
from plugins.supplies.services.catalogue import catalogue_of_town, catalogue_on
from plugins.supplies.services.network import INDICATORS, Holding, holdings, propose, tracers_in
from plugins.supplies.services.points import list_points
from plugins.supplies.services.stocking import due_for_inspection, lots, near_expiry, overrides_of_month

__all__ = ["WIDGETS"]


async def stock_at_a_glance(ctx: TenantCtx) -> str | None:
    """How many lots expire when, which products are missing where, how often a rule was passed over."""
    points = [point for point in await list_points() if point.is_open]
    if not points:
        return None
    found = await lots(ctx)
    catalogue = await catalogue_on(ctx, ctx.today)
    having = {(lot.point, lot.sku) for lot in found}
    known = {lot.sku for lot in found}
    missing = [
        (point, product)
        for point in points
        for product in catalogue.products.values()
        if product.is_tracer
        and product.sku in known
        and (point.code, product.sku) not in having
        and point.kind in ("STATION", "CLINIC")
    ]
    return ctx.text(
        "supplies/stock_home.html",
        buckets=near_expiry(found),
        missing=missing,
        overrides=await overrides_of_month(ctx),
    )


async def stock_tasks(ctx: TenantCtx) -> list[Task]:
    """Recalls that are not worked off, expired goods, inspections."""
    found = await lots(ctx)
    tasks: list[Task] = []
    if recalled := sum(each.is_open for each in await open_callbacks(ctx)):
        tasks.append(
            Task(
                title=_("Recalled lots to be worked off"),
                action=_("Open the recalls"),
                address=ctx.address("recalled"),
                due=ctx.today,
                count=recalled,
            )
        )
    if expired := len(near_expiry(found)["expired"]):
        tasks.append(
            Task(
                title=_("Expired lots to be taken out"),
                action=_("Open the stock"),
                address=ctx.address("stock"),
                count=expired,
            )
        )
    if due := len(await due_for_inspection(ctx, found)):
        tasks.append(
            Task(
                title=_("Lots to be inspected"),
                action=_("Inspect"),
                address=ctx.address("stock/inspections"),
                count=due,
            )
        )
    return tasks


async def network_at_a_glance(ctx: TownCtx) -> str | None:
    """Of the units: where products are missing, what expires."""
    found = await _holdings(ctx)
    if not found:
        return None
    return ctx.text(
        "supplies/network_home.html",
        out=[each for each in found if each.state == "out"],
        low=[each for each in found if each.state == "low"],
        expiring=sum(each.expiring for each in found),
    )


async def network_tasks(ctx: TownCtx) -> list[Task]:
    count = len(propose(await _holdings(ctx)))
    if not count:
        return []
    return [
        Task(
            title=_("Supplies that one unit could give to another"),
            action=_("Look at the stock of the units"),
            address=ctx.address("network"),
            count=count,
        )
    ]


async def _holdings(ctx: TownCtx) -> list[Holding]:
    units = await ctx.unit_figures(parse_period(month_of(ctx.today)), INDICATORS)
    return holdings(units, tracers_in(await catalogue_of_town(ctx, ctx.today)))


WIDGETS = (
    Widget(slot="TENANT_HOME", handler=stock_at_a_glance, permission=READ, order=40),
    Widget(slot="TENANT_TASKS", handler=stock_tasks, permission=KEEP, order=40),
    Widget(slot="TOWN_HOME", handler=network_at_a_glance, permission=NETWORK, order=40),
    Widget(slot="TOWN_TASKS", handler=network_tasks, permission=NETWORK, order=40),
)
