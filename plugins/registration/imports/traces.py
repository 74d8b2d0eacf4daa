"""What an import wrote of each person and what stood there before, sealed: kept for a day, so that it can be undone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from msgspec import Struct, json

from core.sdk import TenantCtx, derived_id, now
from core.sdk.people import Standing, Written
from plugins.registration.imports.entries import Entered, RecordBefore
from plugins.registration.tables import RosterImport, RosterTrace

__all__ = [
    "Trace",
    "arrival_ref",
    "drop_traces",
    "forget_person_in_traces",
    "forget_traces",
    "has_traces",
    "keep_traces",
    "leave_alone",
    "left_alone",
    "next_traces",
    "rosters_of",
]

BEFORE = "registration.roster_trace.before_sealed"
_NAMES = (
    "id",
    "import_id",
    "person_id",
    "place",
    "is_new",
    "version",
    "record_version",
    "before_sealed",
    "standing",
)


class _Before(Struct, frozen=True):
    person: str
    record: RecordBefore | None


class Trace(Struct, frozen=True, kw_only=True):
    """One person of an import. `is_hers`: the row was not given to another record by a merge."""

    id: UUID
    place: int
    is_new: bool
    is_hers: bool
    record_version: int
    record_before: RecordBefore | None
    written: Written

    @property
    def person_id(self) -> UUID:
        return self.written.person_id


def arrival_ref(incoming: UUID, person: UUID) -> str:
    """What the arrival of a new person is called in her movements."""
    return f"ROSTER-{incoming}-{person}"


async def keep_traces(ctx: TenantCtx, incoming: UUID, written: Sequence[tuple[int, Entered]]) -> None:
    """`written`: pairs of a row's place and what became of it."""
    await RosterTrace.insert_many(_NAMES, [_row(ctx, incoming, place, one) for place, one in written])


async def has_traces(incoming: UUID) -> bool:
    """Whether what stood before is still kept."""
    return await RosterTrace.exists().where(RosterTrace.import_id == incoming)


async def next_traces(ctx: TenantCtx, incoming: UUID, limit: int) -> list[Trace]:
    """Those whom the undoing has not come to yet."""
    rows = await (
        RosterTrace.select()
        .where((RosterTrace.import_id == incoming) & (RosterTrace.standing == ""))
        .order_by(RosterTrace.place)
        .limit(limit)
    )
    return [_trace(ctx, incoming, row) for row in rows]


async def drop_traces(traces: Sequence[Trace]) -> None:
    """What they tell is undone."""
    await RosterTrace.delete().where(RosterTrace.id.is_in([trace.id for trace in traces]))


async def leave_alone(traces: Sequence[Trace], standing: Standing) -> None:
    """They stay as they are, and nothing of before is kept any longer."""
    ids = [trace.id for trace in traces]
    if ids:
        await RosterTrace.update({"standing": standing, "before_sealed": None}).where(
            RosterTrace.id.is_in(ids)
        )


async def left_alone(incoming: UUID, after: int = -1, limit: int = 50) -> list[tuple[int, UUID, Standing]]:
    """Place, person and reason of those whom undoing left alone, in the order of the file."""
    rows = await (
        RosterTrace.select(RosterTrace.place, RosterTrace.person_id, RosterTrace.standing)
        .where((RosterTrace.import_id == incoming) & (RosterTrace.standing != ""))
        .where(RosterTrace.place > after)
        .order_by(RosterTrace.place)
        .limit(limit)
    )
    return [(row["place"], row["person_id"], row["standing"]) for row in rows]


async def forget_traces(hours: int, days: int) -> int:
    """Delete what imports wrote that can be undone no more, and after `days` whom undoing left alone.

    What is being undone is finished first.
    """
    ended, at = RosterImport.state, RosterImport.finished_at
    old = RosterImport.select(RosterImport.id).where(
        ((ended == "applied") & (at < now() - timedelta(hours=hours)))
        | ((ended == "undone") & (at < now() - timedelta(days=days)))
    )
    ids = [row["id"] for row in await old]
    if not ids:
        return 0
    gone = await RosterTrace.delete().where(RosterTrace.import_id.is_in(ids)).returning(RosterTrace.id)
    return len(gone)


async def rosters_of(person: UUID) -> list[tuple[str, bool]]:
    """The files that wrote her lately, so that what stood there before is kept, and whether they added her."""
    rows = await RosterTrace.select(RosterTrace.import_id, RosterTrace.is_new).where(
        RosterTrace.person_id == person
    )
    if not rows:
        return []
    known = await RosterImport.select(RosterImport.id, RosterImport.file_name).where(
        RosterImport.id.is_in([row["import_id"] for row in rows])
    )
    names = {row["id"]: row["file_name"] for row in known}
    return [(names.get(row["import_id"], ""), row["is_new"]) for row in rows]


async def forget_person_in_traces(person: UUID) -> int:
    """What was written of her can be taken back no more: she is erased."""
    gone = await RosterTrace.delete().where(RosterTrace.person_id == person).returning(RosterTrace.id)
    return len(gone)


def _row(ctx: TenantCtx, incoming: UUID, place: int, one: Entered) -> tuple[Any, ...]:
    key = derived_id(incoming, str(one.person_id))
    kept = json.encode(_Before(one.before, one.record_before)).decode()
    sealed = None if one.is_new else ctx.seal(BEFORE, key, kept)
    return (key, incoming, one.person_id, place, one.is_new, one.version, one.record_version, sealed, "")


def _trace(ctx: TenantCtx, incoming: UUID, row: dict[str, Any]) -> Trace:
    person = row["person_id"]
    before = _Before("", None)
    if row["before_sealed"] is not None:
        before = json.decode(ctx.unseal(BEFORE, row["id"], row["before_sealed"]), type=_Before)
    return Trace(
        id=row["id"],
        place=row["place"],
        is_new=row["is_new"],
        is_hers=row["id"] == derived_id(incoming, str(person)),
        record_version=row["record_version"],
        record_before=before.record,
        written=Written(
            person_id=person,
            version=row["version"],
            before=before.person,
            is_new=row["is_new"],
            ref=arrival_ref(incoming, person) if row["is_new"] else None,
        ),
    )
