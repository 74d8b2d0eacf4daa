"""The association units of the town: list, open, read, correct, close; their firms, and whom the town appoints."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any, Literal
from uuid import UUID

import msgspec
from msgspec import Struct

from core.figures.sheet import main_indicators
from core.host.portal import TownHallCtx
from core.host.shapes.firms import FirmItem, firm_items
from core.host.shapes.pointers import Pointer
from core.host.shapes.staff import (
    HandedSheet,
    NewStaff,
    StaffMember,
    handed_sheet,
    not_oneself,
    staff_members,
)
from core.host.staffing import Reason
from core.kernel.text import Name
from core.tenancy.tenants import Kind, close_tenant, list_tenants
from core.town import managing
from core.town.api.figures import ComparedFigure, compared_figures
from core.town.figures import choose, compare
from core.town.forms import CloseUnit, EndFirm, NewFirm, UnitNames, UnitWords
from core.town.units import enabled_in_units, last_activity
from core.web.pages import Route

__all__ = ["ROUTES"]


class AssociationUnit(Struct, frozen=True, kw_only=True):
    """`slug` is its part of its address; `books_from` the first day of its figures."""

    id: UUID
    code: str
    slug: str
    kind: Kind
    name_zh: str
    name_en: str
    opened_on: date
    closed_on: date | None
    books_from: date


class UnitItem(AssociationUnit, frozen=True, kw_only=True):
    """`modules` are on; `last_active` is the last month with a service or a movement; `figures` are this month's."""

    modules: list[str]
    last_active: str | None
    figures: list[ComparedFigure]


class UnitDetail(AssociationUnit, frozen=True, kw_only=True):
    """Its firms, and of its staff those whom the town appoints."""

    firms: list[FirmItem]
    people: list[StaffMember]


class UnitToOpen(UnitWords, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`profile` is what it is furnished with; the officer is its first manager: new, or somebody of the town."""

    officer_login: Name


class UnitOpened(Struct, frozen=True, kw_only=True):
    """`skipped` are the modules of the profile that the town does not offer."""

    id: UUID
    slug: str
    skipped: list[str]
    officer: HandedSheet


async def list_units(ctx: TownHallCtx) -> list[UnitItem]:
    tenants = await list_tenants(ctx.transaction)
    switches = await enabled_in_units(ctx)
    last = await last_activity(ctx.transaction, ctx.town.id, ctx.catalogue)
    main = main_indicators(ctx.catalogue.indicators, 1)
    figures = compared_figures(ctx, await compare(ctx, tenants, choose(ctx, tenants).period, main))
    return [
        UnitItem(
            **_unit(unit),
            modules=sorted(switches.enabled(unit.id)),
            last_active=last[unit.id].name if unit.id in last else None,
            figures=figures.get(unit.id, []),
        )
        for unit in tenants
    ]


async def open_unit(ctx: TownHallCtx, body: UnitToOpen) -> UnitOpened:
    opened = await managing.open_unit(ctx, body, body.officer_login)
    return UnitOpened(
        id=opened.tenant.id,
        slug=opened.tenant.slug,
        skipped=opened.skipped,
        officer=handed_sheet(opened.handed),
    )


async def read_unit(ctx: TownHallCtx, tenant: UUID) -> UnitDetail:
    unit = await managing.unit_of(ctx, tenant)
    firms, people = await managing.inside(ctx, unit)
    return UnitDetail(**_unit(unit), firms=firm_items(firms), people=staff_members(people))


async def correct_names(ctx: TownHallCtx, tenant: UUID, body: UnitNames) -> Pointer:
    await managing.correct_names(ctx, await managing.unit_of(ctx, tenant), body.name_zh, body.name_en)
    return Pointer(id=tenant)


async def close_unit(ctx: TownHallCtx, tenant: UUID, body: CloseUnit) -> Pointer:
    unit = await managing.unit_of(ctx, tenant)
    await close_tenant(ctx.transaction, unit.id, body.closed_on, body.reason)
    return Pointer(id=tenant)


async def enter_firm(ctx: TownHallCtx, tenant: UUID, body: NewFirm) -> Pointer:
    firm = await managing.enter_firm(ctx, await managing.unit_of(ctx, tenant), body)
    return Pointer(id=firm.id)


async def end_firm(ctx: TownHallCtx, tenant: UUID, firm: UUID, body: EndFirm) -> Pointer:
    await managing.stop_firm(ctx, await managing.unit_of(ctx, tenant), firm, body.served_to)
    return Pointer(id=firm)


async def appoint(ctx: TownHallCtx, tenant: UUID, body: NewStaff) -> HandedSheet:
    unit = await managing.unit_of(ctx, tenant)
    return handed_sheet(await managing.appoint(ctx, unit, body.login, body.name, body.role))


async def link_officer(ctx: TownHallCtx, tenant: UUID, account: UUID) -> HandedSheet:
    unit = await managing.unit_of(ctx, tenant)
    not_oneself(ctx, account)
    return handed_sheet(await managing.make_link(ctx, unit, account))


async def dismiss(ctx: TownHallCtx, tenant: UUID, account: UUID, role: str, body: Reason) -> Pointer:
    await managing.dismiss(ctx, await managing.unit_of(ctx, tenant), account, role, body.reason)
    return Pointer(id=account)


def _unit(unit: Struct) -> dict[str, Any]:
    return msgspec.structs.asdict(msgspec.convert(unit, AssociationUnit, from_attributes=True))


def _route(
    path: str,
    handler: Callable[..., Awaitable[Any]],
    summary: str,
    method: Literal["GET", "POST", "PATCH"] = "POST",
    *,
    status: int = 200,
    is_repeatable: bool = False,
) -> Route:
    return Route(
        path=f"tenants/{path}",
        place="town",
        handler=handler,
        permission="town.tenant.manage",
        method=method,
        status=status,
        summary=summary,
        is_repeatable=is_repeatable,
    )


ROUTES = (
    Route(
        path="tenants",
        place="town",
        handler=list_units,
        permission="town.tenant.read",
        summary="How each association unit is doing",
    ),
    _route("open", open_unit, "Open a unit with its first officer", status=201, is_repeatable=True),
    _route("{tenant}", read_unit, "Read a unit", "GET"),
    _route("{tenant}/names", correct_names, "Correct the names of a unit", "PATCH"),
    _route("{tenant}/close", close_unit, "Close a unit after its last day"),
    _route("{tenant}/firms", enter_firm, "Enter a firm that the unit serves", status=201),
    _route("{tenant}/firms/{firm}", end_firm, "End the service of a firm"),
    _route("{tenant}/staff", appoint, "Appoint an officer or a consultant", status=201, is_repeatable=True),
    _route("{tenant}/staff/{account}/link", link_officer, "Make a new one-time link", is_repeatable=True),
    _route("{tenant}/staff/{account}/roles/{role}", dismiss, "Take a role away"),
)
"""A link is in the answer alone: a repetition is answered with a newer one, and the older does not open any more."""
