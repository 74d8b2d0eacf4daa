"""The staff of a unit, for its manager's program."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Literal
from uuid import UUID

from core.host.portal import PortalCtx
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
from core.host.staffing import NewRole, Reason, people_in
from core.identity.memberships import list_members
from core.web.pages import Route
from tenants import staffing

__all__ = ["ROUTES"]


async def list_staff(ctx: PortalCtx) -> list[StaffMember]:
    return staff_members(await people_in(ctx.transaction, await list_members(ctx.transaction)))


async def add_staff(ctx: PortalCtx, body: NewStaff) -> HandedSheet:
    return handed_sheet(await staffing.take_on(ctx, body.login, body.name, body.role))


async def read_staff(ctx: PortalCtx, account: UUID) -> StaffRecord:
    person = await staffing.person_of(ctx, account)
    tries = await staffing.tries_of(ctx, account)
    return staff_record(person, tries, await staffing.can_reset(ctx, account))


async def give_role(ctx: PortalCtx, account: UUID, body: NewRole) -> Pointer:
    await staffing.give_role(ctx, account, body.role)
    return Pointer(id=account)


async def take_role(ctx: PortalCtx, account: UUID, role: str, body: Reason) -> Pointer:
    await staffing.take_role(ctx, account, role, body.reason)
    return Pointer(id=account)


async def make_link(ctx: PortalCtx, account: UUID) -> HandedSheet:
    not_oneself(ctx, account)
    return handed_sheet(await staffing.make_link(ctx, account))


async def leave(ctx: PortalCtx, account: UUID, body: Reason) -> Pointer:
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
        path=f"association/staff{path}",
        handler=handler,
        permission="tenant.staff.manage",
        method=method,
        status=status,
        summary=summary,
        is_repeatable=is_repeatable,
    )


ROUTES = (
    _route("", list_staff, "Who works in the unit"),
    _route("/add", add_staff, "Take somebody on", "POST", status=201, is_repeatable=True),
    _route("/{account}", read_staff, "Read one of the staff"),
    _route("/{account}/roles", give_role, "Give a role", "POST"),
    _route("/{account}/roles/{role}", take_role, "Take a role away", "POST"),
    _route("/{account}/link", make_link, "Make a new one-time link", "POST", is_repeatable=True),
    _route("/{account}/leave", leave, "Note that she no longer works here", "POST"),
)
"""A link is in the answer alone: a repetition is answered with a newer one, and the older does not open any more."""
