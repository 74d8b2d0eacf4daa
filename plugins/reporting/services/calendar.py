"""The calendar of completeness: how the report of each month stands in each unit, in words, a sign and a colour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal

from msgspec import Struct

from core.sdk import BadInput, TenantCtx, TownCtx
from core.sdk import gettext_noop as _
from core.sdk.figures import Period, months_between, parse_period
from core.sdk.reports import Completeness, Expected, Report, State, completeness
from plugins.reporting.services.form import FORM
from plugins.reporting.services.months import months_in

__all__ = [
    "Calendar",
    "Mark",
    "MonthOfAll",
    "Row",
    "last_months",
    "months_of_year",
    "own_year",
    "read_calendar",
]

Tone = Literal["good", "wait", "bad", ""]


class Mark(Struct, frozen=True, kw_only=True):
    """How a month stands; `title` is a message id, `address` the page where it is looked at."""

    sign: str
    title: str
    tone: Tone
    is_late: bool = False
    address: str = ""


class MonthOfAll(Struct, frozen=True, kw_only=True):
    """A month in the whole town; `tone` says whether somebody is missing past the due day."""

    period: Period
    whole: Completeness
    tone: Tone
    address: str


class Row(Struct, frozen=True, kw_only=True):
    """A unit with its months, None where it owes no report."""

    name: str
    code: str
    marks: tuple[Mark | None, ...]


class Calendar(Struct, frozen=True, kw_only=True):
    months: tuple[MonthOfAll, ...]
    rows: tuple[Row, ...]


SIGNS: Mapping[State, tuple[str, str, Tone]] = {
    State.APPROVED: ("✔", _("approved"), "good"),
    State.LOCKED: ("✔", _("locked"), "good"),
    State.SUBMITTED: ("●", _("submitted"), "wait"),
    State.RETURNED: ("↩", _("returned"), "wait"),
    State.REOPENED: ("↩", _("reopened"), "wait"),
}
"""Of what was received; with each its words and its colour, so that nothing hangs on the colour alone."""


def months_of_year(name: str, today: date) -> list[Period]:
    """Those that have begun; none for what is no year."""
    try:
        year = parse_period(name)
    except BadInput:
        return []
    return [month for month in year.months if month.first_day <= today] if year.kind == "year" else []


def last_months(today: date) -> list[Period]:
    """The twelve months that are over, the oldest first."""
    first = today.replace(year=today.year - 1, day=1)
    return months_between(first, today)[:-1]


async def read_calendar(ctx: TownCtx, months: Sequence[Period]) -> Calendar:
    """Of the town, in one question."""
    found = await ctx.reports.calendar(FORM, months)
    due = {month.name: await ctx.reports.due_on(month) for month in months}
    listed = {unit.code: unit for units in found.values() for unit in units}
    by_month = {name: {unit.code: unit for unit in units} for name, units in found.items()}
    return Calendar(
        months=tuple(_of_all(ctx, month, found[month.name], due[month.name]) for month in months),
        rows=tuple(
            Row(
                name=listed[code].name(ctx.language),
                code=code,
                marks=tuple(
                    _of_unit(ctx, unit, month, due[month.name])
                    if (unit := by_month[month.name].get(code))
                    else None
                    for month in months
                ),
            )
            for code in sorted(listed)
        ),
    )


async def own_year(ctx: TenantCtx, months: Sequence[Period]) -> list[tuple[Period, Mark]]:
    """Of one unit: the months of which it owes a report, the oldest first."""
    wanted = {month.name for month in months}
    year = months[0].first_day.year if months else 0
    return [
        (one.period, _mark(one.report, one.due_on, ctx.today, ctx.address(one.period.name)))
        for one in reversed(await months_in(ctx, year))
        if one.period.name in wanted
    ]


def _of_unit(ctx: TownCtx, unit: Expected, month: Period, due: date) -> Mark:
    there = f"{unit.code}/{month.name}" if unit.is_received else ""
    address = ctx.address(there) if there else ctx.address("month", period=month.name)
    return _mark(unit.report, due, ctx.today, address)


def _mark(report: Report | None, due: date, today: date, address: str) -> Mark:
    """What was sent once is received, whatever became of it since."""
    received = report is not None and report.received_on is not None
    if report is None or not received:
        is_over = (report.due_on if report else due) < today
        sign, title, tone = ("✕", _("missing"), "bad") if is_over else ("○", _("not sent yet"), "")
        return Mark(sign=sign, title=title, tone=tone, address=address)
    sign, title, tone = SIGNS.get(report.state, ("↩", _("being corrected"), "wait"))
    return Mark(sign=sign, title=title, tone=tone, is_late=not report.is_on_time, address=address)


def _of_all(ctx: TownCtx, month: Period, units: Sequence[Expected], due: date) -> MonthOfAll:
    whole = completeness(units)
    is_over = due < ctx.today
    tone: Tone = ("bad" if is_over else "wait") if whole.missing else "good" if units else ""
    return MonthOfAll(period=month, whole=whole, tone=tone, address=ctx.address("month", period=month.name))
