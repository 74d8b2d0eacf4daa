"""What the town's administrator does with the town's own staff and its pool of consultants."""

from __future__ import annotations

from uuid import UUID

from core.host.portal import TownHallCtx
from core.host.staffing import (
    Handed,
    Person,
    check_appointed,
    check_has,
    hand_over,
    people_in,
    works_elsewhere,
)
from core.identity import staff
from core.identity.accounts import Account, account_in_town
from core.identity.roles import ROLES
from core.identity.town_roles import grant_town_role, list_town_members
from core.kernel.errors import BadInput, NotFound
from core.kernel.i18n import gettext_noop as _

__all__ = [
    "APPOINTED",
    "account_named",
    "check_role",
    "give_role",
    "leave",
    "make_link",
    "person_of",
    "take_on",
    "take_role",
]

APPOINTED = tuple(role.name for role in ROLES.values() if role.appointed_by == "town")


async def take_on(ctx: TownHallCtx, login: str, name: str, role: str) -> Handed:
    """Somebody new, or new here, and the sheet for her; a second time she gets a new link alone."""
    check_role(role)
    account = await staff.account_for(ctx.transaction, login, name)
    await grant_town_role(ctx.transaction, account.id, role)
    if account.has_password:
        return Handed(account=account, site=ctx.server.site)
    return await hand_over(ctx, account.id)


async def account_named(ctx: TownHallCtx, login: str) -> Account:
    """Somebody of a unit who works elsewhere as well: only the town can give her a new link."""
    account = await account_in_town(ctx.transaction, login)
    if account is None:
        raise BadInput(fields={"login": _("Nobody of this town has this user name.")})
    return account


async def person_of(ctx: TownHallCtx, account: UUID) -> Person:
    """Raises `NotFound` for who does not work for the town."""
    members = [each for each in await list_town_members(ctx.transaction) if each.account_id == account]
    for person in await people_in(ctx.transaction, members):
        return person
    raise NotFound


async def give_role(ctx: TownHallCtx, account: UUID, role: str) -> None:
    check_role(role)
    await person_of(ctx, account)
    await grant_town_role(ctx.transaction, account, role)


async def take_role(ctx: TownHallCtx, account: UUID, role: str, reason: str) -> bool:
    """Whether she still works for the town."""
    person = await person_of(ctx, account)
    check_has(person, role)
    await staff.take_town_role(ctx.transaction, account, role, reason)
    return len(person.roles) > 1


async def make_link(ctx: TownHallCtx, account: UUID) -> Handed:
    await person_of(ctx, account)
    return await hand_over(ctx, account)


async def leave(ctx: TownHallCtx, account: UUID, reason: str) -> None:
    """All her roles in the town end now, and her sessions and links."""
    await person_of(ctx, account)
    away = await works_elsewhere(ctx.server.database, account, ctx.town.id)
    await staff.dismiss_from_town(ctx.transaction, account, reason, away)


def check_role(role: str) -> None:
    check_appointed(role, APPOINTED)
