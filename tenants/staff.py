"""The staff of a unit, for its manager: take on, change roles, a new link, leave. Nobody sets a password here."""

from __future__ import annotations

from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Response

from core.host.portal import PortalCtx
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
from core.identity.history import sign_ins
from core.identity.memberships import grant_role, list_members
from core.identity.roles import MANAGER_ROLE, ROLES, TENANT_ROLES
from core.kernel.errors import BadInput, NotFound
from core.kernel.i18n import gettext_noop as _
from core.web.forms import Form
from core.web.pages import Handler, Page

__all__ = ["STAFF_PAGES"]

APPOINTED = tuple(role.name for role in TENANT_ROLES if role.appointed_by == "tenant")


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
        _check_role(wanted.role)
        if not wanted.login:
            return _add_form(ctx, await proposed(ctx.transaction, form, wanted.name))
        account = await staff.take_on(ctx.transaction, wanted.login, wanted.name, wanted.role)
    except BadInput as error:
        return _add_form(ctx, refusals(form, error), 400)
    away = await works_elsewhere(ctx.server.database, account.id, ctx.tenant.id)
    if account.has_password or away:
        return _sheet(ctx, Handed(account=account, site=ctx.server.site))
    return _sheet(ctx, await hand_over(ctx, account.id))


async def show_person(ctx: PortalCtx, account: UUID) -> Response:
    person = await _person(ctx, account)
    tx = ctx.transaction
    begun = min(each.since for each in await list_members(tx) if each.account_id == account)
    zone = ZoneInfo(ctx.tenant.time_zone)
    # What she did before she came here is not this unit's business.
    tries = [each for each in await sign_ins(tx, account) if each.at.astimezone(zone).date() >= begun]
    return ctx.render(
        "web/staff_member.html",
        base=_address(ctx),
        person=person,
        roles=ROLES,
        appointed=APPOINTED,
        choices=choices(APPOINTED, ctx.tell, person.roles),
        tries=tries,
        can_reset=not await works_elsewhere(ctx.server.database, account, ctx.tenant.id),
        zone=ctx.tenant.time_zone,
    )


async def give_role(ctx: PortalCtx, account: UUID, form: Form[NewRole]) -> Response:
    _check_role(form.value.role)
    await _person(ctx, account)
    await grant_role(ctx.transaction, account, form.value.role)
    return ctx.redirect(_address(ctx, account), _("The role is given."))


async def ask_role(ctx: PortalCtx, account: UUID, role: str) -> Response:
    """What is lost, before it is: also where she takes it from herself."""
    person = await _person(ctx, account)
    _check_held(person, role)
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
    _check_held(await _person(ctx, account), role)
    await staff.take_role(ctx.transaction, account, role, form.value.reason)
    left = any(member.account_id == account for member in await list_members(ctx.transaction))
    return ctx.redirect(_address(ctx, account if left else None), _("The role is taken away."))


async def make_link(ctx: PortalCtx, account: UUID, form: Form[Nothing]) -> Response:
    await _person(ctx, account)
    return _sheet(ctx, await hand_over(ctx, account))


async def ask_leave(ctx: PortalCtx, account: UUID) -> Response:
    person = await _person(ctx, account)
    ending = [role for role in person.roles if role in APPOINTED]
    is_self = account == ctx.actor.id
    values = {"person": person, "ending": ending, "roles": ROLES, "is_self": is_self}
    return ctx.render("web/staff_leave.html", base=_address(ctx), **values)


async def leave(ctx: PortalCtx, account: UUID, form: Form[Reason]) -> Response:
    """All roles here end today; sessions and links die at once."""
    await _person(ctx, account)
    away = await works_elsewhere(ctx.server.database, account, ctx.tenant.id)
    await staff.dismiss(ctx.transaction, account, form.value.reason, away)
    return ctx.redirect(_address(ctx), _("She no longer works here; every session of hers has ended."))


def _add_form(ctx: PortalCtx, form: Form, status: int = 200) -> Response:
    offered = choices(APPOINTED, ctx.tell)
    return ctx.render(
        "web/staff_add.html", status, form=form, choices=offered, roles=ROLES, base=_address(ctx)
    )


def _sheet(ctx: PortalCtx, handed: Handed) -> Response:
    zone = ctx.tenant.time_zone
    return ctx.render("web/staff_sheet.html", handed=handed, back=_address(ctx), roles=ROLES, zone=zone)


async def _person(ctx: PortalCtx, account: UUID) -> Person:
    members = [each for each in await list_members(ctx.transaction) if each.account_id == account]
    for person in await people_in(ctx.transaction, members):
        return person
    raise NotFound


def _check_role(role: str) -> None:
    """A unit appoints its own people; consultants come from the town."""
    if role not in APPOINTED:
        raise BadInput(fields={"role": _("Choose one of the list.")})


def _check_held(person: Person, role: str) -> None:
    if role not in person.roles:
        raise NotFound
    _check_role(role)


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
