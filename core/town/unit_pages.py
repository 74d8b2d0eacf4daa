"""The town opens a unit in one form, appoints its first officer, corrects its names, enters its firms, closes it."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from litestar import Response

from core.host.opening import next_code
from core.host.portal import TownHallCtx
from core.host.staffing import Handed, NewMember, Nothing, Reason, choices, proposed, refusals
from core.identity.roles import MANAGER_ROLE, ROLES
from core.kernel.errors import BadInput
from core.kernel.i18n import gettext_noop as _
from core.tenancy.tenants import KIND_TITLES, Tenant, close_tenant, list_tenants
from core.town import managing
from core.town.forms import CloseUnit, EndFirm, NewFirm, NewUnit, UnitNames
from core.web.forms import Form
from core.web.pages import Handler, Page

__all__ = ["UNIT_PAGES"]


async def ask_open(ctx: TownHallCtx) -> Response:
    typed = {"code": next_code(await list_tenants(ctx.transaction)), "opened_on": ctx.today.isoformat()}
    return _open_form(ctx, Form(typed, None, {}, NewUnit))


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
        managing.profile_of(ctx, form.value)
        if not form.value.officer_login:
            found = await proposed(ctx.transaction, form, form.value.officer, "officer_login")
            return _open_form(ctx, found)
        opened = await managing.open_unit(ctx, form.value, form.value.officer_login)
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


async def show_unit(ctx: TownHallCtx, tenant: UUID) -> Response:
    return await _unit_page(ctx, await managing.unit_of(ctx, tenant))


async def _unit_page(ctx: TownHallCtx, unit: Tenant, status: int = 200, **forms: Form) -> Response:
    firms, people = await managing.inside(ctx, unit)
    blank = Form({"served_from": unit.opened_on.isoformat()}, None, {}, NewFirm)
    names = Form({"name_zh": unit.name_zh, "name_en": unit.name_en}, None, {})
    return ctx.render(
        "town/unit.html",
        status,
        unit=unit,
        kind=KIND_TITLES[unit.kind],
        firms=firms,
        people=people,
        given=managing.GIVEN,
        choices=choices(managing.GIVEN, ctx.tell),
        roles=ROLES,
        zone=ctx.town.time_zone,
        base=_address(ctx, unit),
        forms={"names": names, "firm": blank, "staff": Form.empty(), **forms},
    )


async def correct_names(ctx: TownHallCtx, tenant: UUID, form: Form[UnitNames]) -> Response:
    unit = await managing.unit_of(ctx, tenant)
    if not form.is_valid:
        return await _unit_page(ctx, unit, 400, names=form)
    await managing.correct_names(ctx, unit, form.value.name_zh, form.value.name_en)
    return ctx.redirect(_address(ctx, unit), _("The names are corrected."))


async def ask_close(ctx: TownHallCtx, tenant: UUID) -> Response:
    typed = {"closed_on": ctx.today.isoformat()}
    return _close_form(ctx, await managing.unit_of(ctx, tenant), Form(typed, None, {}))


async def close(ctx: TownHallCtx, tenant: UUID, form: Form[CloseUnit]) -> Response:
    unit = await managing.unit_of(ctx, tenant)
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
    unit = await managing.unit_of(ctx, tenant)
    try:
        managing.firm_code(form.typed.get("uscc", ""))
    except BadInput as error:
        refusals(form, error)
    if not form.is_valid:
        return await _unit_page(ctx, unit, 400, firm=form)
    await managing.enter_firm(ctx, unit, form.value)
    return ctx.redirect(_address(ctx, unit), _("The firm is entered."))


async def stop_firm(ctx: TownHallCtx, tenant: UUID, firm: UUID, form: Form[EndFirm]) -> Response:
    unit = await managing.unit_of(ctx, tenant)
    await managing.stop_firm(ctx, unit, firm, form.value.served_to)
    return ctx.redirect(_address(ctx, unit), _("The service of the firm ends then."))


async def appoint_one(ctx: TownHallCtx, tenant: UUID, form: Form[NewMember]) -> Response:
    """The first officer, or a consultant whom the town sends."""
    unit = await managing.unit_of(ctx, tenant)
    if not form.is_valid:
        return await _unit_page(ctx, unit, 400, staff=form)
    wanted = form.value
    try:
        managing.check_given(wanted.role)
        if not wanted.login:
            return await _unit_page(ctx, unit, staff=await proposed(ctx.transaction, form, wanted.name))
        handed = await managing.appoint(ctx, unit, wanted.login, wanted.name, wanted.role)
    except BadInput as error:
        return await _unit_page(ctx, unit, 400, staff=refusals(form, error))
    return _sheet(ctx, unit, handed)


async def link_officer(ctx: TownHallCtx, tenant: UUID, account: UUID, form: Form[Nothing]) -> Response:
    unit = await managing.unit_of(ctx, tenant)
    return _sheet(ctx, unit, await managing.make_link(ctx, unit, account))


async def ask_dismiss(ctx: TownHallCtx, tenant: UUID, account: UUID, role: str) -> Response:
    unit = await managing.unit_of(ctx, tenant)
    person = await managing.appointed(ctx, unit, account, role)
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
    unit = await managing.unit_of(ctx, tenant)
    await managing.dismiss(ctx, unit, account, role, form.value.reason)
    return ctx.redirect(_address(ctx, unit), _("The role is taken away."))


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
