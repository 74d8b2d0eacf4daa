"""The town's figures: its totals, how many of its units are in them, and the units side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from msgspec import Struct

from core.figures.choice import Choice, choose_period
from core.figures.display import OFF, Shown, change_of, guarded
from core.figures.indicators import Indicator, totals_in
from core.figures.known import Reader
from core.figures.periods import Period
from core.figures.protection import POPULATION, Protection
from core.figures.read import Figures, compared, figures_of
from core.figures.sheet import Sheet, read_sheet
from core.host.naming import names_given
from core.host.portal import TownHallCtx
from core.kernel.i18n import gettext_noop as _
from core.tenancy.tenants import Tenant
from core.tenancy.town_settings import town_settings

__all__ = [
    "NO_UNITS",
    "Comparison",
    "Heard",
    "Row",
    "choose",
    "compare",
    "heard",
    "open_units",
    "reader_of",
    "starts_of",
    "town_sheet",
]

NOT_OPEN = _("The unit is not open in this period.")
NO_UNITS = _("No unit has this service module on.")


class Row(Struct, frozen=True, kw_only=True):
    """A unit with its total of each indicator now and in the period before, in the order of the indicators."""

    tenant: Tenant
    cells: tuple[Shown, ...]
    before: tuple[Shown, ...]
    changes: tuple[str, ...]


class Comparison(Struct, frozen=True, kw_only=True):
    indicators: tuple[Indicator, ...]
    rows: tuple[Row, ...]
    town: tuple[Shown, ...]

    def of(self, indicator: Indicator) -> list[tuple[Tenant, Shown, str]]:
        """One indicator over the units."""
        at = self.indicators.index(indicator)
        return [(row.tenant, row.cells[at], row.changes[at]) for row in self.rows]

    def moved(self, most: int = 3) -> list[tuple[Tenant, Indicator, Shown, str]]:
        """The largest changes among the numbers that are shown, ratios apart."""
        found = [
            (row.tenant, indicator, cell, change)
            for row in self.rows
            for indicator, cell, change in zip(self.indicators, row.cells, row.changes, strict=True)
            if indicator.org_rule != "RATIO" and change not in ("", "±0")
        ]
        return sorted(found, key=lambda one: -_size(one[3]))[:most]


class Heard(Struct, frozen=True):
    """Of the units that are open in a period, those that have a figure of an indicator, and those that have none."""

    having: int
    missing: tuple[Tenant, ...]

    @property
    def all(self) -> int:
        return self.having + len(self.missing)


def choose(ctx: TownHallCtx, tenants: Sequence[Tenant], text: str = "") -> Choice:
    return choose_period(text, starts_of(ctx, tenants), ctx.today)


def starts_of(ctx: TownHallCtx, tenants: Sequence[Tenant]) -> date:
    """The town's figures begin with those of its first unit."""
    return min((max(tenant.opened_on, tenant.books_from) for tenant in tenants), default=ctx.today)


def open_units(tenants: Sequence[Tenant], period: Period) -> list[Tenant]:
    """Open on any day of the period, with books that have begun."""
    return [
        tenant
        for tenant in tenants
        if max(tenant.opened_on, tenant.books_from) <= period.last_day
        and (tenant.closed_on is None or tenant.closed_on >= period.first_day)
    ]


async def reader_of(ctx: TownHallCtx) -> Reader:
    return Reader(
        view="PARTS",
        protection=await _protection(ctx),
        language=ctx.language,
        names=await names_given(ctx, ctx.catalogue.indicators),
    )


async def town_sheet(ctx: TownHallCtx, choice: Choice) -> Sheet:
    return await read_sheet(
        ctx.transaction,
        ctx.town.id,
        ctx.catalogue.indicators,
        choice.period,
        choice.since,
        await reader_of(ctx),
        NO_UNITS,
    )


async def compare(
    ctx: TownHallCtx, tenants: Sequence[Tenant], period: Period, indicators: Sequence[Indicator]
) -> Comparison:
    """The units beside each other and beside the period before; small numbers are not shown."""
    protection = await _protection(ctx)
    now = await _side_by_side(ctx, tenants, period, indicators, protection)
    before = await _side_by_side(ctx, tenants, period.previous, indicators, protection)
    rows = [
        Row(
            tenant=tenant,
            cells=cells,
            before=before[tenant.id],
            changes=tuple(
                change_of(cell, earlier) for cell, earlier in zip(cells, before[tenant.id], strict=True)
            ),
        )
        for tenant in open_units(tenants, period)
        if (cells := now[tenant.id])
    ]
    return Comparison(indicators=tuple(indicators), rows=tuple(rows), town=now[ctx.town.id])


async def heard(
    ctx: TownHallCtx, tenants: Sequence[Tenant], period: Period, indicators: Sequence[Indicator]
) -> dict[str, Heard]:
    """By the indicators' codes. A unit without the service module is open, but not heard."""
    units = open_units(tenants, period)
    found: Mapping[UUID, Figures] = await compared(
        ctx.transaction,
        [unit.id for unit in units],
        period.name,
        [each.code for each in indicators],
        totals_in(indicators),
    )
    return {
        indicator.code: _heard([unit for unit in units if _is_known(found[unit.id], indicator)], units)
        for indicator in indicators
    }


def _heard(having: Sequence[Tenant], units: Sequence[Tenant]) -> Heard:
    known = {unit.id for unit in having}
    return Heard(len(having), tuple(unit for unit in units if unit.id not in known))


async def _side_by_side(
    ctx: TownHallCtx,
    tenants: Sequence[Tenant],
    period: Period,
    indicators: Sequence[Indicator],
    protection: Protection,
) -> dict[UUID, tuple[Shown, ...]]:
    """Every unit and the town, by id."""
    codes = list({POPULATION, *(each.code for each in indicators)})
    found = await compared(
        ctx.transaction, [tenant.id for tenant in tenants], period.name, codes, totals_in(indicators)
    )
    town = await figures_of(ctx.transaction, ctx.town.id, period.name, codes)
    open_then = {tenant.id for tenant in open_units(tenants, period)}
    places = {tenant.code: (tenant.id, found[tenant.id]) for tenant in tenants} | {"": (ctx.town.id, town)}
    cells: dict[UUID, list[Shown]] = {place: [] for place, _figures in places.values()}
    for indicator in indicators:
        rule = protection.rule(indicator)
        marks = protection.units(indicator, {tenant.code: found[tenant.id] for tenant in tenants}, town)
        for code, (place, figures) in places.items():
            figure = figures.get(indicator.code, indicator.totals[0])
            missing = NO_UNITS if not code else OFF if place in open_then else NOT_OPEN
            cells[place].append(guarded(marks[code], figure, indicator, rule, missing))
    return {place: tuple(listed) for place, listed in cells.items()}


async def _protection(ctx: TownHallCtx) -> Protection:
    return Protection.of(await town_settings(ctx.transaction))


def _is_known(figures: Figures, indicator: Indicator) -> bool:
    figure = figures.get(indicator.code, indicator.totals[0])
    return figure is not None and figure.value is not None


def _size(change: str) -> float:
    return float(change.replace(",", "").replace("+", "").replace("−", ""))
