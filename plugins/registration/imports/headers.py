"""The headers of a roster: found in every sheet, and matched by hand where a file calls its columns otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import aclosing
from uuid import UUID

from msgspec import json

from core.sdk import BadInput, TenantCtx
from core.sdk import gettext_noop as _
from core.sdk.values import Cell, Row
from plugins.registration.imports import columns as col
from plugins.registration.imports.roster import NOTES_SHEET, no_header
from plugins.registration.imports.uploads import SheetFound, find_import, opened_file, refuse, turn

__all__ = ["choose_headers", "read_headers"]

LONGEST_HEADER = 100

Places = Mapping[str, int]


async def read_headers(ctx: TenantCtx, incoming: UUID) -> None:
    """Find the headers of every sheet and count the rows under them."""
    if (await find_import(incoming)).state != "received":
        return
    try:
        async with opened_file(ctx, incoming) as file:
            sheets = {name: _Sheet(name) for name in file.sheets}
            async with aclosing(file.rows()) as rows:
                async for row in rows:
                    sheets.setdefault(row.sheet, _Sheet(row.sheet)).feed(row)
            hidden = [SheetFound(name=name, is_hidden=True) for name in file.hidden]
        found = sorted((sheet.found() for sheet in sheets.values()), key=lambda one: one.header_row is None)
        if not any(one.header_row for one in found):
            raise no_header()
    except BadInput as error:
        await refuse(incoming, "received", error)
        return
    total = sum(sheet.rows for sheet in found)
    await turn(incoming, "received", "read", sheets=json.encode(found + hidden).decode(), total=total)


async def choose_headers(ctx: TenantCtx, incoming: UUID, chosen: Mapping[tuple[int, str], int]) -> None:
    """Take each column from where `chosen` says: from the number of a sheet and a column to a place in its header.

    What is not named is not taken. Raises `NotFound`, `BadInput`, and `Conflict` when the rows are being compared.
    """
    known = await find_import(incoming)
    sheets = list(known.sheets)
    by_sheet: dict[int, dict[str, int]] = {}
    for (number, column), place in chosen.items():
        by_sheet.setdefault(number, {})[column] = place
    if not all(number < len(sheets) and sheets[number].header_row for number in by_sheet):
        raise BadInput(fields={"headers": _("There is no such sheet in the file.")})
    after = [
        sheet.matched(_checked(sheet, by_sheet.get(number, {}))) if sheet.header_row else sheet
        for number, sheet in enumerate(sheets)
    ]
    if after == sheets and known.state == "read":
        return
    await turn(incoming, "read", "read", sheets=json.encode(after).decode())
    ctx.audit("registration.roster.match", "roster_import", incoming)


def _checked(sheet: SheetFound, places: Places) -> Places:
    unknown = [
        name for name, place in places.items() if name not in col.COLUMNS or place >= len(sheet.headers)
    ]
    if unknown:
        raise BadInput(fields={"headers": _("Choose one of the headers of the file.")})
    if len(set(places.values())) < len(places):
        raise BadInput(fields={"headers": _("One header is chosen for two columns. Choose one for each.")})
    return {name: places[name] for name in col.COLUMNS if name in places}


class _Sheet:
    """What comes to light of a sheet, row by row: a certain header counts more than a likely one above it."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._row: Row | None = None
        self._places: Places = {}
        self._is_certain = False
        self._has_ended = False
        self._rows = 0

    def feed(self, row: Row) -> None:
        if self._name.strip() == NOTES_SHEET or col.is_blank(row.cells):
            return
        if not self._is_certain and (places := col.header_of(row.cells)) is not None:
            self._begin(row, places)
            self._is_certain = True
        elif self._row is None and (places := col.likely_header_of(row.cells)) is not None:
            self._begin(row, places)
        elif self._row is not None and not self._has_ended:
            self._has_ended = col.is_total(row.cells)
            self._rows += not self._has_ended

    def found(self) -> SheetFound:
        if self._row is None:
            return SheetFound(name=self._name)
        return SheetFound(
            name=self._name,
            header_row=self._row.number,
            headers=_texts(self._row.cells),
            places=dict(self._places),
            rows=self._rows,
        )

    def _begin(self, row: Row, places: Places) -> None:
        self._row, self._places, self._rows, self._has_ended = row, places, 0, False


def _texts(cells: Sequence[Cell]) -> list[str]:
    return [" ".join(str(cell or "").split())[:LONGEST_HEADER] for cell in cells]
