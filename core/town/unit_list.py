"""The association units of a town: how is each doing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Response
from msgspec import Struct

from core.figures.display import DASH, Shown
from core.figures.indicators import Indicator
from core.figures.periods import Period
from core.figures.sheet import main_indicators
from core.figures.words import period_words
from core.host.portal import TownHallCtx
from core.kernel.i18n import gettext_noop as _
from core.kernel.sound import sound_of
from core.tenancy.tenants import KIND_TITLES, Tenant, list_tenants
from core.town.figures import choose, compare
from core.town.units import Switches, enabled_in_units, last_activity
from core.web.listings import Cell, ListColumn, Listing, ListQuery, Row, arranged, order_of
from core.web.pages import Nav, Page
from core.web.templates import day_words

__all__ = ["UNIT_LIST_PAGES"]

NOT_OPEN = _("The unit is not open in this period.")
FIXED = (
    ListColumn(name="name", title=_("Association unit"), can_sort=True),
    ListColumn(name="code", title=_("Code"), can_sort=True, is_shown=False),
    ListColumn(name="kind", title=_("Kind"), can_sort=True),
    ListColumn(name="opened", title=_("Opened"), can_sort=True),
    ListColumn(name="closed", title=_("Closed"), can_sort=True, is_shown=False),
    ListColumn(name="modules", title=_("Service modules")),
    ListColumn(name="last", title=_("Last activity"), can_sort=True),
)


class Known(Struct, frozen=True, kw_only=True):
    """What the town knows of its units beside their own rows."""

    switches: Switches
    last: Mapping[UUID, Period]
    figures: Mapping[UUID, Shown]
    modules: Mapping[str, str]


async def show_units(ctx: TownHallCtx, query: ListQuery) -> Response[Any]:
    """All units with the last month of the town's first figure; the town itself is the last line."""
    tenants = await list_tenants(ctx.transaction)
    period = choose(ctx, tenants).period
    main = main_indicators(ctx.catalogue.indicators, 1)
    comparison = await compare(ctx, tenants, period, main)
    known = Known(
        switches=await enabled_in_units(ctx),
        last=await last_activity(ctx.transaction, ctx.town.id, ctx.catalogue),
        figures={row.tenant.id: row.cells[0] for row in comparison.rows if row.cells},
        modules={entry.name: ctx.tell(entry.plugin.title) for entry in ctx.registry.plugins},
    )
    columns = (*FIXED, *(_figure(indicator) for indicator in main))
    order = order_of(columns, query)
    keys = _keys(ctx, known)
    totals = {"name": Cell(text=ctx.tell(_("Town")))}
    if main:
        totals["figure"] = _shown(ctx, comparison.town[0])
    units = Listing.of(
        columns,
        query,
        ctx.address("tenants"),
        rows=[_row(ctx, tenant, known) for tenant in arranged(tenants, order, keys)],
        totals=totals,
    )
    return ctx.render("town/tenants.html", units=units, words=period_words(period, ctx.language))


def _figure(indicator: Indicator) -> ListColumn:
    return ListColumn(name="figure", title=indicator.title, is_number=True, can_sort=True)


def _keys(ctx: TownHallCtx, known: Known) -> dict[str, Any]:
    """What each column is sorted by; a number that is hidden sorts as one that is not known."""

    def figure(tenant: Tenant) -> float | None:
        shown = known.figures.get(tenant.id)
        return shown.number if shown else None

    def last(tenant: Tenant) -> Any:
        period = known.last.get(tenant.id)
        return period.first_day if period else None

    return {
        "name": lambda tenant: sound_of(tenant.name(ctx.language)),
        "code": lambda tenant: tenant.code,
        "kind": lambda tenant: tenant.kind,
        "opened": lambda tenant: tenant.opened_on,
        "closed": lambda tenant: tenant.closed_on,
        "last": last,
        "figure": figure,
    }


def _row(ctx: TownHallCtx, tenant: Tenant, known: Known) -> Row:
    """A unit as the list shows it."""
    last = known.last.get(tenant.id)
    modules = [known.modules.get(name, name) for name in sorted(known.switches.enabled(tenant.id))]
    address = ctx.address(f"tenants/{tenant.id}") if ctx.can("town.tenant.manage") else ""
    return Row(
        key=tenant.code,
        cells={
            "name": Cell(text=tenant.name(ctx.language), address=address, beside=tenant.code),
            "code": Cell(text=tenant.code),
            "kind": Cell(text=ctx.tell(KIND_TITLES[tenant.kind])),
            "opened": Cell(text=day_words(tenant.opened_on, ctx.language)),
            "closed": Cell(text=day_words(tenant.closed_on, ctx.language) if tenant.closed_on else ""),
            "modules": Cell(text=ctx.tell(_(", ")).join(modules) or ctx.tell(_("none"))),
            "last": Cell(
                text=period_words(last, ctx.language) if last else "",
                reason="" if last else ctx.tell(_("Nothing has been recorded yet.")),
            ),
            "figure": _shown(ctx, known.figures.get(tenant.id, Shown(text=DASH, reason=NOT_OPEN))),
        },
    )


def _shown(ctx: TownHallCtx, shown: Shown) -> Cell:
    return Cell(text=shown.text, reason=ctx.tell(shown.reason) % shown.params if shown.reason else "")


UNIT_LIST_PAGES = (
    Page(
        path="tenants",
        place="town",
        handler=show_units,
        permission="town.tenant.read",
        nav=Nav(title=_("Association units"), order=10, icon="building-community"),
    ),
)
