"""The town's page of service modules: what is installed, what is offered or required, what is refused and why."""

from __future__ import annotations

from litestar import Response

from core.host.offers import offer_of, offer_plugin, offers_of, withdraw_plugin
from core.host.portal import TownHallCtx
from core.kernel.i18n import gettext_noop as _
from core.tenancy.tenants import list_tenants
from core.town.units import enabled_in_units
from core.web.pages import Nav, Page

__all__ = ["PLUGIN_PAGES"]


async def show_plugins(ctx: TownHallCtx) -> Response:
    """Every installed service module, with the faults that this process has met."""
    offers = await offers_of(ctx.town.id, ctx.registry)
    switches = await enabled_in_units(ctx)
    tenants = await list_tenants(ctx.transaction)
    return ctx.render(
        "town/plugins.html",
        running=[offer for offer in offers if not offer.reason],
        refused=[offer for offer in offers if offer.reason],
        units={
            offer.name: sum(offer.name in switches.enabled(tenant.id) for tenant in tenants)
            for offer in offers
        },
        all=len(tenants),
        faults={offer.name: ctx.health.count(offer.name) for offer in offers},
        last_faults=ctx.health.last,
    )


async def offer(ctx: TownHallCtx, plugin: str) -> Response:
    """From not offered or from required: units then switch it on themselves."""
    await offer_plugin(ctx.transaction, ctx.town.id, ctx.registry, plugin, "offered")
    return ctx.redirect(ctx.address("plugins"), _("Offered. Each unit can switch it on now."))


async def ask_require(ctx: TownHallCtx, plugin: str) -> Response:
    return await _ask(ctx, plugin, "require")


async def require(ctx: TownHallCtx, plugin: str) -> Response:
    await offer_plugin(ctx.transaction, ctx.town.id, ctx.registry, plugin, "required")
    return ctx.redirect(ctx.address("plugins"), _("Required. It is on in every unit now."))


async def ask_withdraw(ctx: TownHallCtx, plugin: str) -> Response:
    return await _ask(ctx, plugin, "withdraw")


async def withdraw(ctx: TownHallCtx, plugin: str) -> Response:
    """Off in every unit, their data kept."""
    await offer_of(ctx.town.id, ctx.registry, plugin)
    await withdraw_plugin(ctx.transaction, ctx.town.id, plugin)
    return ctx.redirect(ctx.address("plugins"), _("Withdrawn. It is off in every unit; the data are kept."))


async def _ask(ctx: TownHallCtx, plugin: str, act: str) -> Response:
    """What the act means, in numbers, before it is done."""
    found = await offer_of(ctx.town.id, ctx.registry, plugin)
    switches = await enabled_in_units(ctx)
    tenants = await list_tenants(ctx.transaction)
    having = sum(plugin in switches.enabled(tenant.id) for tenant in tenants)
    return ctx.render("town/confirm.html", plugin=found, act=act, having=having, others=len(tenants) - having)


PLUGIN_PAGES = (
    Page(
        path="plugins",
        place="town",
        handler=show_plugins,
        permission="town.plugin.read",
        nav=Nav(title=_("Service modules"), order=30, icon="puzzle"),
    ),
    Page(
        path="plugins/{plugin}/offer",
        place="town",
        handler=offer,
        permission="town.plugin.offer",
        method="POST",
    ),
    Page(path="plugins/{plugin}/require", place="town", handler=ask_require, permission="town.plugin.offer"),
    Page(
        path="plugins/{plugin}/require",
        place="town",
        handler=require,
        permission="town.plugin.offer",
        method="POST",
    ),
    Page(
        path="plugins/{plugin}/withdraw", place="town", handler=ask_withdraw, permission="town.plugin.offer"
    ),
    Page(
        path="plugins/{plugin}/withdraw",
        place="town",
        handler=withdraw,
        permission="town.plugin.offer",
        method="POST",
    ),
)
