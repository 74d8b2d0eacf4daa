"""In the platform's own pages: what is due or returned, the town's inbox, who is missing, the year's calendar."""

from __future__ import annotations

from datetime import date, timedelta

from core.sdk import Task, TenantCtx, TownCtx, Widget
from core.sdk import gettext_noop as _
from core.sdk.figures import Period, period_words, short_period
from core.sdk.reports import Report, State
from plugins.reporting.permissions import FILL, READ, REVIEW
from plugins.reporting.services.calendar import last_months, months_of_year, own_year, read_calendar
from plugins.reporting.services.filing import months_of
from plugins.reporting.services.form import FORM
from plugins.reporting.settings import Settings

__all__ = ["WIDGETS"]

LOOK_BACK = 4
"""Months: what is older is seen on the page of the reports."""


async def due_reports(ctx: TenantCtx) -> list[Task]:
    """Of the last months: what is not sent, what came back, what waits for the second person."""
    settings = await ctx.settings(Settings)
    months = months_of(ctx)[: LOOK_BACK + 1]
    if not months:
        return []
    reports = await ctx.reports.between(FORM, months[-1].first_day, months[0].last_day)
    by_period = {report.period: report for report in reports}
    found: list[Task] = []
    for month in months:
        report = by_period.get(month.name)
        due = report.due_on if report else await ctx.reports.due_on(month)
        is_near = due - timedelta(days=settings.remind_days) <= ctx.today
        if is_near or (report is not None and report.submissions > 0):
            found += _task(ctx, month, report, due)
    return found


def _task(ctx: TenantCtx, month: Period, report: Report | None, due: date) -> list[Task]:
    state = report.state if report else State.DRAFT
    told = {
        State.DRAFT: (_("Monthly report of %(month)s"), _("Fill in")),
        State.PREPARED: (_("Monthly report of %(month)s is prepared"), _("Check and submit")),
        State.RETURNED: (_("The town returned the report of %(month)s"), _("Correct it")),
        State.REOPENED: (_("The town reopened the report of %(month)s"), _("Correct it")),
    }.get(state)
    if told is None:
        return []
    title, action = told
    words = period_words(month, ctx.language)
    return [
        Task(
            title=title,
            params={"month": words},
            action=action,
            address=ctx.address(month.name),
            # That the town returns it makes nobody late.
            due=None if report is not None and report.submissions else due,
        )
    ]


async def inbox(ctx: TownCtx) -> list[Task]:
    """How many submissions wait for an answer."""
    waiting = await ctx.reports.waiting(FORM)
    if not waiting:
        return []
    return [
        Task(
            title=_("Reports that wait for an answer"),
            action=_("Open the inbox"),
            address=ctx.address(),
            count=len(waiting),
        )
    ]


async def who_is_missing(ctx: TownCtx) -> str:
    """The last month that is over: who has not sent its report; and the months before it."""
    calendar = await read_calendar(ctx, last_months(ctx.today))
    last = calendar.months[-1]
    return ctx.text(
        "reporting/town_home.html",
        last=last,
        months=calendar.months,
        words=period_words(last.period, ctx.language),
        short=lambda period: short_period(period, ctx.language),
    )


async def calendar_of_town(ctx: TownCtx, year: str) -> str | None:
    """Every unit and month of the year."""
    months = months_of_year(year, ctx.today)
    if not months:
        return None
    return ctx.text(
        "reporting/calendar.html",
        year=year,
        calendar=await read_calendar(ctx, months),
        short=lambda period: short_period(period, ctx.language),
    )


async def calendar_of_unit(ctx: TenantCtx, year: str) -> str | None:
    months = await own_year(ctx, months_of_year(year, ctx.today))
    if not months:
        return None
    return ctx.text(
        "reporting/own_year.html",
        year=year,
        months=months,
        short=lambda period: short_period(period, ctx.language),
    )


WIDGETS = (
    Widget(slot="TENANT_TASKS", handler=due_reports, permission=FILL, order=20),
    Widget(slot="TENANT_YEAR", handler=calendar_of_unit, permission=READ, order=10),
    Widget(slot="TOWN_TASKS", handler=inbox, permission=REVIEW, order=10),
    Widget(slot="TOWN_HOME", handler=who_is_missing, permission=REVIEW, order=10),
    Widget(slot="TOWN_YEAR", handler=calendar_of_town, permission=REVIEW, order=10),
)
