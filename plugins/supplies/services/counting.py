"""Counting: what is there is written down without seeing the books, then both are compared a second time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct

from core.sdk import BadInput, Conflict, NotFound, Prepared, TenantCtx, new_id, now
from core.sdk import gettext_noop as _
from plugins.supplies.services.ledger import post
from plugins.supplies.services.points import find_point
from plugins.supplies.services.vouchers import Act, Line
from plugins.supplies.services.wholly import wholly
from plugins.supplies.tables import Stock, Stocktake, StocktakeLine

__all__ = [
    "STATE_WORDS",
    "Count",
    "Counted",
    "CountedLine",
    "apply_count",
    "cancel_count",
    "enter_count",
    "find_count",
    "list_counts",
    "start_count",
]

State = Literal["open", "counted", "applied", "cancelled"]
STATE_WORDS: Mapping[State, str] = {
    "open": _("being counted"),
    "counted": _("waits for the second look"),
    "applied": _("entered"),
    "cancelled": _("cancelled"),
}


class Count(Struct, frozen=True, kw_only=True):
    """A count of one point."""

    id: UUID
    point: str
    day: date
    state: State
    started_at: datetime
    started_by: UUID | None
    counted_by: UUID | None
    applied_by: UUID | None


class CountedLine(Struct, frozen=True, kw_only=True):
    """`counted` and `book` are None until it was counted; `book` is what the books said at that moment."""

    id: UUID
    sku: str
    lot: str
    expiry: date
    counted: int | None
    book: int | None

    @property
    def difference(self) -> int:
        return (self.counted or 0) - (self.book or 0)


class Counted(Struct, frozen=True):
    """A count with its lines, by product and expiry."""

    count: Count
    lines: Sequence[CountedLine]

    @property
    def differing(self) -> list[CountedLine]:
        return [line for line in self.lines if line.difference]


_recent = Prepared(lambda: Stocktake.select().order_by(Stocktake.started_at, ascending=False).limit(20))
_one = Prepared(lambda count: Stocktake.select().where(Stocktake.id == count))
_open_at = Prepared(
    lambda point: Stocktake.select(Stocktake.id).where(
        (Stocktake.point == point) & ((Stocktake.state == "open") | (Stocktake.state == "counted"))
    )
)
_lines = Prepared(
    lambda count: (
        StocktakeLine.select()
        .where(StocktakeLine.stocktake_id == count)
        .order_by(StocktakeLine.sku, StocktakeLine.expiry, StocktakeLine.lot)
    )
)
_at = Prepared(lambda point: Stock.select().where((Stock.point == point) & (Stock.balance > 0)))
_locked_at = Prepared(
    lambda point: (
        Stock.select()
        .where(Stock.point == point)
        .order_by(Stock.point, Stock.sku, Stock.lot)
        .lock_rows("UPDATE")
    )
)


async def list_counts() -> list[Count]:
    """The latest twenty."""
    return [_count(row) for row in await _recent()]


async def start_count(ctx: TenantCtx, point: UUID) -> UUID:
    """A list of what should lie at the point, without how much."""
    place = await find_point(point)
    if await _open_at.first(place.code) is not None:
        raise Conflict(_("A count of this point is not finished."), _("Finish or cancel it first."))
    rows = await _at(place.code)
    if not rows:
        raise Conflict(
            _("The books say that nothing lies at this point."), _("Enter what came as a receipt.")
        )
    count = Stocktake(
        id=new_id(), point=place.code, day=ctx.today, state="open", started_at=now(), started_by=ctx.actor.id
    )
    await Stocktake.insert(count)
    names = ("stocktake_id", "sku", "lot", "expiry")
    await StocktakeLine.insert_many(
        names, [(count.id, row["sku"], row["lot"], row["expiry"]) for row in rows]
    )
    ctx.audit("supplies.count.start", "count", count.id, detail={"point": place.code})
    return count.id


async def find_count(count: UUID) -> Counted:
    """Raises `NotFound`."""
    row = await _one.first(count)
    if row is None:
        raise NotFound
    lines = [
        CountedLine(**{name: line[name] for name in CountedLine.__struct_fields__})
        for line in await _lines(count)
    ]
    return Counted(_count(row), lines)


async def enter_count(ctx: TenantCtx, count: UUID, numbers: Mapping[UUID, int]) -> None:
    """What was found, for every line; compared with what the books say at this moment."""
    known = await _in_state(count, "open", "counted")
    missing = [line for line in known.lines if line.id not in numbers]
    if missing or len(numbers) != len(known.lines):
        raise BadInput(fields={"lines": _("Write a number on every line; 0 where nothing is left.")})
    book = {(row["sku"], row["lot"]): row["balance"] for row in await _locked_at(known.count.point)}
    for line in known.lines:
        told = {"counted": numbers[line.id], "book": book[line.sku, line.lot]}
        await StocktakeLine.update(told).where(StocktakeLine.id == line.id)
    told = {"state": "counted", "counted_by": ctx.actor.id, "day": ctx.today}
    await Stocktake.update(told).where(Stocktake.id == count)
    ctx.audit("supplies.count.enter", "count", count, detail={"point": known.count.point})


@wholly
async def apply_count(ctx: TenantCtx, count: UUID, note: str) -> int:
    """The second look agrees: each difference becomes an adjustment. The number of lines that differed."""
    known = await _in_state(count, "counted")
    lines = [
        Line(sku=each.sku, lot=each.lot, quantity=each.difference, reason="COUNT_DIFF")
        for each in known.differing
    ]
    if lines:
        act = Act(
            kind="ADJUST", day=known.count.day, point=known.count.point, note=note, key=f"count:{count}"
        )
        await post(ctx, act, lines)
    await Stocktake.update({"state": "applied", "applied_by": ctx.actor.id}).where(Stocktake.id == count)
    ctx.audit(
        "supplies.count.apply", "count", count, detail={"point": known.count.point, "lines": len(lines)}
    )
    return len(lines)


async def cancel_count(ctx: TenantCtx, count: UUID) -> None:
    known = await _in_state(count, "open", "counted")
    await Stocktake.update({"state": "cancelled"}).where(Stocktake.id == count)
    ctx.audit("supplies.count.cancel", "count", count, detail={"point": known.count.point})


async def _in_state(count: UUID, *states: State) -> Counted:
    """Locked, so that two people do not finish it at once."""
    await Stocktake.select(Stocktake.id).where(Stocktake.id == count).lock_rows("UPDATE")
    known = await find_count(count)
    if known.count.state not in states:
        raise Conflict(_("This count has gone on meanwhile."), _("Reload the page and look at it."))
    return known


def _count(row: Mapping[str, Any]) -> Count:
    return Count(**{name: row[name] for name in Count.__struct_fields__})
