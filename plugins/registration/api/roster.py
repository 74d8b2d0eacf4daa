"""A roster on its way in: sent, its headers found, planned, applied or cancelled; jobs do the work in between."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct, convert

from core.sdk import Cursor, Route, TenantCtx, Upload
from plugins.registration.imports import uploads
from plugins.registration.imports.lines import PlanRow, plan_rows, rejected_rows
from plugins.registration.imports.undo import undo_until
from plugins.registration.imports.verdicts import Reason, sentence
from plugins.registration.permissions import IMPORT

__all__ = ["ROUTES", "RosterId", "RosterRowTold", "place_of", "row_told"]

MOST = 200


class RosterSheet(Struct, frozen=True, kw_only=True):
    """`columns`: from the name by which a column is known to how it is headed there.

    `headers` are all cells of the header row: a place among them, counted from 0, says which is meant.
    """

    name: str
    header_row: int | None
    headers: list[str]
    columns: dict[str, str]
    missing: list[str]
    unmatched: list[str]
    rows: int
    is_hidden: bool


class RosterFault(Struct, frozen=True, kw_only=True):
    """Why the file was refused, and what to do, in the caller's language."""

    what: str
    todo: str


class RosterTold(Struct, frozen=True, kw_only=True):
    """`state`: received, read, planning, planned, applying, applied; undoing, undone; or refused, or cancelled.

    `is_busy`: a job is at it, so ask again. `judged` of `total` rows are compared, `applied` of those to be
    written (`added` and `corrected`) are written; `undone` of those are through the undoing, which left
    `left_alone` of them as they are.
    """

    id: UUID
    file_name: str
    state: str
    is_busy: bool
    total: int
    judged: int
    added: int
    corrected: int
    unchanged: int
    rejected: int
    warned: int
    applied: int
    undone: int
    left_alone: int
    created_at: datetime
    finished_at: datetime | None


class RosterDetail(Struct, frozen=True, kw_only=True):
    """`undo_until`: up to when it can be undone; null where it cannot. `is_stuck`: tell an administrator."""

    roster: RosterTold
    undo_until: datetime | None
    is_stuck: bool
    sheets: list[RosterSheet]
    fault: RosterFault | None


class RosterList(Struct, frozen=True, kw_only=True):
    """The latest twenty, newest first."""

    rosters: list[RosterTold]


class RosterId(Struct, frozen=True, kw_only=True):
    """The roster that was sent, or that goes on or ends."""

    id: UUID


class RosterRowsQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`after` is the `next` of the page before."""

    show: Literal["", "added", "corrected", "unchanged", "rejected", "warned"] = ""
    after: Cursor = ""
    limit: Annotated[int, Meta(ge=1, le=MOST)] = 50


class RejectedRowsQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`after` is the `next` of the page before."""

    after: Cursor = ""
    limit: Annotated[int, Meta(ge=1, le=MOST)] = 50


class RowFinding(Struct, frozen=True, kw_only=True):
    """`text`: what is wrong and what to do, in the caller's language."""

    reason: Reason
    column: str
    text: str


class RosterRowTold(Struct, frozen=True, kw_only=True):
    """A line of the plan. `cells`: of a rejected row, by the standard names of the columns.

    `is_open`: it can be corrected until the plan is applied.
    """

    id: UUID
    sheet: str
    row: int
    verdict: str
    name: str
    findings: list[RowFinding]
    is_open: bool
    cells: dict[str, str] | None = None


class RosterRowsPage(Struct, frozen=True, kw_only=True):
    """In the order of the file."""

    rows: list[RosterRowTold]
    next: str | None


async def list_rosters(ctx: TenantCtx) -> RosterList:
    recent = await uploads.recent_imports()
    return RosterList(rosters=convert(recent, list[RosterTold], from_attributes=True))


async def send_roster(ctx: TenantCtx, upload: Upload) -> RosterId:
    return RosterId(id=await uploads.receive(ctx, upload))


async def read_roster(ctx: TenantCtx, incoming: UUID) -> RosterDetail:
    found = await uploads.find_import(incoming)
    fault = found.fault
    return RosterDetail(
        roster=convert(found, RosterTold, from_attributes=True),
        undo_until=await undo_until(ctx, found),
        is_stuck=await uploads.is_stuck(ctx, found),
        sheets=[_sheet(sheet) for sheet in found.sheets],
        fault=RosterFault(what=ctx.tell(fault.what) % fault.params, todo=ctx.tell(fault.todo))
        if fault
        else None,
    )


async def list_roster_rows(ctx: TenantCtx, incoming: UUID, query: RosterRowsQuery) -> RosterRowsPage:
    await uploads.find_import(incoming)
    rows = await plan_rows(incoming, query.show, place_of(ctx, incoming, query.after), query.limit + 1)
    told = [(row, None) for row in rows]
    return _page(ctx, incoming, told, query.limit)


async def list_rejected_rows(ctx: TenantCtx, incoming: UUID, query: RejectedRowsQuery) -> RosterRowsPage:
    """What the row says is noted as downloaded."""
    await uploads.find_import(incoming)
    rows = await rejected_rows(ctx, incoming, place_of(ctx, incoming, query.after), query.limit + 1)
    page = _page(ctx, incoming, rows, query.limit)
    uploads.note_download(ctx, incoming, len(page.rows))
    return page


async def plan_roster(ctx: TenantCtx, incoming: UUID) -> RosterId:
    await uploads.make_plan(ctx, incoming)
    return RosterId(id=incoming)


async def apply_roster(ctx: TenantCtx, incoming: UUID) -> RosterId:
    await uploads.apply_plan(ctx, incoming)
    return RosterId(id=incoming)


async def cancel_roster(ctx: TenantCtx, incoming: UUID) -> RosterId:
    await uploads.cancel(ctx, incoming)
    return RosterId(id=incoming)


def _sheet(found: uploads.SheetFound) -> RosterSheet:
    return RosterSheet(
        name=found.name,
        header_row=found.header_row,
        headers=found.headers,
        columns=dict(found.columns),
        missing=found.missing,
        unmatched=found.unmatched,
        rows=found.rows,
        is_hidden=found.is_hidden,
    )


def place_of(ctx: TenantCtx, incoming: UUID, cursor: str) -> int:
    values = ctx.at(f"roster.{incoming}", cursor)
    return int(values[0]) if values else -1


def _page(
    ctx: TenantCtx, incoming: UUID, rows: Sequence[tuple[PlanRow, dict[str, str] | None]], limit: int
) -> RosterRowsPage:
    """`rows` are one more than a page where there is another one."""
    shown = rows[:limit]
    more = ctx.cursor(f"roster.{incoming}", shown[-1][0].place) if len(rows) > limit else None
    return RosterRowsPage(rows=[row_told(ctx, row, cells) for row, cells in shown], next=more)


def row_told(ctx: TenantCtx, row: PlanRow, cells: dict[str, str] | None = None) -> RosterRowTold:
    return RosterRowTold(
        id=row.id,
        sheet=row.sheet,
        row=row.row,
        verdict=row.verdict,
        name=row.name,
        is_open=row.is_open,
        findings=[
            RowFinding(reason=one.reason, column=one.column, text=sentence(one, ctx.tell))
            for one in row.findings
        ],
        cells=cells,
    )


ROUTES = (
    Route(path="roster", handler=list_rosters, permission=IMPORT, summary="List the latest rosters"),
    Route(
        path="roster",
        handler=send_roster,
        permission=IMPORT,
        method="POST",
        status=201,
        summary="Send a roster, a workbook or a file of comma-separated values",
        max_body=11_000_000,
    ),
    Route(
        path="roster/{incoming}",
        handler=read_roster,
        permission=IMPORT,
        summary="Read how far a roster has come and what was found in it",
    ),
    Route(
        path="roster/{incoming}/rows",
        handler=list_roster_rows,
        permission=IMPORT,
        summary="List what applying a roster will do, row by row",
    ),
    Route(
        path="roster/{incoming}/rejected",
        handler=list_rejected_rows,
        permission=IMPORT,
        summary="List the rejected rows of a roster with what they say",
    ),
    Route(
        path="roster/{incoming}/plan",
        handler=plan_roster,
        permission=IMPORT,
        method="POST",
        summary="Have a roster compared with what is known",
    ),
    Route(
        path="roster/{incoming}/apply",
        handler=apply_roster,
        permission=IMPORT,
        method="POST",
        summary="Have the plan of a roster carried out",
    ),
    Route(
        path="roster/{incoming}/cancel",
        handler=cancel_roster,
        permission=IMPORT,
        method="POST",
        summary="Cancel a roster before anything is written",
    ),
)
