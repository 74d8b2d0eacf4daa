"""What the town offers or requires, and what a tenant switches on: both at once, for the next request."""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct

from core.host.registry import Registry
from core.host.tables import PluginOffer
from core.kernel import audit, clock, outbox
from core.kernel.db import Transaction
from core.kernel.errors import Conflict, NotFound
from core.kernel.i18n import gettext_noop as _
from core.sdk.ctx import TenantCtx
from core.tenancy import activations

__all__ = [
    "Offer",
    "PluginState",
    "offer_of",
    "offer_plugin",
    "offers_of",
    "switch_plugin",
    "tenant_plugins",
    "withdraw_plugin",
]


class Offer(Struct, frozen=True, kw_only=True):
    """A plug-in in the town's list; `mode` is empty where it is not offered."""

    name: str
    title: str
    description: str
    version: str
    mode: str
    reason: str = ""
    """Why it is refused; empty for one that runs."""


class PluginState(Struct, frozen=True, kw_only=True):
    """A plug-in in a tenant's list."""

    name: str
    title: str
    description: str
    is_required: bool
    is_on: bool


async def offers_of(region_id: UUID, registry: Registry) -> list[Offer]:
    """Every installed plug-in with what the town does with it, the refused ones with their reason."""
    rows = await PluginOffer.select(PluginOffer.plugin, PluginOffer.mode).where(
        PluginOffer.region_id == region_id
    )
    modes = {row["plugin"]: row["mode"] for row in rows}
    running = [
        Offer(
            name=entry.name,
            title=entry.plugin.title,
            description=entry.plugin.description,
            version=entry.plugin.version,
            mode=modes.get(entry.name, ""),
        )
        for entry in registry.plugins
    ]
    refused = [
        Offer(
            name=r.name, title=r.name, description="", version="", mode=modes.get(r.name, ""), reason=r.reason
        )
        for r in registry.refused
    ]
    return running + refused


async def offer_of(region_id: UUID, registry: Registry, name: str) -> Offer:
    """One of them; raises `NotFound` for what is not installed."""
    for offer in await offers_of(region_id, registry):
        if offer.name == name:
            return offer
    raise NotFound


async def offer_plugin(
    transaction: Transaction, region_id: UUID, registry: Registry, name: str, mode: str
) -> bool:
    """Offer (`offered`) or require (`required`) a plug-in in the town; False when it is so already."""
    if registry.get(name) is None:
        raise NotFound
    before = await _mode(region_id, name)
    if before == mode:
        return False
    await PluginOffer.insert(
        PluginOffer(region_id=region_id, plugin=name, mode=mode, changed_at=clock.now())
    ).on_conflict(
        target=(PluginOffer.region_id, PluginOffer.plugin),
        action="DO UPDATE",
        values=[PluginOffer.mode, PluginOffer.changed_at],
    )
    audit.record(transaction, "town.plugin.offer", "plugin", None, detail={"plugin": name, "mode": mode})
    return True


async def withdraw_plugin(transaction: Transaction, region_id: UUID, name: str) -> bool:
    """Take an offer back: the plug-in is off in every tenant, its data stay."""
    if await _mode(region_id, name) is None:
        return False
    await PluginOffer.delete().where((PluginOffer.region_id == region_id) & (PluginOffer.plugin == name))
    audit.record(transaction, "town.plugin.withdraw", "plugin", None, detail={"plugin": name})
    return True


async def switch_plugin(ctx: TenantCtx, registry: Registry, name: str, is_on: bool) -> bool:
    """Switch an offered plug-in on or off in the tenant of `ctx`; a required one stays on.

    False when it is so already. The plug-in hears of it, and its jobs that waited for it are due again.
    """
    mode = await _mode(ctx.tenant.region_id, name)
    if mode is None:
        raise NotFound
    if mode == "required" and not is_on:
        raise Conflict(
            _("The town requires this service module, so it stays on."),
            _("Ask the town association if your members do not need it."),
        )
    switch = activations.switch_on if is_on else activations.switch_off
    if not await switch(ctx.transaction, name):
        return False
    if is_on:
        await outbox.resume(ctx.transaction)
    entry = registry.get(name)
    lifecycle = entry.lifecycle if entry else None
    hear = lifecycle and (lifecycle.on_enable if is_on else lifecycle.on_pause)
    if hear:
        await hear(ctx.in_plugin(name))
    return True


async def tenant_plugins(transaction: Transaction, region_id: UUID, registry: Registry) -> list[PluginState]:
    """What is offered to the tenant of the open transaction, and what of it is on."""
    on = await activations.switched_on(transaction)
    return [
        PluginState(
            name=offer.name,
            title=offer.title,
            description=offer.description,
            is_required=offer.mode == "required",
            is_on=offer.mode == "required" or offer.name in on,
        )
        for offer in await offers_of(region_id, registry)
        if offer.mode and not offer.reason
    ]


async def _mode(region_id: UUID, name: str) -> str | None:
    row = (
        await PluginOffer.select(PluginOffer.mode)
        .where((PluginOffer.region_id == region_id) & (PluginOffer.plugin == name))
        .first()
    )
    return row["mode"] if row else None
