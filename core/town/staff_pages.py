"""The town's own staff and its pool of consultants, for its administrator; and new links for accounts of the town."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from litestar import Response

from core.host.portal import TownHallCtx
from core.host.staffing import (
    Handed,
    NewMember,
    NewRole,
    Nothing,
    Reason,
    check_has,
    choices,
    hand_over,
    people_in,
    proposed,
    refusals,
)
from core.identity.history import sign_ins
from core.identity.roles import ROLES
from core.identity.staff import TOWN_MANAGER
from core.identity.town_roles import list_town_members
from core.kernel.errors import BadInput
from core.kernel.i18n import gettext_noop as _
from core.town import staffing
from core.town.forms import LinkFor
from core.web.forms import Form
from core.web.pages import Handler, Nav, Page

__all__ = ["STAFF_PAGES"]


async def show_staff(ctx: TownHallCtx) -> Response:
    return await _list(ctx, Form.empty())


async def _list(ctx: TownHallCtx, form: Form, status: int = 200) -> Response:
    people = await people_in(ctx.transaction, await list_town_members(ctx.transaction))
    return ctx.render(
        "town/staff.html",
        status,
        people=people,
        form=form,
        roles=ROLES,
        zone=ctx.town.time_zone,
        base=ctx.address("staff"),
        records=ctx.address("audit", about="town_role"),
        nothing=ctx.tell(_("Nobody works for the town yet.")),
    )


async def ask_add(ctx: TownHallCtx) -> Response:
    return _add_form(ctx, Form.empty())


async def add(ctx: TownHallCtx, form: Form[NewMember]) -> Response:
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


async def link_by_login(ctx: TownHallCtx, form: Form[LinkFor]) -> Response:
    try:
        account = await staffing.account_named(ctx, form.value.login)
    except BadInput as error:
        return await _list(ctx, refusals(form, error), 400)
    return _sheet(ctx, await hand_over(ctx, account.id))


async def show_person(ctx: TownHallCtx, account: UUID) -> Response:
    person = await staffing.person_of(ctx, account)
    return ctx.render(
        "web/staff_member.html",
        base=ctx.address("staff"),
        person=person,
        roles=ROLES,
        appointed=staffing.APPOINTED,
        choices=choices(staffing.APPOINTED, ctx.tell, person.roles),
        tries=await sign_ins(ctx.transaction, account),
        can_reset=True,
        zone=ctx.town.time_zone,
    )


async def give_role(ctx: TownHallCtx, account: UUID, form: Form[NewRole]) -> Response:
    await staffing.give_role(ctx, account, form.value.role)
    return ctx.redirect(ctx.address(f"staff/{account}"), _("The role is given."))


async def ask_role(ctx: TownHallCtx, account: UUID, role: str) -> Response:
    person = await staffing.person_of(ctx, account)
    check_has(person, role)
    return ctx.render(
        "web/staff_take.html",
        base=ctx.address("staff"),
        back=ctx.address(f"staff/{account}"),
        person=person,
        role=role,
        title=ROLES[role].title,
        is_self=account == ctx.actor.id,
        is_manager=role == TOWN_MANAGER,
        is_last=len(person.roles) == 1,
    )


async def take_role(ctx: TownHallCtx, account: UUID, role: str, form: Form[Reason]) -> Response:
    stays = await staffing.take_role(ctx, account, role, form.value.reason)
    back = f"staff/{account}" if stays else "staff"
    return ctx.redirect(ctx.address(back), _("The role is taken away."))


async def make_link(ctx: TownHallCtx, account: UUID, form: Form[Nothing]) -> Response:
    return _sheet(ctx, await staffing.make_link(ctx, account))


async def ask_leave(ctx: TownHallCtx, account: UUID) -> Response:
    person = await staffing.person_of(ctx, account)
    return ctx.render(
        "web/staff_leave.html",
        base=ctx.address("staff"),
        person=person,
        ending=person.roles,
        roles=ROLES,
        is_self=account == ctx.actor.id,
    )


async def leave(ctx: TownHallCtx, account: UUID, form: Form[Reason]) -> Response:
    await staffing.leave(ctx, account, form.value.reason)
    said = _("She no longer works here; every session of hers has ended.")
    return ctx.redirect(ctx.address("staff"), said)


def _add_form(ctx: TownHallCtx, form: Form, status: int = 200) -> Response:
    values = {"choices": choices(staffing.APPOINTED, ctx.tell), "roles": ROLES, "base": ctx.address("staff")}
    return ctx.render("web/staff_add.html", status, form=form, **values)


def _sheet(ctx: TownHallCtx, handed: Handed) -> Response:
    values = {"back": ctx.address("staff"), "roles": ROLES, "zone": ctx.town.time_zone}
    return ctx.render("web/staff_sheet.html", handed=handed, **values)


def _page(
    path: str, handler: Handler, method: Literal["GET", "POST"] = "GET", nav: Nav | None = None
) -> Page:
    return Page(
        path=f"staff{path}",
        place="town",
        handler=handler,
        permission="town.staff.manage",
        method=method,
        nav=nav,
    )


STAFF_PAGES = (
    _page("", show_staff, nav=Nav(title=_("Staff"), order=40, icon="id")),
    _page("/add", ask_add),
    _page("/add", add, "POST"),
    _page("/link", link_by_login, "POST"),
    _page("/{account}", show_person),
    _page("/{account}/roles", give_role, "POST"),
    _page("/{account}/roles/{role}", ask_role),
    _page("/{account}/roles/{role}", take_role, "POST"),
    _page("/{account}/link", make_link, "POST"),
    _page("/{account}/leave", ask_leave),
    _page("/{account}/leave", leave, "POST"),
)
