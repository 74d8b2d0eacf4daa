"""What can be done to a roster between its file and its end: headers matched, rows corrected, the whole undone."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from core.sdk import BadInput, Code, Cursor, Line, Route, TenantCtx
from core.sdk import gettext_noop as _
from core.sdk.people import Standing
from plugins.registration.api.roster import MOST, RosterId, RosterRowTold, place_of, row_told
from plugins.registration.imports import uploads
from plugins.registration.imports.correct import correct_row
from plugins.registration.imports.headers import choose_headers
from plugins.registration.imports.lines import open_row
from plugins.registration.imports.undo import STANDINGS, ask_undo, left_people
from plugins.registration.permissions import IMPORT

__all__ = ["ROUTES"]


class HeaderMatch(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`sheet` and `place` are counted from 0, as the roster lists its sheets and a sheet its headers."""

    sheet: Annotated[int, Meta(ge=0, le=1_000)]
    column: Code
    place: Annotated[int, Meta(ge=0, le=1_000)]


class HeaderMatches(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of all sheets: a column that is not named is taken from nowhere."""

    headers: Annotated[tuple[HeaderMatch, ...], Meta(max_length=2_000)]


class CellToSet(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`column` by its standard name; an empty text empties the cell."""

    column: Code
    text: Line


class RowCells(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The cells that change; the others stay."""

    cells: Annotated[tuple[CellToSet, ...], Meta(min_length=1, max_length=20)]


class RosterLineId(Struct, frozen=True, kw_only=True):
    """The row that was judged again; read it to see what is to become of it now."""

    id: UUID


class LeftQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`after` is the `next` of the page before."""

    after: Cursor = ""
    limit: Annotated[int, Meta(ge=1, le=MOST)] = 50


class LeftPerson(Struct, frozen=True, kw_only=True):
    """Somebody whom undoing left as she is; `person` is null where nobody may be shown any more."""

    person: UUID | None
    name: str | None
    standing: Standing
    text: str


class LeftPage(Struct, frozen=True, kw_only=True):
    """In the order of the file."""

    left: list[LeftPerson]
    next: str | None


async def match_headers(ctx: TenantCtx, incoming: UUID, body: HeaderMatches) -> RosterId:
    chosen = {(one.sheet, one.column): one.place for one in body.headers}
    if len(chosen) < len(body.headers):
        raise BadInput(fields={"headers": _("A column is named twice.")})
    await choose_headers(ctx, incoming, chosen)
    return RosterId(id=incoming)


async def read_roster_row(ctx: TenantCtx, incoming: UUID, line: UUID) -> RosterRowTold:
    """What the row says is noted as downloaded."""
    await uploads.find_import(incoming)
    row, cells = await open_row(ctx, incoming, line)
    uploads.note_download(ctx, incoming, 1)
    return row_told(ctx, row, cells)


async def correct_roster_row(ctx: TenantCtx, incoming: UUID, line: UUID, body: RowCells) -> RosterLineId:
    row = await correct_row(ctx, incoming, line, {cell.column: cell.text for cell in body.cells})
    return RosterLineId(id=row.id)


async def undo_roster(ctx: TenantCtx, incoming: UUID) -> RosterId:
    await ask_undo(ctx, incoming)
    return RosterId(id=incoming)


async def list_left(ctx: TenantCtx, incoming: UUID, query: LeftQuery) -> LeftPage:
    await uploads.find_import(incoming)
    found = await left_people(ctx, incoming, place_of(ctx, incoming, query.after), query.limit + 1)
    shown = found[: query.limit]
    more = ctx.cursor(f"roster.{incoming}", shown[-1].place) if len(found) > query.limit else None
    left = [
        LeftPerson(
            person=one.person.id if one.person else None,
            name=one.person.name if one.person else None,
            standing=one.standing,
            text=ctx.tell(STANDINGS[one.standing]),
        )
        for one in shown
    ]
    return LeftPage(left=left, next=more)


ROUTES = (
    Route(
        path="roster/{incoming}/rows/{line}",
        handler=read_roster_row,
        permission=IMPORT,
        summary="Read a row of a plan that can be corrected, with its cells",
    ),
    Route(
        path="roster/{incoming}/headers",
        handler=match_headers,
        permission=IMPORT,
        method="POST",
        summary="Choose which header of a roster stands for which column",
    ),
    Route(
        path="roster/{incoming}/rows/{line}",
        handler=correct_roster_row,
        permission=IMPORT,
        method="POST",
        summary="Correct cells of a row of a plan and have it judged again",
    ),
    Route(
        path="roster/{incoming}/undo",
        handler=undo_roster,
        permission=IMPORT,
        method="POST",
        summary="Have an applied roster undone, within the day",
    ),
    Route(
        path="roster/{incoming}/left",
        handler=list_left,
        permission=IMPORT,
        summary="List whom the undoing of a roster left as she is, and why",
    ),
)
