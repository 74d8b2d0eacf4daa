"""The town's own staff and its pool of consultants, for its administrator's program."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Literal
from uuid import UUID

from core.host.portal import TownHallCtx
from core.host.shapes.pointers import Pointer
from core.host.shapes.staff import (
    HandedSheet,
    NewStaff,
    StaffMember,
    StaffRecord,
    handed_sheet,
    not_oneself,
    staff_members,
    staff_record,
)
from core.host.staffing import NewRole, Reason, hand_over, people_in
from core.identity.history import sign_ins
from core.identity.town_roles import list_town_members
from core.town import staffing
from core.town.forms import LinkFor
from core.web.pages import Route

__all__ = ["ROUTES"]


async def list_staff(ctx: TownHallCtx) -> list[StaffMember]:
    return staff_members(await people_in(ctx.transaction, await list_town_members(ctx.transaction)))


async def add_staff(ctx: TownHallCtx, body: NewStaff) -> HandedSheet:
    return handed_sheet(await staffing.take_on(ctx, body.login, body.name, body.role))


async def link_by_login(ctx: TownHallCtx, body: LinkFor) -> HandedSheet:
    """Also for somebody of a unit, who works elsewhere as well."""
    account = await staffing.account_named(ctx, body.login)
    not_oneself(ctx, account.id)
    return handed_sheet(await hand_over(ctx, account.id))


async def read_staff(ctx: TownHallCtx, account: UUID) -> StaffRecord:
    person = await staffing.person_of(ctx, account)
    return staff_record(person, await sign_ins(ctx.transaction, account), can_reset=True)


async def give_role(ctx: TownHallCtx, account: UUID, body: NewRole) -> Pointer:
    await staffing.give_role(ctx, account, body.role)
    return Pointer(id=account)


async def take_role(ctx: TownHallCtx, account: UUID, role: str, body: Reason) -> Pointer:
    await staffing.take_role(ctx, account, role, body.reason)
    return Pointer(id=account)


async def make_link(ctx: TownHallCtx, account: UUID) -> HandedSheet:
    not_oneself(ctx, account)
    return handed_sheet(await staffing.make_link(ctx, account))


async def leave(ctx: TownHallCtx, account: UUID, body: Reason) -> Pointer:
    await staffing.leave(ctx, account, body.reason)
    return Pointer(id=account)


def _route(
    path: str,
    handler: Callable[..., Awaitable[Any]],
    summary: str,
    method: Literal["GET", "POST"] = "GET",
    *,
    status: int = 200,
    is_repeatable: bool = False,
) -> Route:
    return Route(
        path=f"staff{path}",
        place="town",
        handler=handler,
        permission="town.staff.manage",
        method=method,
        status=status,
        summary=summary,
        is_repeatable=is_repeatable,
    )


ROUTES = (
    _route("", list_staff, "Who works for the town"),
    _route("/add", add_staff, "Take somebody on", "POST", status=201, is_repeatable=True),
    _route("/link", link_by_login, "Make a new one-time link by user name", "POST", is_repeatable=True),
    _route("/{account}", read_staff, "Read one of the staff"),
    _route("/{account}/roles", give_role, "Give a role", "POST"),
    _route("/{account}/roles/{role}", take_role, "Take a role away", "POST"),
    _route("/{account}/link", make_link, "Make a new one-time link", "POST", is_repeatable=True),
    _route("/{account}/leave", leave, "Note that she no longer works for the town", "POST"),
)
"""A link is in the answer alone: a repetition is answered with a newer one, and the older does not open any more."""
