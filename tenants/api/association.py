"""Who the unit is: firms served, workshops and groups, who works here, service modules; and their switch."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import msgspec
from msgspec import Struct

from core.host.offers import switch_plugin, tenant_plugins
from core.host.portal import PortalCtx
from core.host.shapes.firms import FirmItem, firm_items
from core.identity.memberships import list_members
from core.tenancy.firms import list_firms
from core.tenancy.tenants import own_tenant
from core.tenancy.units import UnitKind, list_units
from core.web.pages import Route
from tenants.forms import Switch

__all__ = ["ROUTES"]


class WorkshopItem(Struct, frozen=True, kw_only=True):
    """A workshop, or a group of members."""

    id: UUID
    kind: UnitKind
    name: str
    parent_id: UUID | None
    closed_on: date | None


class MemberItem(Struct, frozen=True, kw_only=True):
    """One role of somebody who works here."""

    login: str
    name: str
    role: str
    since: date
    is_active: bool
    has_password: bool


class ModuleItem(Struct, frozen=True, kw_only=True):
    """A service module that the town offers, or requires."""

    name: str
    title: str
    description: str
    is_required: bool
    is_on: bool


class Association(Struct, frozen=True, kw_only=True):
    """`books_from` is the first day of its figures."""

    id: UUID
    code: str
    slug: str
    kind: str
    name_zh: str
    name_en: str
    opened_on: date
    closed_on: date | None
    books_from: date
    firms: list[FirmItem]
    workshops: list[WorkshopItem]
    members: list[MemberItem]
    modules: list[ModuleItem]


class ModuleSwitched(Struct, frozen=True, kw_only=True):
    """`is_changed`: it was not so already."""

    name: str
    is_on: bool
    is_changed: bool


async def read_association(ctx: PortalCtx) -> Association:
    tx, tell = ctx.transaction, ctx.tell
    tenant = await own_tenant(tx)
    return Association(
        id=tenant.id,
        code=tenant.code,
        slug=tenant.slug,
        kind=tenant.kind,
        name_zh=tenant.name_zh,
        name_en=tenant.name_en,
        opened_on=tenant.opened_on,
        closed_on=tenant.closed_on,
        books_from=tenant.books_from,
        firms=firm_items(await list_firms(tx)),
        workshops=msgspec.convert(await list_units(tx), list[WorkshopItem], from_attributes=True),
        members=msgspec.convert(await list_members(tx), list[MemberItem], from_attributes=True),
        modules=[
            ModuleItem(
                name=each.name,
                title=tell(each.title),
                description=tell(each.description) if each.description else "",
                is_required=each.is_required,
                is_on=each.is_on,
            )
            for each in await tenant_plugins(tx, ctx.tenant.region_id, ctx.registry)
        ],
    )


async def switch_module(ctx: PortalCtx, plugin: str, body: Switch) -> ModuleSwitched:
    is_on = body.to == "on"
    is_changed = await switch_plugin(ctx, ctx.registry, plugin, is_on)
    return ModuleSwitched(name=plugin, is_on=is_on, is_changed=is_changed)


ROUTES = (
    Route(
        path="association",
        handler=read_association,
        permission="tenant.association.read",
        summary="The unit with its firms, workshops, staff and service modules",
    ),
    Route(
        path="association/modules/{plugin}",
        handler=switch_module,
        permission="tenant.plugin.switch",
        method="POST",
        summary="Switch a service module on or off",
    ),
)
