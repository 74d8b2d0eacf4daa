"""A month in the town: are we complete, who is missing, what are the totals, live and approved?"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from core.sdk import BadInput, Form, Nav, NotFound, Page, TownCtx, month_of
from core.sdk import gettext_noop as _
from core.sdk.figures import Period, parse_period, period_words
from core.sdk.reports import STATE_TITLES, Act, Expected, State, completeness
from plugins.reporting.forms import BatchForm, MonthQuery
from plugins.reporting.permissions import DECIDE, REVIEW
from plugins.reporting.services.form import FORM, form_of

__all__ = ["PAGES", "month_named"]

WHOLE = re.compile("[0-9]{1,9}")


async def show_month(ctx: TownCtx, query: MonthQuery) -> Any:
    period = month_asked(ctx.today, query.period)
    units = await ctx.reports.expected(FORM, period)
    form = form_of(period)
    codes = list(dict.fromkeys(cell.indicator for cell in form.cells))
    indicators = [found for code in codes if (found := ctx.catalogue.get(code))]
    waiting = [unit for unit in units if unit.state is State.SUBMITTED]
    approved = [unit for unit in units if unit.state is State.APPROVED]
    return ctx.render(
        "reporting/month.html",
        period=period,
        words=period_words(period, ctx.language),
        earlier=period.previous,
        later=_later(ctx.today, period),
        tell_period=lambda each: period_words(each, ctx.language),
        units=units,
        whole=completeness(units),
        totals=await ctx.reports.totals(units, period, indicators),
        states=STATE_TITLES,
        waiting=waiting,
        waiting_seen=_seen(waiting),
        approved=approved,
        approved_seen=_seen(approved),
        today=ctx.today,
    )


async def approve_all(ctx: TownCtx, period: str, form: Form[BatchForm]) -> Any:
    return await _all(ctx, period, form, Act.APPROVE, _("%(count)s reports are approved."))


async def lock_all(ctx: TownCtx, period: str, form: Form[BatchForm]) -> Any:
    return await _all(ctx, period, form, Act.LOCK, _("%(count)s reports are locked."))


async def _all(ctx: TownCtx, period: str, form: Form[BatchForm], act: Act, said: str) -> Any:
    """Each submission that was on the page; one that has changed since stops all of them."""
    month = month_named(period)
    count = 0
    for part in form.value.seen.split(",") if form.value.seen else ():
        code, _colon, submission = part.partition(":")
        _unit, report = await ctx.reports.find(FORM, month, code)
        await ctx.reports.decide(report, act, int(submission) if WHOLE.fullmatch(submission) else 0)
        count += 1
    return ctx.redirect(ctx.address("month", period=month.name), said, count=count)


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


def _later(today: date, period: Period) -> Period | None:
    after = parse_period(month_of(period.last_day + timedelta(days=1)))
    return after if after.first_day <= today else None


def _seen(units: list[Expected]) -> str:
    return ",".join(f"{unit.code}:{unit.report.submissions}" for unit in units if unit.report)


PAGES = (
    Page(
        path="month",
        place="town",
        handler=show_month,
        permission=REVIEW,
        nav=Nav(title=_("Monthly reports"), order=6),
    ),
    Page(path="month/{period}/approve", place="town", handler=approve_all, permission=DECIDE, method="POST"),
    Page(path="month/{period}/lock", place="town", handler=lock_all, permission=DECIDE, method="POST"),
)
