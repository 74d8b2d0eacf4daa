"""The staff of an exchange folder: accounts without a password, with their roles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from core.identity.accounts import add_account
from core.identity.memberships import grant_role, was_granted
from core.identity.roles import ROLES
from core.identity.town_roles import grant_town_role
from core.kernel.db import Database
from core.kernel.errors import BadInput
from core.kernel.i18n import gettext_noop as _
from core.kernel.scope import Scope
from core.town.exchange.masters import StaffRow

__all__ = ["keep_staff"]


async def keep_staff(
    database: Database, region_id: UUID, staff: Sequence[StaffRow], tenants: Mapping[str, UUID]
) -> None:
    """Add who is missing and give the roles; nobody loses one here, and nobody gets a password."""
    for row in staff:
        if row.role not in ROLES:
            raise BadInput(
                _("staff.csv names the unknown role %(role)s."),
                _("Correct the file and load again."),
                role=row.role,
            )
        async with database.transaction(Scope.town(region_id)) as transaction:
            account = await add_account(transaction, row.login, row.name)
            if row.tenant is None:
                await grant_town_role(transaction, account.id, row.role)
        if row.tenant is not None:
            async with database.transaction(Scope.of_tenant(tenants[row.tenant])) as transaction:
                # A role that was taken away in the portal stays away: a file of last year does not give it back.
                if not await was_granted(account.id, row.role):
                    await grant_role(transaction, account.id, row.role)
