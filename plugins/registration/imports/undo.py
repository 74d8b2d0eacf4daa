"""Undoing an import within the day: what it wrote is taken back, and whoever was changed since is left as she is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec import Struct, structs

from core.sdk import Conflict, TenantCtx, now
from core.sdk import gettext_noop as _
from core.sdk.people import Person, Standing
from plugins.registration.imports.entries import RecordBefore
from plugins.registration.imports.traces import (
    Trace,
    drop_traces,
    has_traces,
    leave_alone,
    left_alone,
    next_traces,
)
from plugins.registration.imports.uploads import UNDO, Incoming, find_import, turn
from plugins.registration.settings import Settings
from plugins.registration.tables import Confirmation, HouseholdMember, PermitHelp, Record, Transfer

__all__ = ["PIECE", "STANDINGS", "Left", "ask_undo", "left_people", "undo_piece", "undo_until"]

PIECE = 2_000
"""People that one job takes back; each is looked for in the tables of every service module."""

LOOK = "registration.roster.undo"

STANDINGS: dict[Standing, str] = {
    "edited": _("Her record was corrected since, so it stays as it is now."),
    "recorded": _("Something was recorded of her since, so she stays registered."),
    "gone": _("Her record was merged with another one since, so it stays as it is now."),
}
"""Why somebody is left alone. What was recorded is not said: a clerk would learn of a check or a case."""


class Left(Struct, frozen=True, kw_only=True):
    """Somebody who was left alone; `person` is None where nobody may be shown any more."""

    place: int
    person: Person | None
    standing: Standing


async def undo_until(ctx: TenantCtx, known: Incoming) -> datetime | None:
    """Up to when the import can be undone; None where it cannot, or not any more."""
    if known.state != "applied" or known.finished_at is None:
        return None
    settings = await ctx.settings(Settings)
    until = known.finished_at + timedelta(hours=settings.undo_hours)
    return until if now() < until and await has_traces(known.id) else None


async def ask_undo(ctx: TenantCtx, incoming: UUID) -> None:
    """Have what the import wrote taken back. Raises `NotFound`, and `Conflict` when that is not to be any more."""
    known = await find_import(incoming)
    if await undo_until(ctx, known) is None:
        raise Conflict(
            _("This import cannot be undone, or not any more."),
            _("Correct or erase people one by one, on their own pages."),
        )
    await turn(incoming, "applied", "undoing")
    await ctx.enqueue(UNDO, {"import": str(incoming)}, dedupe=f"{UNDO}:{incoming}")
    ctx.audit("registration.roster.undo", "roster_import", incoming)


async def undo_piece(ctx: TenantCtx, incoming: UUID, piece: int = PIECE) -> None:
    """Take the next people back; what is done is deleted, so what is left is what remains to do."""
    known = await find_import(incoming)
    if known.state != "undoing":
        return
    traces = await next_traces(ctx, incoming, piece)
    stay = await _undo(ctx, traces) if traces else 0
    undone, left = known.undone + len(traces), known.left_alone + stay
    if len(traces) == piece:
        await turn(incoming, "undoing", "undoing", undone=undone, left_alone=left)
        await ctx.enqueue(UNDO, {"import": str(incoming)}, dedupe=f"{UNDO}:{incoming}")
        return
    await turn(incoming, "undoing", "undone", undone=undone, left_alone=left)
    ctx.audit(
        "registration.roster.take-back", "roster_import", incoming,
        detail={"undone": undone - left, "left": left},
    )  # fmt: skip


async def left_people(ctx: TenantCtx, incoming: UUID, after: int = -1, limit: int = 50) -> list[Left]:
    """Those whom undoing left alone, in the order of the file."""
    rows = await left_alone(incoming, after, limit)
    shown = await ctx.people.get_many([person for _place, person, _standing in rows], LOOK) if rows else []
    people = {person.id: person for person in shown}
    return [Left(place=place, person=people.get(one), standing=standing) for place, one, standing in rows]


async def _undo(ctx: TenantCtx, traces: Sequence[Trace]) -> int:
    """How many are left alone."""
    standings = await _standings(ctx, traces)
    by_standing: dict[Standing, list[Trace]] = {"as_written": [], "edited": [], "recorded": [], "gone": []}
    for trace in traces:
        by_standing[standings[trace.id]].append(trace)
    to_undo = by_standing.pop("as_written")
    await _restore_records(to_undo)
    await ctx.people.take_back([trace.written for trace in to_undo])
    await drop_traces(to_undo)
    for standing, stay in by_standing.items():
        await leave_alone(stay, standing)
    return sum(map(len, by_standing.values()))


async def _standings(ctx: TenantCtx, traces: Sequence[Trace]) -> dict[UUID, Standing]:
    """By the trace. The platform locks the people first, so that nothing can be added while the rest is asked."""
    people = await ctx.people.standing([trace.written for trace in traces])
    versions = await _versions(people)
    new = [trace.person_id for trace in traces if trace.is_new and people[trace.person_id] == "as_written"]
    busy = await _recorded(new) | await ctx.kept_elsewhere(new)
    found: dict[UUID, Standing] = {}
    for trace in traces:
        standing = people[trace.person_id] if trace.is_hers else "gone"
        if standing == "as_written" and versions.get(trace.person_id) != trace.record_version:
            standing = "edited"
        elif standing == "as_written" and trace.person_id in busy:
            standing = "recorded"
        found[trace.id] = standing
    return found


async def _versions(people: Collection[UUID]) -> dict[UUID, int]:
    rows = await (
        Record.select(Record.person_id, Record.version)
        .where(Record.person_id.is_in(list(people)))
        .lock_rows("UPDATE")
    )
    return {row["person_id"]: row["version"] for row in rows}


async def _recorded(people: Sequence[UUID]) -> set[UUID]:
    """Of whom the station keeps more than what the import wrote."""
    found: set[UUID] = set()
    for table in (Confirmation, PermitHelp, HouseholdMember, Transfer) if people else ():
        rows = await table.select(table.person_id).where(table.person_id.is_in(list(people)))
        found |= {row["person_id"] for row in rows}
    return found


async def _restore_records(traces: Sequence[Trace]) -> None:
    gone = [trace.person_id for trace in traces if trace.record_before is None]
    if gone:
        await Record.delete().where(Record.person_id.is_in(gone))
    rows: list[tuple[Any, ...]] = [
        (trace.person_id, trace.record_version + 1, *structs.astuple(trace.record_before))
        for trace in traces
        if trace.record_before is not None
    ]
    if rows:
        names = ("person_id", "version", *RecordBefore.__struct_fields__)
        await Record.insert_many(names, rows, key=("person_id",))
