"""The town's acts in a unit, each in transactions of its own: open one, appoint somebody there.

A page or command calls these with no transaction open (`neighbours.aside`). Each step can be done again: after
a crash the same words complete what was begun.
"""

from __future__ import annotations

import re
from datetime import date
from uuid import UUID

import msgspec
from msgspec import Struct

from core.host.background import tenant_background
from core.host.offers import switch_plugin, tenant_plugins
from core.host.profiles import Profile
from core.host.serving import Server
from core.host.staffing import Handed, sheet_of
from core.identity.accounts import Account
from core.identity.invitations import issue
from core.identity.memberships import copy_tenant_names, grant_role
from core.identity.roles import MANAGER_ROLE
from core.identity.staff import account_for
from core.kernel.db import Transaction
from core.kernel.errors import BadInput
from core.kernel.i18n import gettext_noop as _
from core.kernel.scope import Scope
from core.tenancy.settings import write_settings
from core.tenancy.tenants import Kind, Tenant, open_tenant, tenant_by_code
from core.tenancy.units import add_unit

__all__ = ["Opened", "Opening", "appoint", "furnish", "next_code", "open_unit", "rename_unit"]

NUMBERED = re.compile(r"([A-Za-z]*)([0-9]{1,6})")


class Opening(Struct, frozen=True, kw_only=True):
    """What the town says of a new unit."""

    code: str
    kind: Kind
    name_zh: str
    name_en: str
    opened_on: date
    profile: Profile
    officer: str
    officer_login: str


class Opened(Struct, frozen=True, kw_only=True):
    """The unit, the sheet for its first officer, and the modules of the profile that could not be switched on."""

    tenant: Tenant
    handed: Handed
    skipped: list[str]


async def open_unit(server: Server, region_id: UUID, wanted: Opening, actor: UUID | None) -> Opened:
    """Open a unit, furnish it, and appoint its first officer; again with the same words nothing is doubled.

    Raises `BadInput` for a code that another unit has, before anything is done.
    """
    async with server.database.transaction(Scope.town(region_id, actor)) as tx:
        await _check_free(tx, wanted)
        tenant = await open_tenant(
            tx,
            code=wanted.code,
            name_zh=wanted.name_zh,
            name_en=wanted.name_en,
            kind=wanted.kind,
            opened_on=wanted.opened_on,
        )
        officer = await account_for(tx, wanted.officer_login, wanted.officer)
    async with server.database.transaction(Scope.of_tenant(tenant.id, actor=actor)) as tx:
        skipped = await furnish(server, tx, tenant, wanted.profile)
        await grant_role(tx, officer.id, MANAGER_ROLE)
    handed = await _handed(server, region_id, officer, actor)
    return Opened(tenant=tenant, handed=handed, skipped=skipped)


async def _check_free(tx: Transaction, wanted: Opening) -> None:
    known = await tenant_by_code(tx, wanted.code)
    if known is None:
        return
    is_same = (known.name_zh, known.kind, known.opened_on, known.closed_on) == (
        wanted.name_zh,
        wanted.kind,
        wanted.opened_on,
        None,
    )
    if not is_same:
        raise BadInput(fields={"code": _("Another unit has this code. Choose the next free one.")})


async def furnish(server: Server, tx: Transaction, tenant: Tenant, profile: Profile) -> list[str]:
    """Switch on, set and enter what the profile says in the open tenant; the modules that are not offered."""
    offered = {each.name for each in await tenant_plugins(tx, tenant.region_id, server.registry)}
    for name in profile.modules:
        if name in offered:
            async with tenant_background(server, tx, tenant.id, name) as ctx:
                await switch_plugin(ctx, server.registry, name, is_on=True)
    for name, values in profile.settings.items():
        entry = server.registry.get(name)
        if name in offered and entry is not None and entry.settings is not None:
            await write_settings(tx, name, msgspec.convert(values, entry.settings), only=values.keys())
    for workshop in profile.workshops:
        await add_unit(tx, workshop, "workshop")
    for group in profile.groups:
        await add_unit(tx, group, "group")
    return [name for name in profile.modules if name not in offered]


async def appoint(
    server: Server, region_id: UUID, tenant_id: UUID, login: str, name: str, role: str, actor: UUID | None
) -> Handed:
    """Give somebody a role in a unit for the town; the sheet has a code where she has no password yet."""
    async with server.database.transaction(Scope.town(region_id, actor)) as tx:
        account = await account_for(tx, login, name)
    async with server.database.transaction(Scope.of_tenant(tenant_id, actor=actor)) as tx:
        await grant_role(tx, account.id, role)
    return await _handed(server, region_id, account, actor)


async def _handed(server: Server, region_id: UUID, account: Account, actor: UUID | None) -> Handed:
    if account.has_password:
        return Handed(account=account, site=server.site)
    async with server.database.transaction(Scope.town(region_id, actor)) as tx:
        return sheet_of(server.site, await issue(tx, account.id, works_elsewhere=False))


async def rename_unit(server: Server, tenant: Tenant, name_zh: str, name_en: str, actor: UUID | None) -> None:
    """Correct the names of a unit, and their copies with its staff."""
    async with server.database.transaction(Scope.town(tenant.region_id, actor)) as tx:
        await open_tenant(
            tx,
            code=tenant.code,
            name_zh=name_zh,
            name_en=name_en,
            kind=tenant.kind,
            opened_on=tenant.opened_on,
            closed_on=tenant.closed_on,
        )
    async with server.database.transaction(Scope.of_tenant(tenant.id, actor=actor)) as tx:
        await copy_tenant_names(tx)


def next_code(tenants: list[Tenant]) -> str:
    """The code after the highest numbered one: T09 -> T10."""
    numbered = [match for tenant in tenants if (match := NUMBERED.fullmatch(tenant.code))]
    last = max(numbered, key=lambda match: int(match[2]), default=None)
    return f"{last[1]}{int(last[2]) + 1:0{len(last[2])}d}" if last else "T01"
