"""The town's notices in a unit."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from uuid import UUID

import msgspec
from msgspec import Struct

from core.host.listing import ListQuery, listed
from core.host.portal import PortalCtx
from core.host.shapes.notices import NoticeReader, notice_readers
from core.host.shapes.pointers import VersionPointer
from core.notices.reading import mark_done, mark_read, readers_of, received_notice, received_notices
from core.web.pages import Route
from tenants.forms import Seen

__all__ = ["ROUTES"]

READ, ANSWER = "tenant.notice.read", "tenant.notice.answer"


class ReceivedItem(Struct, frozen=True, kw_only=True):
    """`is_read` is the account's own; `is_waiting`: something is asked of the unit and not yet done."""

    id: UUID
    version: int
    title: str
    due_on: date | None
    needs_answer: bool
    posted_at: datetime
    withdrawn_at: datetime | None
    done_at: datetime | None
    done_by: str | None
    is_read: bool
    is_waiting: bool


class ReceivedPage(Struct, frozen=True, kw_only=True):
    """The newest first."""

    notices: list[ReceivedItem]
    next: str | None


class ReceivedNotice(ReceivedItem, frozen=True, kw_only=True):
    """With its words, and who of the unit has read them."""

    body: str
    withdrawn_why: str
    readers: list[NoticeReader]


async def list_notices(ctx: PortalCtx, query: ListQuery) -> ReceivedPage:
    read = partial(received_notices, ctx.transaction, limit=query.limit)
    notices, more = await listed(ctx, "notices", query.after, read)
    items = msgspec.convert(notices, list[ReceivedItem], from_attributes=True)
    return ReceivedPage(notices=items, next=more or None)


async def read_notice(ctx: PortalCtx, notice: UUID) -> ReceivedNotice:
    """To read it here notes nothing, as to look at its page; `read` does."""
    received = await received_notice(ctx.transaction, notice)
    item = msgspec.convert(received, ReceivedItem, from_attributes=True)
    return ReceivedNotice(
        **msgspec.structs.asdict(item),
        body=received.body,
        withdrawn_why=received.withdrawn_why,
        readers=notice_readers(await readers_of(ctx.transaction, notice)),
    )


async def say_read(ctx: PortalCtx, notice: UUID, body: Seen) -> VersionPointer:
    await mark_read(ctx.transaction, notice, body.version)
    return VersionPointer(id=notice, version=body.version)


async def say_done(ctx: PortalCtx, notice: UUID, body: Seen) -> VersionPointer:
    await mark_done(ctx.transaction, notice, body.version)
    return VersionPointer(id=notice, version=body.version)


ROUTES = (
    Route(path="notices", handler=list_notices, permission=READ, summary="The town's notices"),
    Route(path="notices/{notice}", handler=read_notice, permission=READ, summary="Read a notice"),
    Route(
        path="notices/{notice}/read",
        handler=say_read,
        permission=READ,
        method="POST",
        summary="Say that she has read this version",
    ),
    Route(
        path="notices/{notice}/done",
        handler=say_done,
        permission=ANSWER,
        method="POST",
        summary="Say for the unit that what it asks is done",
    ),
)
