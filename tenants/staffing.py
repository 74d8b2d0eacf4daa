"""What the manager of a unit does with its staff; nobody sets a password here."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

from core.host.portal import PortalCtx
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
from core.identity.history import SignIn, sign_ins
from core.identity.memberships import grant_role, list_members
from core.identity.roles import TENANT_ROLES
from core.kernel.errors import NotFound

__all__ = [
    "APPOINTED",
    "can_reset",
    "check_held",
    "check_role",
    "give_role",
    "leave",
    "make_link",
    "person_of",
    "take_on",
    "take_role",
    "tries_of",
]

APPOINTED = tuple(role.name for role in TENANT_ROLES if role.appointed_by == "tenant")


async def take_on(ctx: PortalCtx, login: str, name: str, role: str) -> Handed:
    """Somebody new, or new here, and the sheet for her; a second time she gets a new link alone."""
    check_role(role)
    account = await staff.take_on(ctx.transaction, login, name, role)
    away = await works_elsewhere(ctx.server.database, account.id, ctx.tenant.id)
    if account.has_password or away:
        return Handed(account=account, site=ctx.server.site)
    return await hand_over(ctx, account.id)


async def person_of(ctx: PortalCtx, account: UUID) -> Person:
    """Raises `NotFound` for who does not work here."""
    members = [each for each in await list_members(ctx.transaction) if each.account_id == account]
    for person in await people_in(ctx.transaction, members):
        return person
    raise NotFound


async def tries_of(ctx: PortalCtx, account: UUID) -> list[SignIn]:
    """When she signed in, or tried to, since she works here: what she did before is not this unit's business."""
    tx = ctx.transaction
    begun = min(each.since for each in await list_members(tx) if each.account_id == account)
    zone = ZoneInfo(ctx.tenant.time_zone)
    return [each for each in await sign_ins(tx, account) if each.at.astimezone(zone).date() >= begun]


async def can_reset(ctx: PortalCtx, account: UUID) -> bool:
    """Whether the unit can make her a new link."""
    return not await works_elsewhere(ctx.server.database, account, ctx.tenant.id)


async def give_role(ctx: PortalCtx, account: UUID, role: str) -> None:
    check_role(role)
    await person_of(ctx, account)
    await grant_role(ctx.transaction, account, role)


async def take_role(ctx: PortalCtx, account: UUID, role: str, reason: str) -> bool:
    """Whether she still works here."""
    check_held(await person_of(ctx, account), role)
    await staff.take_role(ctx.transaction, account, role, reason)
    return any(member.account_id == account for member in await list_members(ctx.transaction))


async def make_link(ctx: PortalCtx, account: UUID) -> Handed:
    await person_of(ctx, account)
    return await hand_over(ctx, account)


async def leave(ctx: PortalCtx, account: UUID, reason: str) -> None:
    """All roles here end today; sessions and links die at once."""
    await person_of(ctx, account)
    away = await works_elsewhere(ctx.server.database, account, ctx.tenant.id)
    await staff.dismiss(ctx.transaction, account, reason, away)


def check_role(role: str) -> None:
    """A unit appoints its own people; consultants come from the town."""
    check_appointed(role, APPOINTED)


def check_held(person: Person, role: str) -> None:
    check_has(person, role)
    check_role(role)
