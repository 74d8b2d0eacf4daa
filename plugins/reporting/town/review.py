"""One unit's report in the town: approve it, or return it with a reason, pinned to the cell that it is about."""

from __future__ import annotations

from typing import Any

from core.sdk import BadInput, Conflict, Form, NotFound, Page, TownCtx
from core.sdk import gettext_noop as _
from core.sdk.figures import Period, period_words
from core.sdk.reports import STATE_TITLES, Act
from plugins.reporting.forms import DecideForm
from plugins.reporting.permissions import DECIDE, REVIEW
from plugins.reporting.services import reviewing
from plugins.reporting.services.form import FORM
from plugins.reporting.services.history import told_steps
from plugins.reporting.services.reviewing import month_named
from plugins.reporting.services.words import cell_words

__all__ = ["PAGES"]

SAID = {
    Act.RETURN: _("Returned. It stands on the unit's home page with your reason."),
    Act.APPROVE: _("Approved. The approved totals have it now."),
    Act.LOCK: _("Locked."),
    Act.REOPEN: _("Reopened. It stands on the unit's home page with your reason."),
}


async def show_review(ctx: TownCtx, unit: str, period: str) -> Any:
    return await _page(ctx, unit, month_named(period))


async def decide(ctx: TownCtx, unit: str, period: str, act: str, form: Form[DecideForm]) -> Any:
    month = month_named(period)
    if act not in reviewing.ACTS:
        raise NotFound
    problem: Conflict | None = None
    if form.is_valid:
        told = form.value
        try:
            await reviewing.decide(ctx, unit, month, act, told.submission, told.reason, told.cell)
        except BadInput as error:
            for field, message in error.fields.items():
                form.refuse(field, message)
        except Conflict as error:
            problem = error
        else:
            return ctx.redirect(ctx.address(f"{unit}/{month.name}"), SAID[reviewing.ACTS[act]])
    return await _page(ctx, unit, month, form, problem, 409 if problem else 400)


async def _page(
    ctx: TownCtx,
    code: str,
    period: Period,
    form: Form[Any] | None = None,
    problem: Conflict | None = None,
    status: int = 200,
) -> Any:
    unit, report = await ctx.reports.find(FORM, period, code)
    return ctx.render(
        "reporting/review.html",
        status,
        unit=unit,
        report=report,
        words=period_words(period, ctx.language),
        words_before=period_words(period.previous, ctx.language),
        review=await ctx.reports.review(report),
        states=STATE_TITLES,
        form=form or Form.empty(),
        problem=problem,
        cells=[("", ctx.tell(_("the whole report")))]
        + [
            (key, cell_words(ctx, cell.indicator, cell.cut))
            for key, cell in reviewing.cells_of(period).items()
        ],
        history=told_steps(ctx, await ctx.reports.steps(report), ctx.town.time_zone),
    )


PAGES = (
    Page(path="{unit}/{period}", place="town", handler=show_review, permission=REVIEW),
    Page(path="{unit}/{period}/{act}", place="town", handler=decide, permission=DECIDE, method="POST"),
)
