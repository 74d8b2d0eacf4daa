"""The pages of a unit's staff, for its manager: take on, change roles, a new link, leave."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from litestar import Response

from core.host.portal import PortalCtx
from core.host.staffing import (
    Handed,
    NewMember,
    NewRole,
    Nothing,
    Reason,
    choices,
    people_in,
    proposed,
    refusals,
)
from core.identity.memberships import list_members
from core.identity.roles import MANAGER_ROLE, ROLES
from core.kernel.errors import BadInput
from core.kernel.i18n import gettext_noop as _
from core.web.forms import Form
from core.web.pages import Handler, Page
from tenants import staffing

__all__ = ["STAFF_PAGES"]


async def show_staff(ctx: PortalCtx) -> Response:
    people = await people_in(ctx.transaction, await list_members(ctx.transaction))
    return ctx.render(
        "web/staff_list.html",
        people=people,
        roles=ROLES,
        zone=ctx.tenant.time_zone,
        base=_address(ctx),
        records=ctx.address("records", about="membership"),
        nothing=ctx.tell(_("Nobody works here yet. The town association appoints the first officer.")),
    )


async def ask_add(ctx: PortalCtx) -> Response:
    return _add_form(ctx, Form.empty())


async def add(ctx: PortalCtx, form: Form[NewMember]) -> Response:
    """Look at the user name first, then the sheet to hand over."""
    if not form.is_valid:
        return _add_form(ctx, form, 400)
    wanted = form.value
    try:
        staffing.check_role(wanted.role)
        if not wanted.login:
            return _add_form(ctx, await proposed(ctx.transaction, form, wanted.name))
        handed = await staffing.take_on(ctx, wanted.login, wanted.name, wanted.role)
    except BadInput as error:
        return _add_form(ctx, refusals(form, error), 400)
    return _sheet(ctx, handed)


async def show_person(ctx: PortalCtx, account: UUID) -> Response:
    person = await staffing.person_of(ctx, account)
    return ctx.render(
        "web/staff_member.html",
        base=_address(ctx),
        person=person,
        roles=ROLES,
        appointed=staffing.APPOINTED,
        choices=choices(staffing.APPOINTED, ctx.tell, person.roles),
        tries=await staffing.tries_of(ctx, account),
        can_reset=await staffing.can_reset(ctx, account),
        zone=ctx.tenant.time_zone,
    )


async def give_role(ctx: PortalCtx, account: UUID, form: Form[NewRole]) -> Response:
    await staffing.give_role(ctx, account, form.value.role)
    return ctx.redirect(_address(ctx, account), _("The role is given."))


async def ask_role(ctx: PortalCtx, account: UUID, role: str) -> Response:
    """What is lost, before it is: also where she takes it from herself."""
    person = await staffing.person_of(ctx, account)
    staffing.check_held(person, role)
    return ctx.render(
        "web/staff_take.html",
        base=_address(ctx),
        back=_address(ctx, account),
        person=person,
        role=role,
        title=ROLES[role].title,
        is_self=account == ctx.actor.id,
        is_manager=role == MANAGER_ROLE,
        is_last=len(person.roles) == 1,
    )


async def take_role(ctx: PortalCtx, account: UUID, role: str, form: Form[Reason]) -> Response:
    stays = await staffing.take_role(ctx, account, role, form.value.reason)
    return ctx.redirect(_address(ctx, account if stays else None), _("The role is taken away."))


async def make_link(ctx: PortalCtx, account: UUID, form: Form[Nothing]) -> Response:
    return _sheet(ctx, await staffing.make_link(ctx, account))


async def ask_leave(ctx: PortalCtx, account: UUID) -> Response:
    person = await staffing.person_of(ctx, account)
    ending = [role for role in person.roles if role in staffing.APPOINTED]
    is_self = account == ctx.actor.id
    values = {"person": person, "ending": ending, "roles": ROLES, "is_self": is_self}
    return ctx.render("web/staff_leave.html", base=_address(ctx), **values)


async def leave(ctx: PortalCtx, account: UUID, form: Form[Reason]) -> Response:
    await staffing.leave(ctx, account, form.value.reason)
    return ctx.redirect(_address(ctx), _("She no longer works here; every session of hers has ended."))


def _add_form(ctx: PortalCtx, form: Form, status: int = 200) -> Response:
    offered = choices(staffing.APPOINTED, ctx.tell)
    return ctx.render(
        "web/staff_add.html", status, form=form, choices=offered, roles=ROLES, base=_address(ctx)
    )


def _sheet(ctx: PortalCtx, handed: Handed) -> Response:
    zone = ctx.tenant.time_zone
    return ctx.render("web/staff_sheet.html", handed=handed, back=_address(ctx), roles=ROLES, zone=zone)


def _address(ctx: PortalCtx, account: UUID | None = None) -> str:
    return ctx.address(f"association/staff/{account}" if account else "association/staff")


def _page(path: str, handler: Handler, method: Literal["GET", "POST"] = "GET") -> Page:
    return Page(
        path=f"association/staff{path}", handler=handler, permission="tenant.staff.manage", method=method
    )


STAFF_PAGES = (
    _page("", show_staff),
    _page("/add", ask_add),
    _page("/add", add, "POST"),
    _page("/{account}", show_person),
    _page("/{account}/roles", give_role, "POST"),
    _page("/{account}/roles/{role}", ask_role),
    _page("/{account}/roles/{role}", take_role, "POST"),
    _page("/{account}/link", make_link, "POST"),
    _page("/{account}/leave", ask_leave),
    _page("/{account}/leave", leave, "POST"),
)
