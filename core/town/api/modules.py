"""The service modules: what is installed, what the town offers or requires, what is refused and why."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from msgspec import Struct

from core.host.offers import offer_of, offer_plugin, offers_of, withdraw_plugin
from core.host.portal import TownHallCtx
from core.tenancy.tenants import list_tenants
from core.town.units import enabled_in_units
from core.web.pages import Route

__all__ = ["ROUTES"]


class InstalledModule(Struct, frozen=True, kw_only=True):
    """`mode` is `offered`, `required` or empty; `reason` says why it is refused; `units` have it on.

    `faults` are those of the process that answers, since it was started.
    """

    name: str
    title: str
    description: str
    version: str
    mode: str
    reason: str
    units: int
    faults: int
    last_fault: datetime | None


class ModuleOffered(Struct, frozen=True, kw_only=True):
    """`is_changed`: it was not so already."""

    name: str
    mode: str
    is_changed: bool


async def list_modules(ctx: TownHallCtx) -> list[InstalledModule]:
    switches = await enabled_in_units(ctx)
    tenants = await list_tenants(ctx.transaction)
    return [
        InstalledModule(
            name=offer.name,
            title=ctx.tell(offer.title),
            description=ctx.tell(offer.description) if offer.description else "",
            version=offer.version,
            mode=offer.mode,
            reason=offer.reason,
            units=sum(offer.name in switches.enabled(tenant.id) for tenant in tenants),
            faults=ctx.health.count(offer.name),
            last_fault=ctx.health.last.get(offer.name),
        )
        for offer in await offers_of(ctx.town.id, ctx.registry)
    ]


async def offer_module(ctx: TownHallCtx, plugin: str) -> ModuleOffered:
    return await _offered(ctx, plugin, "offered")


async def require_module(ctx: TownHallCtx, plugin: str) -> ModuleOffered:
    return await _offered(ctx, plugin, "required")


async def withdraw_module(ctx: TownHallCtx, plugin: str) -> ModuleOffered:
    """Off in every unit, their data kept."""
    await offer_of(ctx.town.id, ctx.registry, plugin)
    is_changed = await withdraw_plugin(ctx.transaction, ctx.town.id, plugin)
    return ModuleOffered(name=plugin, mode="", is_changed=is_changed)


async def _offered(ctx: TownHallCtx, plugin: str, mode: str) -> ModuleOffered:
    is_changed = await offer_plugin(ctx.transaction, ctx.town.id, ctx.registry, plugin, mode)
    return ModuleOffered(name=plugin, mode=mode, is_changed=is_changed)


def _act(name: str, handler: Callable[..., Awaitable[Any]], summary: str) -> Route:
    return Route(
        path=f"plugins/{{plugin}}/{name}",
        place="town",
        handler=handler,
        permission="town.plugin.offer",
        method="POST",
        summary=summary,
    )


ROUTES = (
    Route(
        path="plugins",
        place="town",
        handler=list_modules,
        permission="town.plugin.read",
        summary="The installed service modules",
    ),
    _act("offer", offer_module, "Offer a service module: each unit switches it on itself"),
    _act("require", require_module, "Require a service module: on in every unit"),
    _act("withdraw", withdraw_module, "Withdraw a service module: off in every unit, the data are kept"),
)
