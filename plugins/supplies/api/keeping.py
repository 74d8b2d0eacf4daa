"""Stock keeping by a program: stock, deliveries, losses, points, counts, recalls, outlets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct, convert

from core.sdk import Route, TenantCtx, Upload
from plugins.supplies.jobs import FIND
from plugins.supplies.pages.counts import numbers_in
from plugins.supplies.pages.points import levels_of
from plugins.supplies.pages.stock_forms import (
    ArrivalBody,
    CountForm,
    ExpiryForm,
    HoldForm,
    InspectForm,
    LossForm,
    NewPointForm,
    NoteForm,
    OutreachForm,
    PointForm,
    RestockForm,
    SpotForm,
    StockQuery,
    TellForm,
)
from plugins.supplies.permissions import KEEP, READ, TELL
from plugins.supplies.services import callbacks, counting, keeping, machines, outlets, pack_dates, points
from plugins.supplies.services.expiry import told_expiry
from plugins.supplies.services.stocking import LotAtPoint, due_for_inspection, lots
from plugins.supplies.services.vouchers import Line

__all__ = ["ROUTES"]


class LotTold(Struct, frozen=True, kw_only=True):
    """A lot at a point. `bucket`: expired, or within 30, 90, 180 days; empty: later."""

    id: UUID
    point: str
    sku: str
    lot: str
    expiry: date
    balance: int
    received_on: date
    inspected_on: date | None
    held_since: date | None
    held_reason: str
    bucket: str
    is_recalled: bool


class StockTold(Struct, frozen=True, kw_only=True):
    lots: list[LotTold]


class StockVoucher(Struct, frozen=True, kw_only=True):
    """`is_new` is false where the same act was entered before."""

    voucher: UUID
    is_new: bool


class SpotTold(Struct, frozen=True, kw_only=True):
    """A service point; levels in months of stock, `emergency_tenths` in tenths of one."""

    id: UUID
    code: str
    name: str
    kind: str
    firm_id: UUID | None
    is_open: bool
    min_months: int
    max_months: int
    emergency_tenths: int


class SpotList(Struct, frozen=True, kw_only=True):
    points: list[SpotTold]


class StockPointer(Struct, frozen=True, kw_only=True):
    """What was made or changed."""

    id: UUID


class StockNumber(Struct, frozen=True, kw_only=True):
    """How many lines, people or pieces it was about."""

    count: int


class CountLineTold(Struct, frozen=True, kw_only=True):
    """`counted` and `book` are null until it was counted."""

    id: UUID
    sku: str
    lot: str
    expiry: date
    counted: int | None
    book: int | None


class CountTold(Struct, frozen=True, kw_only=True):
    """`state`: open, counted, applied, cancelled."""

    id: UUID
    point: str
    day: date
    state: str
    lines: list[CountLineTold]


class CallbackTold(Struct, frozen=True, kw_only=True):
    """A recalled lot here; `untold` people asked to be told and were not yet."""

    recall: UUID
    sku: str
    lot: str
    recalled_on: date
    on_hand: int
    issues: int
    pieces: int
    anonymous: int
    untold: int
    is_open: bool


class CallbackList(Struct, frozen=True, kw_only=True):
    recalls: list[CallbackTold]


class NoticeTold(Struct, frozen=True, kw_only=True):
    id: UUID
    person_id: UUID
    told_at: datetime | None


class CallbackDetail(Struct, frozen=True, kw_only=True):
    recall: CallbackTold
    notices: list[NoticeTold]


class MachineRowTold(Struct, frozen=True, kw_only=True):
    """`verdict` is empty for a good row."""

    row: int
    day: str
    sku: str
    quantity: int
    ref: str
    verdict: str


class MachineFileTold(Struct, frozen=True, kw_only=True):
    id: UUID
    point: str
    file_name: str
    state: str
    accepted: int
    rejected: int
    known: int
    rows: list[MachineRowTold]


class LookForPeople(Struct, frozen=True, kw_only=True):
    job: UUID


async def read_stock(ctx: TenantCtx, query: StockQuery) -> StockTold:
    return _stock(await lots(ctx, query.point))


async def read_inspections(ctx: TenantCtx) -> StockTold:
    return _stock(await due_for_inspection(ctx, await lots(ctx)))


async def enter_arrival(ctx: TenantCtx, body: ArrivalBody) -> StockVoucher:
    lines = [
        Line(sku=each.sku, lot=each.lot, quantity=each.quantity, expiry=told_expiry(each.expiry))
        for each in body.lines
    ]
    posted = await keeping.receive(ctx, body.point, body.day, body.reference, lines, body.checked)
    return StockVoucher(voucher=posted.voucher, is_new=posted.is_new)


async def lose(ctx: TenantCtx, row: UUID, body: LossForm) -> StockVoucher:
    posted = await keeping.lose(ctx, row, body.day, body.quantity, body.reason, body.note)
    return StockVoucher(voucher=posted.voucher, is_new=posted.is_new)


async def correct_expiry(ctx: TenantCtx, row: UUID, body: ExpiryForm) -> StockPointer:
    await pack_dates.correct_expiry(ctx, row, told_expiry(body.expiry), body.note)
    return StockPointer(id=row)


async def hold(ctx: TenantCtx, row: UUID, body: HoldForm) -> StockPointer:
    await keeping.hold(ctx, row, body.reason)
    return StockPointer(id=row)


async def release(ctx: TenantCtx, row: UUID) -> StockPointer:
    await keeping.release(ctx, row)
    return StockPointer(id=row)


async def inspect(ctx: TenantCtx, row: UUID, body: InspectForm) -> StockPointer:
    await keeping.inspect(ctx, row, body.result, body.note)
    return StockPointer(id=row)


async def list_spots(ctx: TenantCtx) -> SpotList:
    return SpotList(points=convert(await points.list_points(), list[SpotTold], from_attributes=True))


async def open_spot(ctx: TenantCtx, body: NewPointForm) -> StockPointer:
    spot = await points.open_point(ctx, body.code, body.name, body.kind, body.firm_id, levels_of(body))
    return StockPointer(id=spot)


async def change_spot(ctx: TenantCtx, spot: UUID, body: PointForm) -> StockPointer:
    await points.change_point(ctx, spot, body.name, levels_of(body))
    return StockPointer(id=spot)


async def close_spot(ctx: TenantCtx, spot: UUID) -> StockPointer:
    await points.close_point(ctx, spot)
    return StockPointer(id=spot)


async def reopen_spot(ctx: TenantCtx, spot: UUID) -> StockPointer:
    await points.reopen_point(ctx, spot)
    return StockPointer(id=spot)


async def start_count(ctx: TenantCtx, body: SpotForm) -> StockPointer:
    return StockPointer(id=await counting.start_count(ctx, body.spot))


async def read_count(ctx: TenantCtx, count: UUID) -> CountTold:
    known = await counting.find_count(count)
    lines = convert(known.lines, list[CountLineTold], from_attributes=True)
    told = known.count
    return CountTold(id=told.id, point=told.point, day=told.day, state=told.state, lines=lines)


async def enter_count(ctx: TenantCtx, count: UUID, body: CountForm) -> StockPointer:
    await counting.enter_count(ctx, count, numbers_in(body))
    return StockPointer(id=count)


async def apply_count(ctx: TenantCtx, count: UUID, body: NoteForm) -> StockNumber:
    return StockNumber(count=await counting.apply_count(ctx, count, body.note))


async def cancel_count(ctx: TenantCtx, count: UUID) -> StockPointer:
    await counting.cancel_count(ctx, count)
    return StockPointer(id=count)


async def list_callbacks(ctx: TenantCtx) -> CallbackList:
    return CallbackList(recalls=[_callback(each) for each in await callbacks.open_callbacks(ctx)])


async def read_callback(ctx: TenantCtx, recall: UUID) -> CallbackDetail:
    found = await callbacks.callback_of(ctx, recall)
    notices = convert(found.notices, list[NoticeTold], from_attributes=True)
    return CallbackDetail(recall=_callback(found), notices=notices)


async def look_again(ctx: TenantCtx) -> LookForPeople:
    return LookForPeople(job=await ctx.enqueue(FIND, {}, dedupe=FIND))


async def tick_off(ctx: TenantCtx, recall: UUID, body: TellForm) -> StockNumber:
    return StockNumber(count=await callbacks.tick_off(ctx, recall, body.picked))


async def enter_outreach(ctx: TenantCtx, body: OutreachForm) -> StockVoucher:
    key = f"outreach:{body.key}" if body.key else None
    posted = await outlets.hand_out_many(ctx, body.point, body.day, body.place, body.sku, body.quantity, key)
    return StockVoucher(voucher=posted.voucher, is_new=posted.is_new)


async def send_machine_file(ctx: TenantCtx, spot: UUID, upload: Upload) -> StockPointer:
    return StockPointer(id=await machines.send_file(ctx, spot, upload))


async def read_machine_file(ctx: TenantCtx, file: UUID) -> MachineFileTold:
    return convert(await machines.find_file(file), MachineFileTold, from_attributes=True)


async def apply_machine_file(ctx: TenantCtx, file: UUID) -> StockNumber:
    return StockNumber(count=await machines.apply_file(ctx, file))


async def cancel_machine_file(ctx: TenantCtx, file: UUID) -> StockPointer:
    await machines.cancel_file(ctx, file)
    return StockPointer(id=file)


async def restock(ctx: TenantCtx, spot: UUID, body: RestockForm) -> StockPointer:
    await outlets.restock(ctx, spot, body.source, body.sku, body.quantity, body.day)
    return StockPointer(id=spot)


async def settle(ctx: TenantCtx, spot: UUID, body: CountForm) -> StockNumber:
    return StockNumber(count=await outlets.settle_consignment(ctx, spot, ctx.today, numbers_in(body)))


def _stock(found: Sequence[LotAtPoint]) -> StockTold:
    return StockTold(lots=convert(found, list[LotTold], from_attributes=True))


def _callback(found: callbacks.Callback) -> CallbackTold:
    recall = found.recall
    return CallbackTold(
        recall=recall.id,
        sku=recall.sku,
        lot=recall.lot,
        recalled_on=recall.recalled_on,
        on_hand=sum(lot.balance for lot in found.stock),
        issues=found.issues,
        pieces=found.pieces,
        anonymous=found.anonymous,
        untold=found.untold,
        is_open=found.is_open,
    )


def _act(path: str, handler: Any, summary: str, permission: str = KEEP, **more: Any) -> Route:
    return Route(path=path, handler=handler, permission=permission, method="POST", summary=summary, **more)


ROUTES = (
    Route(path="stock", handler=read_stock, permission=READ, summary="What lies where, lot by lot"),
    Route(
        path="stock/inspections", handler=read_inspections, permission=READ, summary="Lots to be inspected"
    ),
    _act("stock/arrive", enter_arrival, "Enter a delivery", status=201),
    _act("stock/lots/{row}/lose", lose, "Enter a loss", status=201),
    _act("stock/lots/{row}/expiry", correct_expiry, "Correct the expiry of a lot"),
    _act("stock/lots/{row}/hold", hold, "Set a lot aside"),
    _act("stock/lots/{row}/release", release, "Release a lot"),
    _act("stock/lots/{row}/inspect", inspect, "Enter an inspection"),
    Route(path="points", handler=list_spots, permission=READ, summary="The service points"),
    _act("points/new", open_spot, "Open a service point", status=201),
    _act("points/{spot}", change_spot, "Change a service point"),
    _act("points/{spot}/close", close_spot, "Close a service point"),
    _act("points/{spot}/reopen", reopen_spot, "Open a service point again"),
    _act("counts", start_count, "Begin a count", status=201),
    Route(path="counts/{count}", handler=read_count, permission=KEEP, summary="A count with its lines"),
    _act("counts/{count}/enter", enter_count, "Enter what was found"),
    _act("counts/{count}/apply", apply_count, "Enter the differences of a count"),
    _act("counts/{count}/cancel", cancel_count, "Cancel a count"),
    Route(path="recalled", handler=list_callbacks, permission=READ, summary="The recalls of the town here"),
    Route(
        path="recalled/{recall}",
        handler=read_callback,
        permission=TELL,
        summary="A recall, and who is to be told",
    ),
    _act("recalled/look", look_again, "Look for people to be told", TELL),
    _act("recalled/{recall}/told", tick_off, "Tick off who was told", TELL),
    _act("outreach", enter_outreach, "Enter an outreach", status=201),
    _act("machines/{spot}", send_machine_file, "Send a file of a machine", status=201, max_body=2_200_000),
    Route(
        path="machines/files/{file}",
        handler=read_machine_file,
        permission=KEEP,
        summary="A file of a machine",
    ),
    _act("machines/files/{file}/apply", apply_machine_file, "Enter the good rows of a file", time_limit=40.0),
    _act("machines/files/{file}/cancel", cancel_machine_file, "Set a file aside"),
    _act("consignment/{spot}/restock", restock, "Bring goods to a firm"),
    _act("consignment/{spot}/count", settle, "Enter what is left at a firm"),
)
