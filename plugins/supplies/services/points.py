"""Service points: where supplies lie and are handed out, opened and closed by the station itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct

from core.sdk import BadInput, Conflict, NotFound, Prepared, TenantCtx, new_id
from core.sdk import gettext_noop as _
from core.sdk.tenancy import list_firms
from plugins.supplies.tables import Point, Stock

__all__ = [
    "KIND_TITLES",
    "PointKind",
    "ServicePoint",
    "change_point",
    "close_point",
    "find_point",
    "list_points",
    "open_point",
    "open_point_named",
    "open_points",
    "points_of_kind",
    "reopen_point",
]

PointKind = Literal["STATION", "CLINIC", "BOX", "OUTREACH", "MACHINE", "CONSIGNMENT"]

KIND_TITLES: Mapping[PointKind, str] = {
    "STATION": _("station"),
    "CLINIC": _("clinic"),
    "BOX": _("box to take from"),
    "OUTREACH": _("outreach"),
    "MACHINE": _("vending machine"),
    "CONSIGNMENT": _("at a firm, on consignment"),
}


class ServicePoint(Struct, frozen=True, kw_only=True):
    """The levels are months of stock; `emergency_tenths` is in tenths of one."""

    id: UUID
    code: str
    name: str
    kind: PointKind
    firm_id: UUID | None
    is_open: bool
    min_months: int
    max_months: int
    emergency_tenths: int
    opened_on: date
    closed_on: date | None


_all = Prepared(lambda: Point.select().order_by(Point.code))
_one = Prepared(lambda point: Point.select().where(Point.id == point))
_named = Prepared(lambda code: Point.select().where(Point.code == code))
_goods = Prepared(
    lambda code: Stock.select(Stock.id).where((Stock.point == code) & (Stock.balance > 0)).limit(1)
)


async def list_points() -> list[ServicePoint]:
    """The stations, where clerks stand, before the others, in order of code; closed ones included."""
    return sorted((_point(row) for row in await _all()), key=lambda point: point.kind != "STATION")


async def open_points() -> list[ServicePoint]:
    """Where goods can come and go, in the same order."""
    return [point for point in await list_points() if point.is_open]


async def open_point_named(code: str) -> ServicePoint:
    """Raises `BadInput` where no open one has this code."""
    found = next((point for point in await open_points() if point.code == code), None)
    if found is None:
        raise BadInput(fields={"point": _("There is no such open service point. Choose one of the list.")})
    return found


async def points_of_kind(*kinds: PointKind) -> list[ServicePoint]:
    """The open ones."""
    return [point for point in await open_points() if point.kind in kinds]


async def find_point(point: UUID) -> ServicePoint:
    """Raises `NotFound`."""
    row = await _one.first(point)
    if row is None:
        raise NotFound
    return _point(row)


async def open_point(
    ctx: TenantCtx, code: str, name: str, kind: PointKind, firm: UUID | None, levels: Mapping[str, int]
) -> UUID:
    """Raises `BadInput` for a code that is taken, a firm that is missing, or levels that contradict each other."""
    if await _named.first(code) is not None:
        raise BadInput(fields={"code": _("Another service point has this code.")})
    await _check_firm(ctx, kind, firm)
    _check_levels(levels)
    told: dict[str, Any] = {"code": code, "name": name, "kind": kind, "firm_id": firm, **levels}
    point = Point(id=new_id(), opened_on=ctx.today, is_open=True, **told)
    await Point.insert(point)
    ctx.changed(Point, ctx.today, onwards=True)
    ctx.audit("supplies.point.open", "point", point.id, detail={"point": code, "kind": kind})
    return point.id


async def change_point(ctx: TenantCtx, point: UUID, name: str, levels: Mapping[str, int]) -> None:
    """What it is called, and how much should lie there."""
    known = await find_point(point)
    _check_levels(levels)
    await Point.update({"name": name, **levels}).where(Point.id == point)
    ctx.changed(Point, ctx.today, onwards=True)
    ctx.audit("supplies.point.change", "point", point, detail={"point": known.code})


async def close_point(ctx: TenantCtx, point: UUID) -> None:
    """Only an empty one, so that nothing is forgotten in it."""
    # Whoever enters something shares the row: nothing comes between the look at the goods and the closing.
    await Point.select(Point.id).where(Point.id == point).lock_rows("UPDATE")
    known = await find_point(point)
    if not known.is_open:
        return
    if await _goods.first(known.code) is not None:
        raise Conflict(
            _("There are still supplies at this point."),
            _("Send them to another point, or enter them as a loss; then close it."),
        )
    await _set_open(ctx, known, is_open=False)


async def reopen_point(ctx: TenantCtx, point: UUID) -> None:
    known = await find_point(point)
    if not known.is_open:
        await _set_open(ctx, known, is_open=True)


async def _set_open(ctx: TenantCtx, point: ServicePoint, *, is_open: bool) -> None:
    closed_on = None if is_open else ctx.today
    await Point.update({"is_open": is_open, "closed_on": closed_on}).where(Point.id == point.id)
    ctx.changed(Point, ctx.today, onwards=True)
    if is_open:
        ctx.audit("supplies.point.reopen", "point", point.id, detail={"point": point.code})
    else:
        ctx.audit("supplies.point.close", "point", point.id, detail={"point": point.code})


async def _check_firm(ctx: TenantCtx, kind: PointKind, firm: UUID | None) -> None:
    if kind == "CONSIGNMENT" and firm is None:
        raise BadInput(fields={"firm_id": _("Choose the firm where the goods stand.")})
    if kind != "CONSIGNMENT" and firm is not None:
        raise BadInput(fields={"firm_id": _("Only goods on consignment stand at a firm.")})
    if firm is not None and firm not in {each.id for each in await list_firms(ctx.transaction)}:
        raise BadInput(fields={"firm_id": _("Choose the firm where the goods stand.")})


def _check_levels(levels: Mapping[str, int]) -> None:
    if levels["max_months"] < levels["min_months"]:
        raise BadInput(fields={"max_months": _("The most cannot be less than the least.")})
    if levels["emergency_tenths"] > levels["min_months"] * 10:
        raise BadInput(fields={"emergency_tenths": _("An emergency begins below the least.")})


def _point(row: Mapping[str, Any]) -> ServicePoint:
    return ServicePoint(**{name: row[name] for name in ServicePoint.__struct_fields__})
