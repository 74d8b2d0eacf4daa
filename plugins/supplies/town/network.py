"""The stock of the network: what has each unit, for how long, and what could go from one to another."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from core.sdk import BadInput, Nav, Page, TownCtx, month_of
from core.sdk import gettext_noop as _
from core.sdk.figures import Period, parse_period, period_words
from plugins.supplies.permissions import NETWORK
from plugins.supplies.services.catalogue import catalogue_of_town
from plugins.supplies.services.network import INDICATORS, Holding, Proposal, holdings, propose, tracers_in
from plugins.supplies.town.forms import NetworkQuery

__all__ = ["PAGES", "Network", "month_asked", "read_network"]


class Network:
    """The holdings of a month, by unit and product, with what follows from them."""

    def __init__(self, period: Period, names: dict[str, str], skus: list[str], found: list[Holding]) -> None:
        self.period = period
        self.names = names
        self.skus = skus
        self.holdings = found
        self.proposals: list[Proposal] = propose(found)
        self._by_place = {(each.unit, each.sku): each for each in found}

    def at(self, unit: str, sku: str) -> Holding:
        return self._by_place[unit, sku]

    def total(self, sku: str) -> int:
        return sum(each.on_hand for each in self.holdings if each.sku == sku)


async def read_network(ctx: TownCtx, period: Period) -> Network:
    skus = tracers_in(await catalogue_of_town(ctx, min(ctx.today, period.last_day)))
    units = await ctx.unit_figures(period, INDICATORS)
    names = {unit.code: unit.name(ctx.language) for unit in units}
    return Network(period, names, skus, holdings(units, skus))


def month_asked(ctx: TownCtx, text: str) -> Period:
    """Without a name, or with one that is no month, this one."""
    try:
        period = parse_period(text)
    except BadInput:
        return parse_period(month_of(ctx.today))
    return period if period.kind == "month" else parse_period(month_of(ctx.today))


async def show_network(ctx: TownCtx, query: NetworkQuery) -> Any:
    period = month_asked(ctx, query.period)
    later = parse_period(month_of(period.last_day + timedelta(days=1)))
    return ctx.render(
        "supplies/network.html",
        network=await read_network(ctx, period),
        catalogue=await catalogue_of_town(ctx, ctx.today),
        words=period_words(period, ctx.language),
        earlier=period.previous,
        later=later if later.first_day <= ctx.today else None,
        tell_period=lambda each: period_words(each, ctx.language),
    )


PAGES = (
    Page(
        path="network",
        place="town",
        handler=show_network,
        permission=NETWORK,
        nav=Nav(title=_("Stock of the units"), order=20, icon="package"),
    ),
)
