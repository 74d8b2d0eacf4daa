"""Applying a plan, thousands of rows a job: what is done is deleted, so what is left is what remains to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from msgspec import json

from core.sdk import TenantCtx, now
from core.sdk.people import MovementKind, MovementRow
from plugins.registration.imports.entries import Entered, write_entries
from plugins.registration.imports.lines import ROW
from plugins.registration.imports.roster import RosterEntry
from plugins.registration.imports.traces import arrival_ref, keep_traces
from plugins.registration.imports.uploads import APPLY, find_import, turn
from plugins.registration.tables import RosterRow

__all__ = ["PIECE", "apply_piece"]

PIECE = 5_000


async def apply_piece(ctx: TenantCtx, incoming: UUID, piece: int = PIECE) -> None:
    """Write the next rows of the plan; when none are left the import is done."""
    known = await find_import(incoming)
    if known.state != "applying":
        return
    rows = await (
        RosterRow.select(RosterRow.id, RosterRow.place, RosterRow.row_sealed)
        .where((RosterRow.import_id == incoming) & RosterRow.verdict.is_in(["added", "corrected"]))
        .order_by(RosterRow.place)
        .limit(piece)
    )
    if rows:
        await _write(ctx, incoming, rows)
        await RosterRow.delete().where(RosterRow.id.is_in([row["id"] for row in rows]))
    applied = known.applied + len(rows)
    if applied < known.to_write:
        await turn(incoming, "applying", "applying", applied=applied)
        await ctx.enqueue(APPLY, {"import": str(incoming)}, dedupe=f"{APPLY}:{incoming}")
        return
    await RosterRow.delete().where((RosterRow.import_id == incoming) & (RosterRow.verdict == "unchanged"))
    await turn(incoming, "applying", "applied", applied=applied, finished_at=now())
    ctx.audit(
        "registration.roster.finish", "roster_import", incoming,
        detail={"added": known.added, "corrected": known.corrected, "rejected": known.rejected},
    )  # fmt: skip


async def _write(ctx: TenantCtx, incoming: UUID, rows: Sequence[dict[str, Any]]) -> None:
    """Who is new arrives on the day of her row; who is known keeps her presence."""
    entries = [json.decode(ctx.unseal(ROW, row["id"], row["row_sealed"]), type=RosterEntry) for row in rows]
    entered = await write_entries(ctx, entries, ctx.today.year)
    arrivals = [
        MovementRow(
            person_id=one.person_id,
            kind=MovementKind.ARRIVE,
            day=entry.registered_on,
            ref=arrival_ref(incoming, one.person_id),
        )
        for one, entry in zip(entered, entries, strict=True)
        if one is not None and one.is_new
    ]
    if arrivals:
        await ctx.people.write_movements(arrivals)
    await keep_traces(ctx, incoming, _written(rows, entered))


def _written(rows: Sequence[dict[str, Any]], entered: Sequence[Entered | None]) -> list[tuple[int, Entered]]:
    return [(row["place"], one) for row, one in zip(rows, entered, strict=True) if one and one.is_written]
