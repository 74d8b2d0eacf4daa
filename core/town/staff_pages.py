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
    Person,
    Reason,
    choices,
    hand_over,
    people_in,
    proposed,
    refusals,
    works_elsewhere,
)
from core.identity import staff
from core.identity.accounts import account_in_town
from core.identity.history import sign_ins
from core.identity.roles import ROLES
from core.identity.town_roles import grant_town_role, list_town_members
from core.kernel.errors import BadInput, NotFound
from core.kernel.i18n import gettext_noop as _
from core.town.forms import LinkFor
from core.web.forms import Form
from core.web.pages import Handler, Nav, Page

__all__ = ["STAFF_PAGES"]

APPOINTED = tuple(role.name for role in ROLES.values() if role.appointed_by == "town")


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
    wanted, tx = form.value, ctx.transaction
    try:
        _check_role(wanted.role)
        if not wanted.login:
            return _add_form(ctx, await proposed(tx, form, wanted.name))
        account = await staff.account_for(tx, wanted.login, wanted.name)
    except BadInput as error:
        return _add_form(ctx, refusals(form, error), 400)
    await grant_town_role(tx, account.id, wanted.role)
    if account.has_password:
        return _sheet(ctx, Handed(account=account, site=ctx.server.site))
    return _sheet(ctx, await hand_over(ctx, account.id))


async def link_by_login(ctx: TownHallCtx, form: Form[LinkFor]) -> Response:
    """Somebody of a unit who works elsewhere as well: only the town can give her a new link."""
    account = await account_in_town(ctx.transaction, form.value.login) if form.is_valid else None
    if account is None:
        form.refuse("login", _("Nobody of this town has this user name."))
        return await _list(ctx, form, 400)
    return _sheet(ctx, await hand_over(ctx, account.id))


async def show_person(ctx: TownHallCtx, account: UUID) -> Response:
    person = await _person(ctx, account)
    return ctx.render(
        "web/staff_member.html",
        base=ctx.address("staff"),
        person=person,
        roles=ROLES,
        appointed=APPOINTED,
        choices=choices(APPOINTED, ctx.tell, person.roles),
        tries=await sign_ins(ctx.transaction, account),
        can_reset=True,
        zone=ctx.town.time_zone,
    )


async def give_role(ctx: TownHallCtx, account: UUID, form: Form[NewRole]) -> Response:
    _check_role(form.value.role)
    await _person(ctx, account)
    await grant_town_role(ctx.transaction, account, form.value.role)
    return ctx.redirect(ctx.address(f"staff/{account}"), _("The role is given."))


async def ask_role(ctx: TownHallCtx, account: UUID, role: str) -> Response:
    person = await _person(ctx, account)
    _check_held(person, role)
    return ctx.render(
        "web/staff_take.html",
        base=ctx.address("staff"),
        back=ctx.address(f"staff/{account}"),
        person=person,
        role=role,
        title=ROLES[role].title,
        is_self=account == ctx.actor.id,
        is_manager=role == staff.TOWN_MANAGER,
        is_last=len(person.roles) == 1,
    )


async def take_role(ctx: TownHallCtx, account: UUID, role: str, form: Form[Reason]) -> Response:
    person = await _person(ctx, account)
    _check_held(person, role)
    await staff.take_town_role(ctx.transaction, account, role, form.value.reason)
    back = f"staff/{account}" if len(person.roles) > 1 else "staff"
    return ctx.redirect(ctx.address(back), _("The role is taken away."))


async def make_link(ctx: TownHallCtx, account: UUID, form: Form[Nothing]) -> Response:
    await _person(ctx, account)
    return _sheet(ctx, await hand_over(ctx, account))


async def ask_leave(ctx: TownHallCtx, account: UUID) -> Response:
    person = await _person(ctx, account)
    return ctx.render(
        "web/staff_leave.html",
        base=ctx.address("staff"),
        person=person,
        ending=person.roles,
        roles=ROLES,
        is_self=account == ctx.actor.id,
    )


async def leave(ctx: TownHallCtx, account: UUID, form: Form[Reason]) -> Response:
    await _person(ctx, account)
    away = await works_elsewhere(ctx.server.database, account, ctx.town.id)
    await staff.dismiss_from_town(ctx.transaction, account, form.value.reason, away)
    said = _("She no longer works here; every session of hers has ended.")
    return ctx.redirect(ctx.address("staff"), said)


def _add_form(ctx: TownHallCtx, form: Form, status: int = 200) -> Response:
    values = {"choices": choices(APPOINTED, ctx.tell), "roles": ROLES, "base": ctx.address("staff")}
    return ctx.render("web/staff_add.html", status, form=form, **values)


def _sheet(ctx: TownHallCtx, handed: Handed) -> Response:
    values = {"back": ctx.address("staff"), "roles": ROLES, "zone": ctx.town.time_zone}
    return ctx.render("web/staff_sheet.html", handed=handed, **values)


async def _person(ctx: TownHallCtx, account: UUID) -> Person:
    members = [each for each in await list_town_members(ctx.transaction) if each.account_id == account]
    for person in await people_in(ctx.transaction, members):
        return person
    raise NotFound


def _check_role(role: str) -> None:
    if role not in APPOINTED:
        raise BadInput(fields={"role": _("Choose one of the list.")})


def _check_held(person: Person, role: str) -> None:
    if role not in person.roles:
        raise NotFound


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
    _page("", show_staff, nav=Nav(title=_("Staff"), order=40)),
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
