"""Correcting a row of a plan where it stands: the new cells are judged by the same rules, and the counts follow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from core.sdk import BadInput, Conflict, TenantCtx
from core.sdk import gettext_noop as _
from core.sdk.values import Row, clean
from plugins.registration.imports import columns as col
from plugins.registration.imports.lines import PlanRow, open_row
from plugins.registration.imports.plan import VERDICTS, Judge
from plugins.registration.tables import RosterImport, RosterRow

__all__ = ["correct_row"]


async def correct_row(ctx: TenantCtx, incoming: UUID, line: UUID, told: Mapping[str, str]) -> PlanRow:
    """The row with the cells that are `told`, by standard column, and what is to become of it now.

    Raises `NotFound` where its cells are not kept, `BadInput` for unknown columns, `Conflict` once it is applied.
    """
    if not told.keys() <= set(col.COLUMNS):
        raise BadInput(fields={"cells": _("There is no such column in a roster.")})
    counts = await _locked(incoming)
    before, cells = await open_row(ctx, incoming, line)
    cells = {**cells, **{name: clean(text) for name, text in told.items()}}
    row = Row(before.sheet, before.row, tuple(cells.get(name) for name in col.COLUMNS))
    judge = await Judge.of(ctx, incoming, but=line)
    judge.feed(Row(before.sheet, 0, col.COLUMNS), before.place)
    if not judge.feed(row, before.place, line):
        raise BadInput(fields={"cells": _("Nothing would be left of this row. Fill in who it is about.")})
    await RosterRow.delete().where(RosterRow.id == line)
    await judge.keep()
    counts[before.verdict] -= 1
    counts["warned"] -= bool(before.findings) and before.verdict != "rejected"
    after: dict[Any, Any] = {name: counts[name] + judge.tally[name] for name in ("warned", *VERDICTS)}
    await RosterImport.update(after).where(RosterImport.id == incoming)
    ctx.audit("registration.roster.correct", "roster_import", incoming, detail={"row": before.row})
    return (await open_row(ctx, incoming, line))[0]


async def _locked(incoming: UUID) -> dict[str, int]:
    """The counts of a plan that is not applied yet, and will not be before this is done."""
    row = await RosterImport.select().where(RosterImport.id == incoming).first().lock_rows("UPDATE")
    if row is not None and row["state"] != "planned":
        raise Conflict(
            _("The plan is being carried out, so its rows cannot be corrected any more."),
            _("Download the rejected rows, correct them there, and send them as a new file."),
        )
    return {name: row[name] if row else 0 for name in ("warned", *VERDICTS)}
