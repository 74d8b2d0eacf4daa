"""The lines of a plan as they are kept, for pages, files and programs to read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from msgspec import Struct, json

from core.sdk import NotFound, TenantCtx
from plugins.registration.imports.verdicts import Finding, Reason
from plugins.registration.tables import RosterRow

__all__ = ["CELLS", "NUMBER", "ROW", "PlanRow", "open_row", "plan_rows", "rejected_cells", "rejected_rows"]

ROW = "registration.roster_row.row_sealed"
CELLS = "registration.roster_row.cells_sealed"
NUMBER = "registration.roster_row.number_index"


class PlanRow(Struct, frozen=True, kw_only=True):
    """A line of the plan. `is_open`: its cells are kept, so that it can be corrected."""

    id: UUID
    place: int
    sheet: str
    row: int
    verdict: str
    name: str
    findings: tuple[Finding, ...]
    is_open: bool


async def plan_rows(incoming: UUID, verdict: str = "", after: int = -1, limit: int = 50) -> list[PlanRow]:
    """A page of the plan in the order of the file; `after` is the place of the last line before."""
    query = _shown().where((RosterRow.import_id == incoming) & (RosterRow.place > after))
    if verdict == "warned":
        query = query.where((RosterRow.findings != "") & (RosterRow.verdict != "rejected"))
    elif verdict:
        query = query.where(RosterRow.verdict == verdict)
    return [_line(row) for row in await query.order_by(RosterRow.place).limit(limit)]


async def open_row(ctx: TenantCtx, incoming: UUID, line: UUID) -> tuple[PlanRow, dict[str, str]]:
    """A line with its cells by standard column. Raises `NotFound`, also where they are not kept."""
    row = await (
        _shown(RosterRow.row_sealed).where((RosterRow.import_id == incoming) & (RosterRow.id == line)).first()
    )
    if row is None or not (found := _line(row)).is_open:
        raise NotFound
    return found, _cells(ctx, row)


async def rejected_cells(ctx: TenantCtx, incoming: UUID) -> AsyncIterator[tuple[PlanRow, dict[str, str]]]:
    """The rejected rows with their cells by standard column, for a file to correct them in."""
    after = -1
    while page := await rejected_rows(ctx, incoming, after, 1000):
        for line, cells in page:
            yield line, cells
            after = line.place


async def rejected_rows(
    ctx: TenantCtx, incoming: UUID, after: int, limit: int
) -> list[tuple[PlanRow, dict[str, str]]]:
    """A page of them; `after` is the place of the last one before."""
    rows = await (
        _shown(RosterRow.row_sealed)
        .where((RosterRow.import_id == incoming) & (RosterRow.place > after))
        .where(RosterRow.verdict == "rejected")
        .order_by(RosterRow.place)
        .limit(limit)
    )
    return [(_line(row), _cells(ctx, row)) for row in rows]


def _shown(*more: Any) -> Any:
    """Without the entry of a row, unless it is asked for."""
    columns = ("id", "place", "sheet", "row", "verdict", "name", "findings", "cells_sealed")
    return RosterRow.select(*(getattr(RosterRow, name) for name in columns), *more)


def _line(row: dict[str, Any]) -> PlanRow:
    kept = {name: row[name] for name in ("id", "place", "sheet", "row", "verdict", "name")}
    is_open = row["verdict"] == "rejected" or row["cells_sealed"] is not None
    return PlanRow(**kept, findings=_findings(row["findings"]), is_open=is_open)


def _cells(ctx: TenantCtx, row: dict[str, Any]) -> dict[str, str]:
    """Of a rejected row they are all that is kept; of an accepted one they stand beside its entry."""
    place, sealed = (ROW, row["row_sealed"]) if row["verdict"] == "rejected" else (CELLS, row["cells_sealed"])
    return json.decode(ctx.unseal(place, row["id"], sealed), type=dict[str, str])


def _findings(text: str) -> tuple[Finding, ...]:
    pairs = (part.split(":", 1) for part in text.split(";") if part)
    return tuple(Finding(Reason(reason), column) for reason, column in pairs)
