"""The unit whose point asks: a requisition is prefilled from the ledger, changed with a remark, sent, cancelled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from msgspec import Struct

from core.sdk import BadInput, Conflict, Neighbour, TenantCtx, new_id, now
from core.sdk import gettext_noop as _
from plugins.supplies import tables
from plugins.supplies.services import requisitions
from plugins.supplies.services.catalogue import catalogue_on
from plugins.supplies.services.needs import Kept, is_store, needs_of
from plugins.supplies.services.points import open_point_named, open_points
from plugins.supplies.services.replenishing import is_review_due
from plugins.supplies.services.requisitions import (
    REQUEST,
    Requisition,
    RequisitionLine,
    lines_of,
    locked,
    turn,
)
from plugins.supplies.settings import Settings

__all__ = [
    "Wish",
    "add_line",
    "cancel",
    "change",
    "discard",
    "draft",
    "draft_what_is_due",
    "last_asked",
    "send",
]

CANCELLABLE = ("sent", "approved")


class Wish(Struct, frozen=True, kw_only=True):
    """How much is asked of a product, and why where it is not what was calculated."""

    sku: str
    asked: int
    remark: str = ""


async def draft(ctx: TenantCtx, point: str, urgency: str) -> UUID:
    """A requisition of the point, prefilled; the one that is being written already where there is one.

    Raises `BadInput`, and `Conflict` where there is nobody to ask.
    """
    at = await open_point_named(point)
    written = await _written(point, urgency)
    if written is not None:
        return written
    store = await ctx.town_station()
    if store is None:
        raise Conflict(
            _("The town has no other station that supplies could be asked of."),
            _("Another unit can offer what it has too much of; what comes from outside is a receipt."),
        )
    requisition = new_id()
    await tables.Requisition.insert(_row(ctx, requisition, store, point, urgency))
    kept = await needs_of(ctx, [at])
    await _insert_lines(requisition, [_line(each, urgency) for each in kept])
    requisitions.note(ctx, "draft", requisition, point=point)
    return requisition


async def draft_what_is_due(ctx: TenantCtx) -> int:
    """At every point whose review has come, a normal requisition to be looked at and sent by somebody; how many."""
    if is_store(ctx) or await ctx.town_station() is None:
        return 0
    settings = await ctx.settings(Settings)
    points = await open_points()
    asked = await last_asked([point.code for point in points])
    due = [
        point for point in points if is_review_due(asked.get(point.code), settings.review_months, ctx.today)
    ]
    needed = {kept.point for kept in await needs_of(ctx, due) if kept.need.order > 0} if due else set[str]()
    for code in sorted(needed):
        if await _written(code, "NORMAL") is None:
            await draft(ctx, code, "NORMAL")
    return len(needed)


async def last_asked(points: Sequence[str]) -> dict[str, date]:
    """The day on which each of these points last sent a normal requisition."""
    rows = await (
        tables.Requisition.select(tables.Requisition.point_code, tables.Requisition.asked_on)
        .where(
            (tables.Requisition.direction == "OUT")
            & (tables.Requisition.urgency == "NORMAL")
            & tables.Requisition.asked_on.is_not_null()
            & tables.Requisition.state.not_in(["cancelled", "draft"])
        )
        .order_by(tables.Requisition.asked_on)
    )
    return {row["point_code"]: row["asked_on"] for row in rows if row["point_code"] in points}


async def add_line(ctx: TenantCtx, requisition: UUID, sku: str) -> None:
    """A product that never lay at the point."""
    half = await _open(requisition)
    if (await catalogue_on(ctx, ctx.today)).get(sku) is None:
        raise BadInput(fields={"sku": _("This product is not in the town's catalogue.")})
    if any(line.sku == sku for line in await lines_of(requisition)):
        raise BadInput(fields={"sku": _("This product is on the list already.")})
    await _insert_lines(requisition, [_empty(sku)])
    await turn(half, half.state)


async def change(
    ctx: TenantCtx, requisition: UUID, version: int, wishes: Sequence[Wish], remark: str | None = None
) -> None:
    """Write down what is wished. Raises `Conflict` for an older version, `BadInput` for a product that is not there."""
    half = await _open(requisition, version)
    known = {line.sku for line in await lines_of(requisition)}
    for wish in wishes:
        if wish.sku not in known:
            raise BadInput(fields={"sku": _("This product is not on the list. Add it first.")})
        await tables.RequisitionLine.update({"asked": wish.asked, "remark": wish.remark}).where(
            (tables.RequisitionLine.requisition_id == requisition) & (tables.RequisitionLine.sku == wish.sku)
        )
    await turn(half, half.state, **({} if remark is None else {"remark": remark}))


async def send(ctx: TenantCtx, requisition: UUID, version: int) -> None:
    """To the town's store; products of which nothing is asked are left out. Raises `BadInput`, `Conflict`."""
    half = await _open(requisition, version)
    lines = await lines_of(requisition)
    _check(half, lines)
    await tables.RequisitionLine.delete().where(
        (tables.RequisitionLine.requisition_id == requisition) & (tables.RequisitionLine.asked == 0)
    )
    await tables.RequisitionLine.update({"approved": None}).where(
        tables.RequisitionLine.requisition_id == requisition
    )
    await turn(
        half,
        "sent",
        round=half.round + 1,
        asked_on=ctx.today,
        asked_by=ctx.actor.id,
        reason="",
        decided_on=None,
        decided_by=None,
    )
    await requisitions.hand_over(ctx, REQUEST, requisition, half.other_code)
    requisitions.note(ctx, "send", requisition, unit=half.other_code, round=half.round + 1)


async def cancel(ctx: TenantCtx, requisition: UUID) -> None:
    """Ask the store to leave it; it is cancelled once the store knows, unless something was sent before."""
    half = await locked(requisition, "OUT")
    if half.state == "returned":
        await turn(half, "cancelled")
    elif half.state in CANCELLABLE:
        await turn(half, "cancelling")
    else:
        raise requisitions.changed_since()
    await requisitions.hand_over(ctx, REQUEST, requisition, half.other_code)
    requisitions.note(ctx, "cancel", requisition, unit=half.other_code)


async def discard(ctx: TenantCtx, requisition: UUID) -> None:
    """Throw a draft away that nobody else has seen."""
    half = await locked(requisition, "OUT")
    if half.state != "draft":
        raise requisitions.changed_since()
    await tables.Requisition.delete().where(tables.Requisition.id == requisition)
    requisitions.note(ctx, "discard", requisition, point=half.point_code)


def _check(half: Requisition, lines: Sequence[RequisitionLine]) -> None:
    if not any(line.asked for line in lines):
        raise BadInput(fields={"asked": _("Ask for at least one product.")})
    unexplained = [line.sku for line in lines if line.asked != line.calculated and not line.remark]
    if unexplained:
        raise BadInput(
            fields={"remark": _("Say in a remark why, where it is not the quantity that was calculated.")}
        )
    if half.urgency == "EMERGENCY" and not half.remark:
        raise BadInput(
            fields={"remark": _("Say in a remark why this cannot wait for the normal requisition.")}
        )


async def _open(requisition: UUID, version: int | None = None) -> Requisition:
    half = await locked(requisition, "OUT", version)
    if half.state not in ("draft", "returned"):
        raise requisitions.changed_since()
    return half


async def _written(point: str, urgency: str) -> UUID | None:
    row = await (
        tables.Requisition.select(tables.Requisition.id)
        .where(
            (tables.Requisition.direction == "OUT")
            & (tables.Requisition.state == "draft")
            & (tables.Requisition.point_code == point)
            & (tables.Requisition.urgency == urgency)
        )
        .first()
    )
    return row["id"] if row else None


def _row(ctx: TenantCtx, requisition: UUID, store: Neighbour, point: str, urgency: str) -> tables.Requisition:
    return tables.Requisition(
        id=requisition,
        direction="OUT",
        other_code=store.code,
        other_zh=store.name_zh,
        other_en=store.name_en,
        point_code=point,
        urgency=urgency,
        state="draft",
        made_at=now(),
        made_by=ctx.actor.id,
    )


def _line(kept: Kept, urgency: str) -> RequisitionLine:
    need = kept.need
    calculated = need.order if urgency == "NORMAL" or need.is_emergency else 0
    return RequisitionLine(
        sku=kept.sku,
        beginning=kept.beginning,
        received=kept.received,
        consumed=kept.consumed,
        adjusted=kept.adjusted,
        on_hand=kept.on_hand,
        unusable=kept.unusable,
        average=need.average.amount,
        used=" ".join(need.average.used),
        skipped=" ".join(need.average.skipped),
        on_order=need.on_order,
        calculated=calculated,
        asked=calculated,
    )


def _empty(sku: str) -> RequisitionLine:
    figures: Mapping[str, Any] = dict.fromkeys(
        (
            *("beginning", "received", "consumed", "adjusted", "on_hand", "unusable", "average"),
            *("on_order", "calculated", "asked"),
        ),
        0,
    )
    return RequisitionLine(sku=sku, used="", skipped="", **figures)


async def _insert_lines(requisition: UUID, lines: Sequence[RequisitionLine]) -> None:
    names = RequisitionLine.__struct_fields__
    rows = [(requisition, *(getattr(line, name) for name in names)) for line in lines]
    await tables.RequisitionLine.insert_many(("requisition_id", *names), rows)
