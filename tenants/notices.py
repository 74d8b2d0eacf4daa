"""Notices of the town in a unit: read them, say so, and say for the unit that what they ask is done."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from litestar import Response

from core.host.listing import AfterQuery, listed
from core.host.portal import PortalCtx
from core.kernel import clock
from core.kernel.i18n import gettext_noop as _
from core.notices.reading import (
    Received,
    mark_done,
    mark_read,
    open_notices,
    readers_of,
    received_notice,
    received_notices,
)
from core.web.forms import Form
from core.web.pages import Nav, Page, Task, Widget
from tenants.forms import Seen

__all__ = ["NOTICE_PAGES", "NOTICE_WIDGETS"]

READ, ANSWER = "tenant.notice.read", "tenant.notice.answer"


async def show_notices(ctx: PortalCtx, query: AfterQuery) -> Response:
    """What has the town told us, and what of it waits."""
    read = partial(received_notices, ctx.transaction)
    notices, more = await listed(ctx, "notices", query.after, read)
    return ctx.render(
        "tenants/notices.html",
        notices=notices,
        more=ctx.address("notices", after=more) if more else "",
        minute=lambda moment: clock.minute_of(moment, ctx.tenant.time_zone),
    )


async def show_notice(ctx: PortalCtx, notice: UUID) -> Response:
    """The words, the one action, and who of the unit has read them."""
    received = await received_notice(ctx.transaction, notice)
    readers = await readers_of(ctx.transaction, notice)
    return ctx.render(
        "tenants/notice.html",
        notice=received,
        readers=readers,
        minute=lambda moment: clock.minute_of(moment, ctx.tenant.time_zone),
    )


async def say_read(ctx: PortalCtx, notice: UUID, form: Form[Seen]) -> Response:
    await mark_read(ctx.transaction, notice, form.value.version)
    return ctx.redirect(ctx.address(f"notices/{notice}"), _("Noted: you have read it."))


async def say_done(ctx: PortalCtx, notice: UUID, form: Form[Seen]) -> Response:
    await mark_done(ctx.transaction, notice, form.value.version)
    return ctx.redirect(ctx.address(f"notices/{notice}"), _("Noted: done for the unit. The town sees it."))


async def tasks(ctx: PortalCtx) -> list[Task]:
    """What is asked of the unit, for those who answer for it; what she has not read, for everybody."""
    return [
        _task(ctx, notice)
        for notice in await open_notices(ctx.transaction)
        if not notice.is_read or (notice.asks and ctx.can(ANSWER))
    ]


def _task(ctx: PortalCtx, notice: Received) -> Task:
    return Task(
        title=_("Notice: %(title)s"),
        params={"title": notice.title},
        due=notice.due_on,
        action=_("Read and answer") if notice.asks and ctx.can(ANSWER) else _("Read"),
        address=ctx.address(f"notices/{notice.id}"),
    )


NOTICE_PAGES = (
    Page(
        path="notices",
        handler=show_notices,
        permission=READ,
        nav=Nav(title=_("Notices"), order=910, icon="bell"),
    ),
    Page(path="notices/{notice}", handler=show_notice, permission=READ),
    Page(path="notices/{notice}/read", handler=say_read, permission=READ, method="POST"),
    Page(path="notices/{notice}/done", handler=say_done, permission=ANSWER, method="POST"),
)

NOTICE_WIDGETS = (Widget(slot="TENANT_TASKS", handler=tasks, permission=READ, order=50),)
