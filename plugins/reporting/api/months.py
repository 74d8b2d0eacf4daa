"""A month in the town: who has sent, who is missing, the totals; approved and locked in one go."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from core.sdk import BadInput, Code, Route, TownCtx, Version
from core.sdk import gettext_noop as _
from core.sdk.figures import FigureCell, figure_cell
from core.sdk.reports import Act, Expected, Total
from plugins.reporting.forms import MonthQuery
from plugins.reporting.permissions import DECIDE, REVIEW
from plugins.reporting.services.form import FORM
from plugins.reporting.services.reviewing import decide_all, month_asked, month_named, read_month

__all__ = ["ROUTES"]


class InboxItem(Struct, frozen=True, kw_only=True):
    """A submission that waits; `changed` counts the cells that differ from the one before, null for the first."""

    unit: str
    name: str
    period: str
    submission: int
    submitted_on: date
    changed: int | None


class MonthUnit(Struct, frozen=True, kw_only=True):
    """A unit that owes a report; `state` is null before it has begun."""

    id: UUID
    unit: str
    name: str
    state: str | None
    submission: int
    due_on: date | None
    received_on: date | None
    is_on_time: bool | None


class MonthTotal(Struct, frozen=True, kw_only=True):
    """`adds_people`: the approved total counts somebody who is in two units twice."""

    code: str
    title: str
    approved: FigureCell
    live: FigureCell
    approved_units: int
    live_units: int
    adds_people: bool


class MonthOfTown(Struct, frozen=True, kw_only=True):
    """Of the units that owe a report how many have sent it, in time, and how many are approved."""

    period: str
    expected: int
    received: int
    on_time: int
    approved: int
    units: list[MonthUnit]
    totals: list[MonthTotal]


class SeenReport(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The code of a unit, and which submission of it was looked at."""

    unit: Code
    submission: Version


class SeenReports(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One that has changed since stops all of them."""

    seen: Annotated[tuple[SeenReport, ...], Meta(min_length=1, max_length=500)]


class DecidedReports(Struct, frozen=True, kw_only=True):
    """How many."""

    count: int


async def read_inbox(ctx: TownCtx) -> list[InboxItem]:
    return [
        InboxItem(
            unit=unit.code,
            name=unit.name(ctx.language),
            period=unit.report.period,
            submission=unit.report.submissions,
            submitted_on=unit.submitted_on,
            changed=unit.changed,
        )
        for unit in await ctx.reports.waiting(FORM)
        if unit.report
    ]


async def read_town_month(ctx: TownCtx, query: MonthQuery) -> MonthOfTown:
    period = month_asked(ctx.today, query.period)
    if query.period and query.period != period.name:
        raise BadInput(fields={"period": _("Write a month, such as 2025-03.")})
    month = await read_month(ctx, period)
    return MonthOfTown(
        period=period.name,
        expected=month.whole.expected,
        received=month.whole.received,
        on_time=month.whole.on_time,
        approved=month.whole.approved,
        units=[_unit(ctx, unit) for unit in month.units],
        totals=[_total(ctx, total) for total in month.totals],
    )


async def approve_all(ctx: TownCtx, period: str, body: SeenReports) -> DecidedReports:
    return await _all(ctx, period, body, Act.APPROVE)


async def lock_all(ctx: TownCtx, period: str, body: SeenReports) -> DecidedReports:
    return await _all(ctx, period, body, Act.LOCK)


async def _all(ctx: TownCtx, period: str, body: SeenReports, act: Act) -> DecidedReports:
    seen = [(each.unit, each.submission) for each in body.seen]
    return DecidedReports(count=await decide_all(ctx, month_named(period), act, seen))


def _unit(ctx: TownCtx, unit: Expected) -> MonthUnit:
    report = unit.report
    return MonthUnit(
        id=unit.tenant_id,
        unit=unit.code,
        name=unit.name(ctx.language),
        state=str(report.state) if report else None,
        submission=report.submissions if report else 0,
        due_on=report.due_on if report else None,
        received_on=report.received_on if report else None,
        is_on_time=report.is_on_time if report else None,
    )


def _total(ctx: TownCtx, total: Total) -> MonthTotal:
    return MonthTotal(
        code=total.indicator.code,
        title=ctx.tell(total.indicator.title),
        approved=figure_cell(total.approved, ctx.tell),
        live=figure_cell(total.live, ctx.tell),
        approved_units=total.approved_units,
        live_units=total.live_units,
        adds_people=total.adds_people,
    )


ROUTES = (
    Route(path="", place="town", handler=read_inbox, permission=REVIEW, summary="The submissions that wait"),
    Route(
        path="month",
        place="town",
        handler=read_town_month,
        permission=REVIEW,
        summary="A month in the town, by default the one before this",
    ),
    Route(
        path="month/{period}/approve",
        place="town",
        handler=approve_all,
        permission=DECIDE,
        method="POST",
        summary="Approve the reports that were seen",
    ),
    Route(
        path="month/{period}/lock",
        place="town",
        handler=lock_all,
        permission=DECIDE,
        method="POST",
        summary="Lock the reports that were seen",
    ),
)
