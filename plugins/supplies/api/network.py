"""The stock of the units in a month, what one could give to another, and the table of a year."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from core.sdk import BadInput, Route, TownCtx
from core.sdk import gettext_noop as _
from plugins.supplies.permissions import NETWORK
from plugins.supplies.services.year_table import YearLine
from plugins.supplies.town.forms import NetworkQuery, YearQuery
from plugins.supplies.town.network import month_asked, read_network
from plugins.supplies.town.yearly import read_year

__all__ = ["ROUTES"]


class UnitHolding(Struct, frozen=True, kw_only=True):
    """`months` is null where nothing is handed out; `state`: out, low, much, ok."""

    unit: str
    sku: str
    on_hand: int
    months: float | None
    expiring: int
    out_days: int
    state: str


class SupplyProposal(Struct, frozen=True, kw_only=True):
    """What `giver` could send to `taker`; `is_old`: some of it expires within half a year."""

    sku: str
    giver: str
    taker: str
    quantity: int
    is_old: bool


class NetworkTold(Struct, frozen=True, kw_only=True):
    period: str
    units: dict[str, str]
    holdings: list[UnitHolding]
    proposals: list[SupplyProposal]


class YearLineTold(Struct, frozen=True, kw_only=True):
    """`unit` is empty for the town; `faults` are names of what cannot be right.

    `lost_on_way` is a part of the flow `loss`; `in_transit` is null of a unit, since others count what it sends.
    """

    unit: str
    sku: str
    opening: int
    flows: Mapping[str, int]
    lost_on_way: int
    in_transit: int | None
    closing: int
    before: int | None
    faults: list[str]


class YearCheck(Struct, frozen=True, kw_only=True):
    """`is_kept` is null where one of the numbers may not be seen."""

    unit: str
    rule: str
    is_kept: bool | None


class YearTold(Struct, frozen=True, kw_only=True):
    year: int
    lines: list[YearLineTold]
    town: list[YearLineTold]
    checks: list[YearCheck]


async def tell_network(ctx: TownCtx, query: NetworkQuery) -> NetworkTold:
    period = month_asked(ctx, query.period)
    if query.period and query.period != period.name:
        raise BadInput(fields={"period": _("Write a month, such as 2025-03.")})
    network = await read_network(ctx, period)
    return NetworkTold(
        period=period.name,
        units=network.names,
        holdings=[
            UnitHolding(
                unit=each.unit,
                sku=each.sku,
                on_hand=each.on_hand,
                months=None if each.months is None else float(each.months),
                expiring=each.expiring,
                out_days=each.out_days,
                state=each.state,
            )
            for each in network.holdings
        ],
        proposals=[
            SupplyProposal(
                sku=each.sku,
                giver=each.giver,
                taker=each.taker,
                quantity=each.quantity,
                is_old=each.is_old,
            )
            for each in network.proposals
        ],
    )


async def tell_year(ctx: TownCtx, query: YearQuery) -> YearTold:
    year = min(query.year or ctx.today.year, ctx.today.year)
    table, _catalogue, _names = await read_year(ctx, year)
    return YearTold(
        year=year,
        lines=[_line(line) for line in table.lines],
        town=[_line(line) for line in table.town],
        checks=[YearCheck(unit=check.unit, rule=check.rule, is_kept=check.is_kept) for check in table.checks],
    )


def _line(line: YearLine) -> YearLineTold:
    return YearLineTold(
        unit=line.unit,
        sku=line.sku,
        opening=line.opening,
        flows=line.flows,
        lost_on_way=line.lost_on_way,
        in_transit=line.in_transit,
        closing=line.closing,
        before=line.before,
        faults=list(line.faults),
    )


ROUTES = (
    Route(
        path="network",
        place="town",
        handler=tell_network,
        permission=NETWORK,
        summary="The stock of the units in a month, and what one could give to another",
    ),
    Route(
        path="yearly",
        place="town",
        handler=tell_year,
        permission=NETWORK,
        summary="Purchase, transfer and stock of a year, with what cannot be right",
    ),
)
