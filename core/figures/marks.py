"""Stale marks: written with the change in its transaction, taken by the recompute, and what they touch."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from msgspec import Struct

from core.figures.indicators import Catalogue, Indicator
from core.figures.periods import Period, containing, periods_between
from core.figures.places import Place
from core.kernel.changes import Change, Sink
from core.kernel.db import Transaction
from core.kernel.ids import new_id

__all__ = ["EVERYTHING", "Mark", "compact", "mark_sink", "stale_periods", "take_marks", "write_marks"]

EVERYTHING = "*"

# What these say of a tenant (when its books begin, what it has switched on) decides which cells there are.
ALWAYS_READ = frozenset({EVERYTHING, "tenancy.tenant", "tenancy.activation"})


class Mark(Struct, frozen=True, order=True):
    """Rows of `source` changed in the month of `first_day`, or from then on."""

    source: str
    first_day: date
    is_onward: bool = False


def mark_sink(
    groups: Mapping[str, Sequence[Indicator]], ring: Callable[[], Awaitable[None]] | None = None
) -> Sink:
    """The sink for `core.kernel.changes.set_sink`: a change of a table that no indicator reads marks nothing.

    `groups` are the indicators of each plug-in; `ring` wakes the loop once the change is committed.
    """
    tables = Catalogue.of(groups).tables | ALWAYS_READ

    async def sink(tx: Transaction, changes: Sequence[Change]) -> None:
        marks = compact(Mark(change.source, change.day, change.is_onwards) for change in changes)
        wanted = [mark for mark in marks if mark.source in tables]
        place = tx.scope.tenant
        if wanted and place is not None:
            await write_marks(tx, [place], wanted)
            if ring is not None:
                tx.after_commit(ring)

    return sink


def compact(marks: Iterable[Mark]) -> list[Mark]:
    """The fewest marks that say the same: one for a source and month, none after one that goes onward."""
    kept: list[Mark] = []
    onward: dict[str, date] = {}
    for mark in sorted(
        (Mark(mark.source, mark.first_day.replace(day=1), mark.is_onward) for mark in marks),
        key=lambda mark: (mark.source, mark.first_day, not mark.is_onward),
    ):
        if mark.source in onward or mark in kept:
            continue
        if mark.is_onward:
            onward[mark.source] = mark.first_day
        kept.append(mark)
    return kept


async def write_marks(tx: Transaction, places: Sequence[UUID], marks: Sequence[Mark]) -> None:
    """Append every mark for every place, in one statement."""
    rows = [(place, mark) for place in places for mark in marks]
    if not rows:
        return
    await tx.execute(
        "INSERT INTO figures.stale (tenant_id, id, source, first_day, is_onward) "
        "SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::date[], $5::boolean[])",
        [place for place, _ in rows],
        [new_id() for _ in rows],
        [mark.source for _, mark in rows],
        [mark.first_day for _, mark in rows],
        [mark.is_onward for _, mark in rows],
    )


async def take_marks(tx: Transaction, places: Sequence[UUID]) -> dict[UUID, list[Mark]]:
    """Take the marks of places away; the changes that made them are visible to all that follows."""
    rows = await tx.fetch(
        "DELETE FROM figures.stale WHERE tenant_id = ANY($1::uuid[])"
        " RETURNING tenant_id, source, first_day, is_onward",
        places,
    )
    taken: dict[UUID, list[Mark]] = {place: [] for place in places}
    for row in rows:
        taken[row["tenant_id"]].append(Mark(row["source"], row["first_day"], row["is_onward"]))
    return {place: compact(marks) for place, marks in taken.items()}


def stale_periods(indicator: Indicator, marks: Iterable[Mark], place: Place) -> list[Period]:
    """The months, quarters and years of the place in which the marks touch the indicator."""
    found: dict[Period, None] = {}
    for mark in marks:
        if mark.source in ALWAYS_READ or indicator.is_read_from(mark.source):
            is_onward = mark.is_onward or indicator.is_state
            # Cells from before the place's first day are to go: it may have been set later.
            since = date.min if mark.source in ALWAYS_READ else place.starts
            found |= dict.fromkeys(_touched(mark.first_day, is_onward, since, place))
    return list(found)


def _touched(day: date, is_onward: bool, since: date, place: Place) -> Iterable[Period]:
    if is_onward:
        return periods_between(max(day, since), place.ends)
    if not place.starts.replace(day=1) <= day <= place.ends:
        return ()
    return containing(day)
