"""What the town does with a unit: open it, correct its names, enter its firms, appoint somebody there, close it.

What is done inside a unit is done in that unit's own transaction, beside the caller's, and stands in its records.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from uuid import UUID

from core.host import opening
from core.host.neighbours import aside
from core.host.opening import Opened, Opening
from core.host.portal import TownHallCtx
from core.host.profiles import Profile
from core.host.staffing import Handed, Person, hand_over, people_in
from core.identity.memberships import list_members, revoke_role
from core.identity.roles import MANAGER_ROLE, ROLES
from core.kernel.db import Transaction
from core.kernel.errors import BadInput, NotFound
from core.kernel.i18n import gettext_noop as _
from core.kernel.scope import Scope
from core.tenancy.firms import Firm, add_firm, end_firm, list_firms
from core.tenancy.tenants import Tenant, list_tenants
from core.tenancy.uscc import normal_uscc, uscc_fault
from core.town.forms import NewFirm, UnitWords

__all__ = [
    "GIVEN",
    "appoint",
    "appointed",
    "check_given",
    "correct_names",
    "dismiss",
    "enter_firm",
    "firm_code",
    "inside",
    "make_link",
    "open_unit",
    "profile_of",
    "stop_firm",
    "unit_of",
]

GIVEN = (
    MANAGER_ROLE,
    *(role.name for role in ROLES.values() if role.belongs_to == "tenant" and role.appointed_by == "town"),
)
"""The roles in a unit that the town gives: officer, consultant."""


async def unit_of(ctx: TownHallCtx, tenant: UUID) -> Tenant:
    """Raises `NotFound` for what is no unit of the town."""
    for unit in await list_tenants(ctx.transaction):
        if unit.id == tenant:
            return unit
    raise NotFound


async def inside(ctx: TownHallCtx, unit: Tenant) -> tuple[list[Firm], list[Person]]:
    """Its firms, and of its staff those whom the town appoints; the others are the unit's own business."""

    async def look() -> tuple[list[Firm], list[Person]]:
        scope = Scope.of_tenant(unit.id)
        async with ctx.server.database.transaction(scope, is_read_only=True) as tx:
            members = [member for member in await list_members(tx) if member.role in GIVEN]
            return await list_firms(tx), await people_in(tx, members)

    return await aside(look())


async def open_unit(ctx: TownHallCtx, wanted: UnitWords, officer_login: str) -> Opened:
    """Again with the same words it completes what was begun, and makes a new link."""
    words = Opening(
        code=wanted.code,
        kind=wanted.kind,
        name_zh=wanted.name_zh,
        name_en=wanted.name_en,
        opened_on=wanted.opened_on,
        profile=profile_of(ctx, wanted),
        officer=wanted.officer,
        officer_login=officer_login,
    )
    return await aside(opening.open_unit(ctx.server, ctx.town.id, words, ctx.actor.id))


def profile_of(ctx: TownHallCtx, wanted: UnitWords) -> Profile:
    for profile in ctx.server.profiles:
        if profile.name == wanted.profile:
            if wanted.kind not in profile.kinds:
                raise BadInput(fields={"profile": _("This profile is made for another kind of unit.")})
            return profile
    raise BadInput(fields={"profile": _("Choose one of the list.")})


async def correct_names(ctx: TownHallCtx, unit: Tenant, name_zh: str, name_en: str) -> None:
    await aside(opening.rename_unit(ctx.server, unit, name_zh, name_en, ctx.actor.id))


async def enter_firm(ctx: TownHallCtx, unit: Tenant, firm: NewFirm) -> Firm:
    """A firm that is served already is brought up to date."""
    code = firm_code(firm.uscc)

    async def enter() -> Firm:
        async with _in(ctx, unit) as tx:
            return await add_firm(
                tx,
                name_zh=firm.name_zh,
                uscc=code or None,
                name_en=firm.name_en or None,
                industry=firm.industry.upper() or None,
                served_from=firm.served_from,
            )

    return await aside(enter())


def firm_code(text: str) -> str:
    """The credit code in its canonical form, or '' where there is none; raises `BadInput` for a wrong one."""
    code = normal_uscc(text)
    if code and uscc_fault(code) is not None:
        wrong = _("This is no unified social credit code: 18 characters with a right check digit.")
        raise BadInput(fields={"uscc": wrong})
    return code


async def stop_firm(ctx: TownHallCtx, unit: Tenant, firm: UUID, served_to: date) -> None:
    async def stop() -> None:
        async with _in(ctx, unit) as tx:
            await end_firm(tx, firm, served_to)

    await aside(stop())


async def appoint(ctx: TownHallCtx, unit: Tenant, login: str, name: str, role: str) -> Handed:
    """The first officer, or a consultant whom the town sends."""
    check_given(role)
    person = (login, name, role)
    return await aside(opening.appoint(ctx.server, ctx.town.id, unit.id, *person, ctx.actor.id))


def check_given(role: str) -> None:
    if role not in GIVEN:
        raise BadInput(fields={"role": _("Choose one of the list.")})


async def appointed(ctx: TownHallCtx, unit: Tenant, account: UUID, role: str = "") -> Person:
    """Somebody whom the town appointed there, in this role; raises `NotFound`."""
    _firms, people = await inside(ctx, unit)
    for person in people:
        if person.id == account and (not role or role in person.roles):
            return person
    raise NotFound


async def make_link(ctx: TownHallCtx, unit: Tenant, account: UUID) -> Handed:
    await appointed(ctx, unit, account)
    return await hand_over(ctx, account)


async def dismiss(ctx: TownHallCtx, unit: Tenant, account: UUID, role: str, reason: str) -> None:
    """Also the last officer's: the town appoints the next one."""
    await appointed(ctx, unit, account, role)

    async def take() -> None:
        async with _in(ctx, unit) as tx:
            await revoke_role(tx, account, role, reason)

    await aside(take())


@asynccontextmanager
async def _in(ctx: TownHallCtx, unit: Tenant) -> AsyncIterator[Transaction]:
    async with ctx.server.database.transaction(Scope.of_tenant(unit.id, actor=ctx.actor.id)) as tx:
        yield tx
