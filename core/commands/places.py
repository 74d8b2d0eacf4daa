"""What commands name by a code: the town, a tenant of it, an account."""

from __future__ import annotations

from collections.abc import Sequence

import click

from core.app import Platform
from core.identity.accounts import Account, account_by_login
from core.kernel.errors import NotFound
from core.kernel.i18n import gettext_noop as _
from core.kernel.scope import Scope
from core.tenancy.regions import Region, list_regions
from core.tenancy.tenants import Tenant, list_tenants

__all__ = ["account_named", "tenant_named", "tenants_of", "town_named", "town_option"]

town_option = click.option("--region", metavar="CODE", help="The town, where the deployment has several.")


async def town_named(platform: Platform, code: str | None) -> Region:
    """The town of this code, or the only one; raises `NotFound` and says which there are."""
    async with platform.database.transaction(Scope.nobody()) as tx:
        towns = await list_regions(tx, "town")
    if not towns:
        raise NotFound(
            _("There is no town yet."),
            _("Open it with `townbridge tenant town CODE`, or load an exchange folder."),
        )
    chosen = [town for town in towns if code is None or town.code == code]
    if len(chosen) == 1:
        return chosen[0]
    known = ", ".join(town.code for town in towns)
    if code is None:
        raise click.UsageError(f"There are several towns. Name one with --region: {known}.")
    raise NotFound(_("There is no town %(code)s."), _("The towns are: %(known)s."), code=code, known=known)


async def tenants_of(platform: Platform, town: Region) -> Sequence[Tenant]:
    async with platform.database.transaction(Scope.town(town.id)) as tx:
        return await list_tenants(tx)


async def tenant_named(platform: Platform, town: Region, code: str) -> Tenant:
    """The tenant of this code or address; raises `NotFound`."""
    for tenant in await tenants_of(platform, town):
        if code in (tenant.code, tenant.slug):
            return tenant
    raise NotFound(
        _("There is no association unit %(code)s in %(town)s."),
        _("`townbridge tenant list` shows those that there are."),
        code=code,
        town=town.code,
    )


async def account_named(platform: Platform, login: str) -> Account:
    """The account of this login, in whatever town; raises `NotFound`."""
    async with platform.database.transaction(Scope.nobody()) as tx:
        account = await account_by_login(tx, login)
    if account is None:
        raise NotFound(
            _("There is no user %(login)s."),
            _("`townbridge user list` shows those that there are."),
            login=login,
        )
    return account
