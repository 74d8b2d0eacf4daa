"""A month in the town: are we complete, who is missing, what are the totals, live and approved?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from core.sdk import Form, Nav, Page, TownCtx, month_of
from core.sdk import gettext_noop as _
from core.sdk.figures import Period, parse_period, period_words
from core.sdk.reports import STATE_TITLES, Act, Expected, State
from plugins.reporting.forms import BatchForm, MonthQuery
from plugins.reporting.permissions import DECIDE, REVIEW
from plugins.reporting.services.reviewing import decide_all, month_asked, month_named, read_month

__all__ = ["PAGES"]


WHOLE = re.compile("[0-9]{1,9}")


async def show_month(ctx: TownCtx, query: MonthQuery) -> Any:
    month = await read_month(ctx, month_asked(ctx.today, query.period))
    period = month.period
    waiting, approved = month.in_state(State.SUBMITTED), month.in_state(State.APPROVED)
    return ctx.render(
        "reporting/month.html",
        period=period,
        words=period_words(period, ctx.language),
        earlier=period.previous,
        later=_later(ctx.today, period),
        tell_period=lambda each: period_words(each, ctx.language),
        units=month.units,
        whole=month.whole,
        totals=month.totals,
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
    month = month_named(period)
    count = await decide_all(ctx, month, act, _parts(form.value.seen))
    return ctx.redirect(ctx.address("month", period=month.name), said, count=count)


def _parts(seen: str) -> Iterator[tuple[str, int]]:
    for part in seen.split(",") if seen else ():
        code, _colon, submission = part.partition(":")
        yield code, int(submission) if WHOLE.fullmatch(submission) else 0


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
        nav=Nav(title=_("Monthly reports"), order=6, icon="calendar-check"),
    ),
    Page(path="month/{period}/approve", place="town", handler=approve_all, permission=DECIDE, method="POST"),
    Page(path="month/{period}/lock", place="town", handler=lock_all, permission=DECIDE, method="POST"),
)
