"""Notices from the town to its units."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from core.host.listing import ListQuery, listed
from core.host.portal import TownHallCtx
from core.host.shapes.notices import NoticeReader, notice_readers
from core.host.shapes.pointers import VersionPointer
from core.kernel.numbers import Version
from core.kernel.text import Line
from core.notices.posting import (
    Draft,
    correct_notice,
    post_notice,
    posted_notice,
    posted_notices,
    states_of,
    versions_of,
    withdraw_notice,
)
from core.town.forms import Letter, Withdrawal
from core.web.pages import Route

__all__ = ["ROUTES"]

READ, WRITE = "town.notice.read", "town.notice.write"


class PostedItem(Struct, frozen=True, kw_only=True):
    """How many units have it, have read it, and have done what it asks."""

    id: UUID
    version: int
    title: str
    due_on: date | None
    needs_answer: bool
    posted_at: datetime
    posted_by: str
    withdrawn_at: datetime | None
    units: int
    read: int
    done: int


class PostedPage(Struct, frozen=True, kw_only=True):
    """The newest first."""

    notices: list[PostedItem]
    next: str | None


class NoticeState(Struct, frozen=True, kw_only=True):
    """How far one unit is with a notice; `has_read`: the words as they stand."""

    id: UUID
    code: str
    has_read: bool
    readers: list[NoticeReader]
    done_at: datetime | None
    done_by: str


class NoticeWords(Struct, frozen=True, kw_only=True):
    """The words as they stood from `posted_at` on."""

    version: int
    title: str
    body: str
    due_on: date | None
    needs_answer: bool
    posted_at: datetime


class PostedNotice(PostedItem, frozen=True, kw_only=True):
    """With its words as they are and as they were, and how far each unit is with it."""

    body: str
    withdrawn_why: str
    states: list[NoticeState]
    earlier: list[NoticeWords]


class NoticeToPost(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`to` names units: `all`, `kind:joint_branch`, `unit:T01`."""

    title: Line
    body: Letter
    to: Annotated[tuple[Line, ...], Meta(min_length=1, max_length=500)]
    due_on: date | None = None
    needs_answer: bool = False


class NoticeCorrection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Other words in the place of `version`, for the same units."""

    title: Line
    body: Letter
    due_on: date | None = None
    needs_answer: bool = False
    version: Version


async def list_notices(ctx: TownHallCtx, query: ListQuery) -> PostedPage:
    read = partial(posted_notices, ctx.transaction, limit=query.limit)
    notices, more = await listed(ctx, "notices", query.after, read)
    items = msgspec.convert(notices, list[PostedItem], from_attributes=True)
    return PostedPage(notices=items, next=more or None)


async def post_one(ctx: TownHallCtx, body: NoticeToPost) -> VersionPointer:
    notice = await post_notice(ctx.transaction, _draft(body), body.to, ctx.today)
    return VersionPointer(id=notice, version=1)


async def read_notice(ctx: TownHallCtx, notice: UUID) -> PostedNotice:
    posted = await posted_notice(ctx.transaction, notice)
    item = msgspec.convert(posted, PostedItem, from_attributes=True)
    earlier = (await versions_of(ctx.transaction, notice))[1:]
    return PostedNotice(
        **msgspec.structs.asdict(item),
        body=posted.body,
        withdrawn_why=posted.withdrawn_why,
        states=[
            NoticeState(
                id=state.tenant.id,
                code=state.tenant.code,
                has_read=state.has_read,
                readers=notice_readers(state.readers),
                done_at=state.done_at,
                done_by=state.done_by,
            )
            for state in await states_of(ctx.transaction, notice)
        ],
        earlier=msgspec.convert(earlier, list[NoticeWords], from_attributes=True),
    )


async def correct_one(ctx: TownHallCtx, notice: UUID, body: NoticeCorrection) -> VersionPointer:
    await correct_notice(ctx.transaction, notice, body.version, _draft(body))
    return VersionPointer(id=notice, version=(await posted_notice(ctx.transaction, notice)).version)


async def withdraw_one(ctx: TownHallCtx, notice: UUID, body: Withdrawal) -> VersionPointer:
    await withdraw_notice(ctx.transaction, notice, body.reason)
    return VersionPointer(id=notice, version=(await posted_notice(ctx.transaction, notice)).version)


def _draft(given: NoticeToPost | NoticeCorrection) -> Draft:
    return Draft(title=given.title, body=given.body, due_on=given.due_on, needs_answer=given.needs_answer)


ROUTES = (
    Route(
        path="notices",
        place="town",
        handler=list_notices,
        permission=READ,
        summary="The notices, and how many have read",
    ),
    Route(
        path="notices/new",
        place="town",
        handler=post_one,
        permission=WRITE,
        method="POST",
        status=201,
        summary="Post a notice to units",
    ),
    Route(
        path="notices/{notice}",
        place="town",
        handler=read_notice,
        permission=READ,
        summary="Read a notice, and who has read it",
    ),
    Route(
        path="notices/{notice}/correct",
        place="town",
        handler=correct_one,
        permission=WRITE,
        method="PATCH",
        summary="Put other words in its place",
    ),
    Route(
        path="notices/{notice}/withdraw",
        place="town",
        handler=withdraw_one,
        permission=WRITE,
        method="POST",
        summary="Withdraw a notice",
    ),
)
