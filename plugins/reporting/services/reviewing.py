"""The town's answer to a report: which month is looked at, and what is done with the submission that was seen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from msgspec import Struct

from core.sdk import BadInput, NotFound, TownCtx, month_of
from core.sdk.figures import Period, parse_period
from core.sdk.reports import Act, Completeness, Expected, Report, State, Total, completeness
from plugins.reporting.services.form import FORM, FormCell, form_of

__all__ = [
    "ACTS",
    "TownMonth",
    "cells_of",
    "decide",
    "decide_all",
    "month_asked",
    "month_named",
    "read_month",
]

ACTS: Mapping[str, Act] = {
    "return": Act.RETURN,
    "approve": Act.APPROVE,
    "lock": Act.LOCK,
    "reopen": Act.REOPEN,
}
"""By their names in an address."""


class TownMonth(Struct, frozen=True, kw_only=True):
    """Are we complete, who is missing, what are the totals, live and approved?"""

    period: Period
    units: list[Expected]
    whole: Completeness
    totals: list[Total]

    def in_state(self, state: State) -> list[Expected]:
        return [unit for unit in self.units if unit.state is state]


async def read_month(ctx: TownCtx, period: Period) -> TownMonth:
    units = await ctx.reports.expected(FORM, period)
    codes = list(dict.fromkeys(cell.indicator for cell in form_of(period).cells))
    indicators = [found for code in codes if (found := ctx.catalogue.get(code))]
    return TownMonth(
        period=period,
        units=units,
        whole=completeness(units),
        totals=await ctx.reports.totals(units, period, indicators),
    )


async def decide(
    ctx: TownCtx, unit: str, period: Period, act: str, submission: int, reason: str, cell: str
) -> Report:
    """Of the submission that was seen; raises `NotFound` for an act or a cell that there is not."""
    indicator, _blank, cut = cell.partition(" ")
    if act not in ACTS or (cell and cell not in cells_of(period)):
        raise NotFound
    _unit, report = await ctx.reports.find(FORM, period, unit)
    return await ctx.reports.decide(report, ACTS[act], submission, reason=reason, cell=(indicator, cut))


async def decide_all(ctx: TownCtx, period: Period, act: Act, seen: Iterable[tuple[str, int]]) -> int:
    """Each submission that was seen, by its unit's code; one that has changed since stops all of them."""
    count = 0
    for code, submission in seen:
        _unit, report = await ctx.reports.find(FORM, period, code)
        await ctx.reports.decide(report, act, submission)
        count += 1
    return count


def cells_of(period: Period) -> dict[str, FormCell]:
    """What a reason can be about, by its name: `EMP-01 sex=1`."""
    return {f"{cell.indicator} {cell.cut}".strip(): cell for cell in form_of(period).cells}


def month_asked(today: date, text: str) -> Period:
    """The month of that name; without one the month before this, whose reports are due."""
    try:
        period = parse_period(text)
    except BadInput:
        return parse_period(month_of(today.replace(day=1) - timedelta(days=1)))
    return period if period.kind == "month" else parse_period(month_of(period.last_day))


def month_named(text: str) -> Period:
    """As an address names it; raises `NotFound`."""
    try:
        period = parse_period(text)
    except BadInput:
        raise NotFound from None
    if period.kind != "month":
        raise NotFound
    return period
