"""The inbox: what needs me? Submissions that wait for an answer, the oldest first."""

from __future__ import annotations

from typing import Any

from core.sdk import Nav, Page, TownCtx
from core.sdk import gettext_noop as _
from core.sdk.figures import parse_period, period_words
from plugins.reporting.permissions import REVIEW
from plugins.reporting.services.form import FORM

__all__ = ["PAGES"]


async def show_inbox(ctx: TownCtx) -> Any:
    waiting = await ctx.reports.waiting(FORM)
    return ctx.render(
        "reporting/inbox.html",
        lines=[
            (unit, period_words(parse_period(unit.report.period), ctx.language))
            for unit in waiting
            if unit.report
        ],
    )


PAGES = (
    Page(
        path="",
        place="town",
        handler=show_inbox,
        permission=REVIEW,
        nav=Nav(title=_("Inbox"), order=5, icon="inbox"),
    ),
)
