"""The pages that every tenant has: home, figures, association."""

from __future__ import annotations

from litestar import Response

from core.figures.sheet import main_indicators
from core.figures.words import period_words
from core.host.offers import switch_plugin, tenant_plugins
from core.host.portal import PortalCtx
from core.host.tasks import waiting_tasks
from core.identity.memberships import list_members
from core.identity.roles import ROLES
from core.kernel.i18n import gettext_noop as _
from core.tenancy.firms import list_firms
from core.tenancy.tenants import KIND_TITLES, own_tenant
from core.tenancy.units import list_units
from core.web.forms import Form
from core.web.pages import Nav, Page
from tenants.figures import chosen_period, drawing_of, indicators_of, is_employer, sheet_of
from tenants.forms import FiguresQuery, Switch
from tenants.notices import NOTICE_PAGES
from tenants.records import RECORDS_PAGES
from tenants.search import SEARCH_PAGES
from tenants.staff import STAFF_PAGES
from tenants.year import YEAR_PAGES

__all__ = ["PAGES"]


async def show_home(ctx: PortalCtx) -> Response:
    """What must I do now: the tasks of all plug-ins, their widgets, this month beside the last."""
    sheet = await sheet_of(ctx, chosen_period(ctx)) if ctx.can("tenant.figure.read") else None
    return ctx.render(
        "tenants/home.html",
        tasks=await waiting_tasks(ctx, "TENANT_TASKS"),
        pieces=ctx.filled["TENANT_HOME"],
        sheet=sheet,
        lines=sheet.of(main_indicators(indicators_of(ctx))) if sheet else (),
        has_modules=bool(ctx.enabled),
    )


async def show_figures(ctx: PortalCtx, query: FiguresQuery) -> Response:
    choice = chosen_period(ctx, query.period)
    return ctx.render(
        "tenants/figures.html",
        choice=choice,
        sheet=await sheet_of(ctx, choice),
        drawing=drawing_of(ctx),
        words=lambda period: period_words(period, ctx.language),
        is_employer=is_employer(ctx),
    )


async def show_association(ctx: PortalCtx) -> Response:
    """Who we are: firms served, units, staff with their roles, service modules."""
    tx = ctx.transaction
    tenant = await own_tenant(tx)
    return ctx.render(
        "tenants/association.html",
        kind=KIND_TITLES[tenant.kind],
        firms=await list_firms(tx),
        units=await list_units(tx),
        members=await list_members(tx),
        roles=ROLES,
        plugins=await tenant_plugins(tx, ctx.tenant.region_id, ctx.registry),
    )


async def switch_module(ctx: PortalCtx, plugin: str, form: Form[Switch]) -> Response:
    """Switch an offered service module on or off; at once, for everybody here."""
    is_on = form.value.to == "on"
    if not await switch_plugin(ctx, ctx.registry, plugin, is_on):
        return ctx.redirect(ctx.address("association"))
    said = _("The service module is on.") if is_on else _("The service module is off. Its data are kept.")
    return ctx.redirect(ctx.address("association"), said)


PAGES = (
    Page(
        path="",
        handler=show_home,
        permission="tenant.home.read",
        nav=Nav(title=_("Home"), order=0, icon="home"),
        slots=("TENANT_TASKS", "TENANT_HOME"),
    ),
    Page(
        path="figures",
        handler=show_figures,
        permission="tenant.figure.read",
        nav=Nav(title=_("Figures"), order=900, icon="chart-bar"),
    ),
    Page(
        path="association",
        handler=show_association,
        permission="tenant.association.read",
        nav=Nav(title=_("Association"), order=950, icon="building-community"),
    ),
    Page(
        path="association/modules/{plugin}",
        handler=switch_module,
        permission="tenant.plugin.switch",
        method="POST",
    ),
    *YEAR_PAGES,
    *NOTICE_PAGES,
    *STAFF_PAGES,
    *RECORDS_PAGES,
    *SEARCH_PAGES,
)
