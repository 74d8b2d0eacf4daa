"""The town opens a unit in one form, appoints its first officer, corrects its names, enters its firms, closes it.

What is done inside a unit is done in that unit's own transaction, beside the page's, and stands in its records.
"""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from litestar import Response

from core.host.neighbours import aside
from core.host.opening import Opening, appoint, next_code, open_unit, rename_unit
from core.host.portal import TownHallCtx
from core.host.profiles import Profile
from core.host.staffing import (
    Handed,
    NewMember,
    Nothing,
    Person,
    Reason,
    choices,
    hand_over,
    people_in,
    proposed,
    refusals,
)
from core.identity.memberships import list_members, revoke_role
from core.identity.roles import MANAGER_ROLE, ROLES
from core.kernel.errors import BadInput, NotFound
from core.kernel.i18n import gettext_noop as _
from core.kernel.scope import Scope
from core.tenancy.firms import Firm, add_firm, end_firm, list_firms
from core.tenancy.tenants import KIND_TITLES, Tenant, close_tenant, list_tenants
from core.tenancy.uscc import normal_uscc, uscc_fault
from core.town.forms import CloseUnit, EndFirm, NewFirm, NewUnit, UnitNames
from core.web.forms import Form
from core.web.pages import Handler, Page

__all__ = ["UNIT_PAGES"]

GIVEN = (
    MANAGER_ROLE,
    *(role.name for role in ROLES.values() if role.belongs_to == "tenant" and role.appointed_by == "town"),
)
"""The roles in a unit that the town gives: officer, consultant."""


async def ask_open(ctx: TownHallCtx) -> Response:
    typed = {"code": next_code(await list_tenants(ctx.transaction)), "opened_on": ctx.today.isoformat()}
    return _open_form(ctx, Form(typed, None, {}))


def _open_form(ctx: TownHallCtx, form: Form, status: int = 200) -> Response:
    return ctx.render(
        "town/open_unit.html",
        status,
        form=form,
        kinds=[(kind, ctx.tell(title)) for kind, title in KIND_TITLES.items()],
        profiles=[(each.name, each.title(ctx.language)) for each in ctx.server.profiles],
    )


async def open_one(ctx: TownHallCtx, form: Form[NewUnit]) -> Response:
    """One form: unit, modules, settings, workshops, officer; at the end the sheet and the address."""
    if not form.is_valid:
        return _open_form(ctx, form, 400)
    try:
        profile = _profile(ctx, form.value)
        if not form.value.officer_login:
            found = await proposed(ctx.transaction, form, form.value.officer, "officer_login")
            return _open_form(ctx, found)
        opening = _opening(form.value, profile)
        opened = await aside(open_unit(ctx.server, ctx.town.id, opening, ctx.actor.id))
    except BadInput as error:
        return _open_form(ctx, refusals(form, error, {"login": "officer_login", "name": "officer"}), 400)
    titles = {entry.name: entry.plugin.title for entry in ctx.registry.plugins}
    return ctx.render(
        "town/opened.html",
        tenant=opened.tenant,
        skipped=[ctx.tell(titles.get(name, name)) for name in opened.skipped],
        address=f"{ctx.server.site}/t/{opened.tenant.slug}/",
        handed=opened.handed,
        back=ctx.address(f"tenants/{opened.tenant.id}"),
        zone=ctx.town.time_zone,
        roles=ROLES,
    )


def _profile(ctx: TownHallCtx, wanted: NewUnit) -> Profile:
    for profile in ctx.server.profiles:
        if profile.name == wanted.profile:
            if wanted.kind not in profile.kinds:
                raise BadInput(fields={"profile": _("This profile is made for another kind of unit.")})
            return profile
    raise BadInput(fields={"profile": _("Choose one of the list.")})


def _opening(wanted: NewUnit, profile: Profile) -> Opening:
    return Opening(
        code=wanted.code,
        kind=wanted.kind,
        name_zh=wanted.name_zh,
        name_en=wanted.name_en,
        opened_on=wanted.opened_on,
        profile=profile,
        officer=wanted.officer,
        officer_login=wanted.officer_login,
    )


async def show_unit(ctx: TownHallCtx, tenant: UUID) -> Response:
    return await _unit_page(ctx, await _unit(ctx, tenant))


async def _unit_page(ctx: TownHallCtx, unit: Tenant, status: int = 200, **forms: Form) -> Response:
    firms, people = await aside(_inside(ctx, unit))
    blank = Form({"served_from": unit.opened_on.isoformat()}, None, {})
    names = Form({"name_zh": unit.name_zh, "name_en": unit.name_en}, None, {})
    return ctx.render(
        "town/unit.html",
        status,
        unit=unit,
        kind=KIND_TITLES[unit.kind],
        firms=firms,
        people=people,
        given=GIVEN,
        choices=choices(GIVEN, ctx.tell),
        roles=ROLES,
        zone=ctx.town.time_zone,
        base=_address(ctx, unit),
        forms={"names": names, "firm": blank, "staff": Form.empty(), **forms},
    )


async def _inside(ctx: TownHallCtx, unit: Tenant) -> tuple[list[Firm], list[Person]]:
    """Its firms, and of its staff those whom the town appoints; the others are the unit's own business."""
    async with ctx.server.database.transaction(Scope.of_tenant(unit.id), is_read_only=True) as tx:
        members = [member for member in await list_members(tx) if member.role in GIVEN]
        return await list_firms(tx), await people_in(tx, members)


async def correct_names(ctx: TownHallCtx, tenant: UUID, form: Form[UnitNames]) -> Response:
    unit = await _unit(ctx, tenant)
    if not form.is_valid:
        return await _unit_page(ctx, unit, 400, names=form)
    await aside(rename_unit(ctx.server, unit, form.value.name_zh, form.value.name_en, ctx.actor.id))
    return ctx.redirect(_address(ctx, unit), _("The names are corrected."))


async def ask_close(ctx: TownHallCtx, tenant: UUID) -> Response:
    typed = {"closed_on": ctx.today.isoformat()}
    return _close_form(ctx, await _unit(ctx, tenant), Form(typed, None, {}))


async def close(ctx: TownHallCtx, tenant: UUID, form: Form[CloseUnit]) -> Response:
    unit = await _unit(ctx, tenant)
    try:
        await close_tenant(ctx.transaction, unit.id, form.value.closed_on, form.value.reason)
    except BadInput as error:
        return _close_form(ctx, unit, refusals(form, error), 400)
    return ctx.redirect(
        _address(ctx, unit), _("The unit is closed after its last day; its books stay readable.")
    )


def _close_form(ctx: TownHallCtx, unit: Tenant, form: Form, status: int = 200) -> Response:
    return ctx.render("town/close_unit.html", status, unit=unit, form=form, base=_address(ctx, unit))


async def enter_firm(ctx: TownHallCtx, tenant: UUID, form: Form[NewFirm]) -> Response:
    unit = await _unit(ctx, tenant)
    code = normal_uscc(form.typed.get("uscc", ""))
    if code and uscc_fault(code) is not None:
        form.refuse(
            "uscc", _("This is no unified social credit code: 18 characters with a right check digit.")
        )
    if not form.is_valid:
        return await _unit_page(ctx, unit, 400, firm=form)
    await aside(_enter(ctx, unit, form.value, code))
    return ctx.redirect(_address(ctx, unit), _("The firm is entered."))


async def _enter(ctx: TownHallCtx, unit: Tenant, firm: NewFirm, code: str) -> None:
    async with ctx.server.database.transaction(Scope.of_tenant(unit.id, actor=ctx.actor.id)) as tx:
        await add_firm(
            tx,
            name_zh=firm.name_zh,
            uscc=code or None,
            name_en=firm.name_en or None,
            industry=firm.industry.upper() or None,
            served_from=firm.served_from,
        )


async def stop_firm(ctx: TownHallCtx, tenant: UUID, firm: UUID, form: Form[EndFirm]) -> Response:
    unit = await _unit(ctx, tenant)

    async def stop() -> None:
        async with ctx.server.database.transaction(Scope.of_tenant(unit.id, actor=ctx.actor.id)) as tx:
            await end_firm(tx, firm, form.value.served_to)

    await aside(stop())
    return ctx.redirect(_address(ctx, unit), _("The service of the firm ends then."))


async def appoint_one(ctx: TownHallCtx, tenant: UUID, form: Form[NewMember]) -> Response:
    """The first officer, or a consultant whom the town sends."""
    unit = await _unit(ctx, tenant)
    if not form.is_valid:
        return await _unit_page(ctx, unit, 400, staff=form)
    wanted = form.value
    try:
        if wanted.role not in GIVEN:
            raise BadInput(fields={"role": _("Choose one of the list.")})
        if not wanted.login:
            return await _unit_page(ctx, unit, staff=await proposed(ctx.transaction, form, wanted.name))
        person = (wanted.login, wanted.name, wanted.role)
        handed = await aside(appoint(ctx.server, ctx.town.id, unit.id, *person, ctx.actor.id))
    except BadInput as error:
        return await _unit_page(ctx, unit, 400, staff=refusals(form, error))
    return _sheet(ctx, unit, handed)


async def link_officer(ctx: TownHallCtx, tenant: UUID, account: UUID, form: Form[Nothing]) -> Response:
    unit = await _unit(ctx, tenant)
    await _appointed(ctx, unit, account)
    return _sheet(ctx, unit, await hand_over(ctx, account))


async def ask_dismiss(ctx: TownHallCtx, tenant: UUID, account: UUID, role: str) -> Response:
    unit = await _unit(ctx, tenant)
    person = await _appointed(ctx, unit, account, role)
    return ctx.render(
        "web/staff_take.html",
        base=_address(ctx, unit, "staff"),
        back=_address(ctx, unit),
        person=person,
        role=role,
        title=ROLES[role].title,
        is_self=account == ctx.actor.id,
        is_manager=role == MANAGER_ROLE,
        is_last=False,
    )


async def dismiss(ctx: TownHallCtx, tenant: UUID, account: UUID, role: str, form: Form[Reason]) -> Response:
    """Also the last officer's: the town appoints the next one."""
    unit = await _unit(ctx, tenant)
    await _appointed(ctx, unit, account, role)

    async def take() -> None:
        async with ctx.server.database.transaction(Scope.of_tenant(unit.id, actor=ctx.actor.id)) as tx:
            await revoke_role(tx, account, role, form.value.reason)

    await aside(take())
    return ctx.redirect(_address(ctx, unit), _("The role is taken away."))


async def _appointed(ctx: TownHallCtx, unit: Tenant, account: UUID, role: str = "") -> Person:
    _firms, people = await aside(_inside(ctx, unit))
    for person in people:
        if person.id == account and (not role or role in person.roles):
            return person
    raise NotFound


async def _unit(ctx: TownHallCtx, tenant: UUID) -> Tenant:
    for unit in await list_tenants(ctx.transaction):
        if unit.id == tenant:
            return unit
    raise NotFound


def _sheet(ctx: TownHallCtx, unit: Tenant, handed: Handed) -> Response:
    values = {"back": _address(ctx, unit), "roles": ROLES, "zone": ctx.town.time_zone}
    return ctx.render("web/staff_sheet.html", handed=handed, **values)


def _address(ctx: TownHallCtx, unit: Tenant, tail: str = "") -> str:
    return ctx.address(f"tenants/{unit.id}/{tail}".rstrip("/"))


def _page(path: str, handler: Handler, method: Literal["GET", "POST"] = "GET") -> Page:
    return Page(
        path=f"tenants/{path}",
        place="town",
        handler=handler,
        permission="town.tenant.manage",
        method=method,
    )


UNIT_PAGES = (
    _page("open", ask_open),
    _page("open", open_one, "POST"),
    _page("{tenant}", show_unit),
    _page("{tenant}/names", correct_names, "POST"),
    _page("{tenant}/close", ask_close),
    _page("{tenant}/close", close, "POST"),
    _page("{tenant}/firms", enter_firm, "POST"),
    _page("{tenant}/firms/{firm}", stop_firm, "POST"),
    _page("{tenant}/staff", appoint_one, "POST"),
    _page("{tenant}/staff/{account}/link", link_officer, "POST"),
    _page("{tenant}/staff/{account}/roles/{role}", ask_dismiss),
    _page("{tenant}/staff/{account}/roles/{role}", dismiss, "POST"),
)
