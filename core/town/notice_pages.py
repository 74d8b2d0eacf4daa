"""Notices from the town to its units: write, correct, withdraw, and see who has read them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from litestar import Response

from core.host.listing import AfterQuery, listed
from core.host.portal import TownHallCtx
from core.kernel import clock
from core.kernel.errors import BadInput, Conflict
from core.kernel.i18n import gettext_noop as _
from core.kernel.ids import new_id
from core.notices.posting import (
    ALL,
    Draft,
    Posted,
    correct_notice,
    late_notices,
    post_notice,
    posted_notice,
    posted_notices,
    states_of,
    versions_of,
    withdraw_notice,
)
from core.tenancy.tenants import KIND_TITLES, list_tenants
from core.town.forms import NoticeDraft, Withdrawal
from core.web.forms import Form
from core.web.pages import Nav, Page, Task, Widget

__all__ = ["NOTICE_PAGES", "NOTICE_WIDGETS"]

READ, WRITE = "town.notice.read", "town.notice.write"


async def show_notices(ctx: TownHallCtx, query: AfterQuery) -> Response:
    """Who has read what."""
    read = partial(posted_notices, ctx.transaction)
    notices, more = await listed(ctx, "notices", query.after, read)
    return ctx.render(
        "town/notices.html",
        notices=notices,
        more=ctx.address("notices", after=more) if more else "",
        minute=lambda moment: clock.minute_of(moment, ctx.town.time_zone),
    )


async def show_notice(ctx: TownHallCtx, notice: UUID) -> Response:
    """One notice, and first the units that have not read it."""
    posted = await posted_notice(ctx.transaction, notice)
    states = await states_of(ctx.transaction, notice)
    return ctx.render(
        "town/notice.html",
        notice=posted,
        missing=[state for state in states if not state.has_read],
        undone=[state for state in states if posted.asks and state.done_at is None],
        states=states,
        earlier=(await versions_of(ctx.transaction, notice))[1:],
        minute=lambda moment: clock.minute_of(moment, ctx.town.time_zone),
    )


async def write_notice(ctx: TownHallCtx) -> Response:
    return await _writing(ctx, Form({"to": ALL, "key": str(new_id())}, None, {}))


async def post(ctx: TownHallCtx, form: Form[NoticeDraft]) -> Response:
    if form.is_valid:
        try:
            draft = form.value
            posted = await post_notice(ctx.transaction, _draft(draft), draft.to, ctx.today, draft.key)
            return ctx.redirect(ctx.address(f"notices/{posted}"), _("The notice is with the units now."))
        except BadInput as error:
            _refuse(form, error)
    return await _writing(ctx, form, 400)


async def edit_notice(ctx: TownHallCtx, notice: UUID) -> Response:
    posted = await posted_notice(ctx.transaction, notice)
    if posted.withdrawn_at is not None:
        raise Conflict(_("This notice was withdrawn."), _("Write a new one."))
    known = NoticeDraft(
        title=posted.title,
        body=posted.body,
        due_on=posted.due_on,
        needs_answer=posted.needs_answer,
        version=posted.version,
    )
    return await _writing(ctx, Form.of(known), notice=posted)


async def correct(ctx: TownHallCtx, notice: UUID, form: Form[NoticeDraft]) -> Response:
    posted = await posted_notice(ctx.transaction, notice)
    if not form.is_valid:
        return await _writing(ctx, form, 400, notice=posted)
    await correct_notice(ctx.transaction, notice, form.value.version, _draft(form.value))
    return ctx.redirect(
        ctx.address(f"notices/{notice}"), _("Corrected. The units are asked to read it again.")
    )


async def ask_withdraw(ctx: TownHallCtx, notice: UUID) -> Response:
    posted = await posted_notice(ctx.transaction, notice)
    return ctx.render("town/notice_withdraw.html", notice=posted, form=Form.empty())


async def withdraw(ctx: TownHallCtx, notice: UUID, form: Form[Withdrawal]) -> Response:
    if not form.is_valid:
        posted = await posted_notice(ctx.transaction, notice)
        return ctx.render("town/notice_withdraw.html", 400, notice=posted, form=form)
    await withdraw_notice(ctx.transaction, notice, form.value.reason)
    return ctx.redirect(ctx.address(f"notices/{notice}"), _("Withdrawn. The units see why."))


async def tasks(ctx: TownHallCtx) -> list[Task]:
    """What the town has to ask after: the day is over, and units are missing."""
    return [
        Task(
            title=_("Units that have not done what the notice “%(title)s” asks"),
            params={"title": late.title},
            count=late.missing,
            due=late.due_on,
            action=_("See which"),
            address=ctx.address(f"notices/{late.id}"),
        )
        for late in await late_notices(ctx.transaction, ctx.today)
    ]


async def _writing(
    ctx: TownHallCtx, form: Form[NoticeDraft], status: int = 200, notice: Posted | None = None
) -> Response:
    return ctx.render(
        "town/notice_form.html",
        status,
        form=form,
        notice=notice,
        units=[] if notice else await _audiences(ctx),
    )


async def _audiences(ctx: TownHallCtx) -> Sequence[tuple[str, str]]:
    """All, the kinds that there are, and each unit that is open."""
    units = [unit for unit in await list_tenants(ctx.transaction) if unit.is_open_on(ctx.today)]
    kinds = {unit.kind for unit in units}
    return [
        (ALL, ctx.tell(_("all units"))),
        *(
            (f"kind:{kind}", ctx.tell(_("every %(kind)s")) % {"kind": ctx.tell(title)})
            for kind, title in KIND_TITLES.items()
            if kind in kinds
        ),
        *((f"unit:{unit.code}", f"{unit.name(ctx.language)} ({unit.code})") for unit in units),
    ]


def _draft(typed: NoticeDraft) -> Draft:
    return Draft(title=typed.title, body=typed.body, due_on=typed.due_on, needs_answer=typed.needs_answer)


def _refuse(form: Form[NoticeDraft], error: BadInput) -> None:
    for field, message in error.fields.items():
        form.refuse(field, message)


NOTICE_PAGES = (
    Page(
        path="notices",
        place="town",
        handler=show_notices,
        permission=READ,
        nav=Nav(title=_("Notices"), order=25, icon="bell"),
    ),
    Page(path="notices/new", place="town", handler=write_notice, permission=WRITE),
    Page(path="notices/new", place="town", handler=post, permission=WRITE, method="POST"),
    Page(path="notices/{notice}", place="town", handler=show_notice, permission=READ),
    Page(path="notices/{notice}/correct", place="town", handler=edit_notice, permission=WRITE),
    Page(path="notices/{notice}/correct", place="town", handler=correct, permission=WRITE, method="POST"),
    Page(path="notices/{notice}/withdraw", place="town", handler=ask_withdraw, permission=WRITE),
    Page(path="notices/{notice}/withdraw", place="town", handler=withdraw, permission=WRITE, method="POST"),
)

NOTICE_WIDGETS = (Widget(slot="TOWN_TASKS", handler=tasks, permission=READ, order=50),)
