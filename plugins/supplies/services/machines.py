"""Files of vending machines: read, judged row by row, entered once. The same file again changes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import aclosing
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct, json
from msgspec.structs import replace

from core.sdk import (
    BadInput,
    Conflict,
    NotFound,
    Prepared,
    TenantCtx,
    TooLarge,
    Upload,
    among,
    new_id,
    now,
    parse_day,
)
from core.sdk import gettext_noop as _
from core.sdk.values import Cell, Row, clean, read_sheets
from plugins.supplies.services.catalogue import Catalogue, catalogue_on
from plugins.supplies.services.ledger import post
from plugins.supplies.services.outlets import earliest, lock_points
from plugins.supplies.services.points import find_point
from plugins.supplies.services.stocking import LotAtPoint, lots
from plugins.supplies.services.vouchers import Act
from plugins.supplies.services.wholly import wholly
from plugins.supplies.settings import Settings
from plugins.supplies.tables import MachineFile, Voucher

__all__ = [
    "VERDICTS",
    "MachineRow",
    "SentFile",
    "apply_file",
    "cancel_file",
    "find_file",
    "recent_files",
    "send_file",
]

LARGEST = 2_000_000
MOST_ROWS = 2_000

HEADS: Mapping[str, tuple[str, ...]] = {
    "day": ("日期", "时间", "交易时间", "出货时间", "date", "time"),
    "sku": ("品种", "品种编号", "商品编号", "商品", "sku", "product"),
    "quantity": ("数量", "出货数量", "quantity"),
    "ref": ("流水号", "交易号", "订单号", "ref", "transaction"),
}
"""How the columns of the usual machines are headed."""

Verdict = Literal["", "DATE", "SKU", "NAMED", "QUANTITY", "REF", "TWICE", "KNOWN", "STOCK"]
VERDICTS: Mapping[Verdict, str] = {
    "": _("will be entered"),
    "DATE": _("the day cannot be read, or is not one that can be entered"),
    "SKU": _("the product is not in the catalogue"),
    "NAMED": _("this product is not handed out without a name"),
    "QUANTITY": _("the quantity is no whole number above 0"),
    "REF": _("the row has no number of its own"),
    "TWICE": _("the same number stands in an earlier row"),
    "KNOWN": _("was entered from an earlier file"),
    "STOCK": _("so many are not in the machine by the books"),
}


class MachineRow(Struct, frozen=True, kw_only=True):
    """A row as it was read; `row` is the number that a person sees, an empty verdict is good."""

    row: int
    day: str
    sku: str
    quantity: int
    ref: str
    verdict: Verdict = ""


class SentFile(Struct, frozen=True, kw_only=True):
    """A file and what becomes of its rows; `known` were entered from an earlier file."""

    id: UUID
    point: str
    file_name: str
    state: Literal["planned", "applied", "cancelled"]
    rows: Sequence[MachineRow]
    accepted: int
    rejected: int
    known: int
    sent_at: datetime


_recent = Prepared(lambda: MachineFile.select().order_by(MachineFile.sent_at, ascending=False).limit(20))
_one = Prepared(lambda file: MachineFile.select().where(MachineFile.id == file))
_entered = Prepared(lambda keys: Voucher.select(Voucher.key).where(among(Voucher.key, keys)))


async def recent_files() -> list[SentFile]:
    """The latest twenty."""
    return [_file(row) for row in await _recent()]


async def find_file(file: UUID) -> SentFile:
    """Raises `NotFound`."""
    row = await _one.first(file)
    if row is None:
        raise NotFound
    return _file(row)


async def send_file(ctx: TenantCtx, point: UUID, upload: Upload | None) -> UUID:
    """Read and judge the file; nothing is entered yet. Raises `BadInput` where it cannot be read."""
    place = await find_point(point)
    if place.kind != "MACHINE":
        raise BadInput(fields={"point": _("Choose a vending machine.")})
    if upload is None or not upload.content:
        raise BadInput(fields={"upload": _("Choose a file.")})
    if len(upload.content) > LARGEST:
        raise TooLarge(_("The file is larger than 2 MB."), _("Send the months one by one."))
    rows = await _judged(ctx, place.code, await _read(upload.content))
    file = MachineFile(
        id=new_id(),
        point=place.code,
        file_name=Path(upload.name).name[:200],
        state="planned",
        rows=json.encode(rows).decode(),
        accepted=_count(rows, ""),
        known=_count(rows, "KNOWN"),
        rejected=_rejected(rows),
        sent_at=now(),
        sent_by=ctx.actor.id,
    )
    await MachineFile.insert(file)
    ctx.audit(
        "supplies.machine.send", "machine_file", file.id, detail={"point": place.code, "rows": len(rows)}
    )
    return file.id


async def apply_file(ctx: TenantCtx, file: UUID) -> int:
    """Enter its good rows, each as an issue without a name on its day. The number of rows that were entered.

    What the books cannot bear (any more) stays with its verdict, and the other rows are entered.
    """
    known = await _planned(file)
    await lock_points(known.point)
    rows = [
        row if row.verdict else replace(row, verdict=await _entered_as(ctx, known.point, row))
        for row in await _judged(ctx, known.point, known.rows)
    ]
    count = _count(rows, "")
    told: dict[Any, Any] = {
        "state": "applied",
        "rows": json.encode(rows).decode(),
        "accepted": count,
        "known": _count(rows, "KNOWN"),
        "rejected": _rejected(rows),
    }
    await MachineFile.update(told).where(MachineFile.id == file)
    ctx.audit("supplies.machine.apply", "machine_file", file, detail={"point": known.point, "rows": count})
    return count


async def _entered_as(ctx: TenantCtx, point: str, row: MachineRow) -> Verdict:
    try:
        await _enter(ctx, point, row)
    except Conflict:
        return "STOCK"
    except BadInput:
        return "DATE"
    return ""


@wholly
async def _enter(ctx: TenantCtx, point: str, row: MachineRow) -> None:
    day = date.fromisoformat(row.day)
    lines = earliest(await lots(ctx, point), row.sku, row.quantity, day)
    act = Act(kind="ISSUE", day=day, point=point, reference=row.ref, key=_key(point, row.ref))
    await post(ctx, act, lines)


async def cancel_file(ctx: TenantCtx, file: UUID) -> None:
    known = await _planned(file)
    await MachineFile.update({"state": "cancelled"}).where(MachineFile.id == file)
    ctx.audit("supplies.machine.cancel", "machine_file", file, detail={"point": known.point})


async def _planned(file: UUID) -> SentFile:
    await MachineFile.select(MachineFile.id).where(MachineFile.id == file).lock_rows("UPDATE")
    known = await find_file(file)
    if known.state != "planned":
        raise Conflict(_("This file has gone on meanwhile."), _("Reload the page and look at it."))
    return known


async def _read(content: bytes) -> list[MachineRow]:
    with NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        places: dict[str, int] = {}
        rows: list[MachineRow] = []
        async with aclosing(read_sheets(Path(file.name))) as found:
            async for row in found:
                if not places:
                    places = _heads(row)
                elif len(rows) >= MOST_ROWS:
                    raise TooLarge(_("The file has more than 2,000 rows."), _("Send the months one by one."))
                else:
                    rows.append(_row(row, places))
    if not places:
        raise BadInput(fields={"upload": _("No row of the file has the heads 日期, 品种, 数量 and 流水号.")})
    return rows


def _heads(row: Row) -> dict[str, int]:
    """Where each column stands, if this is the row of the heads."""
    written = [_text(cell).lower() for cell in row.cells]
    places = {
        name: next((at for at, text in enumerate(written) if text in heads), -1)
        for name, heads in HEADS.items()
    }
    return places if min(places.values()) >= 0 else {}


def _row(row: Row, places: Mapping[str, int]) -> MachineRow:
    quantity = _text(row.cell(places["quantity"]))
    return MachineRow(
        row=row.number,
        day=_day(row.cell(places["day"])),
        sku=_text(row.cell(places["sku"]))[:40].upper(),
        quantity=int(quantity) if quantity.isascii() and quantity.isdigit() and len(quantity) < 6 else 0,
        ref=_text(row.cell(places["ref"]))[:60],
    )


def _text(cell: Cell) -> str:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return clean(str(cell)) if cell is not None else ""


def _day(cell: Cell) -> str:
    """The day of a moment; empty where it cannot be read."""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    try:
        return parse_day(_text(cell).partition(" ")[0].partition("T")[0]).isoformat()
    except ValueError:
        return ""


async def _judged(ctx: TenantCtx, point: str, rows: Sequence[MachineRow]) -> list[MachineRow]:
    keys = [_key(point, row.ref) for row in rows if row.ref]
    known = {row["key"] for row in await _entered(keys)} if keys else set()
    catalogue = await catalogue_on(ctx, ctx.today)
    first = ctx.today - timedelta(days=(await ctx.settings(Settings)).backdate_days)
    found = await lots(ctx, point)
    seen: set[str] = set()
    judged: list[MachineRow] = []
    for row in rows:
        verdict = _verdict(row, catalogue, known, seen, point)
        if not verdict and not first <= date.fromisoformat(row.day) <= ctx.today:
            verdict = "DATE"
        if not verdict:
            try:
                lines = earliest(found, row.sku, row.quantity, date.fromisoformat(row.day))
            except Conflict:
                verdict = "STOCK"
            else:
                found = _less(found, {line.lot: line.quantity for line in lines}, row.sku)
        seen.add(row.ref)
        told = {name: getattr(row, name) for name in ("row", "day", "sku", "quantity", "ref")}
        judged.append(MachineRow(**told, verdict=verdict))
    return judged


def _verdict(row: MachineRow, catalogue: Catalogue, known: set[str], seen: set[str], point: str) -> Verdict:
    product = catalogue.get(row.sku)
    faults: tuple[tuple[Verdict, bool], ...] = (
        ("REF", not row.ref),
        ("KNOWN", _key(point, row.ref) in known),
        ("TWICE", row.ref in seen),
        ("DATE", not row.day),
        ("SKU", product is None),
        ("NAMED", product is not None and not product.is_anonymous_allowed),
        ("QUANTITY", row.quantity < 1),
    )
    for verdict, is_so in faults:
        if is_so:
            return verdict
    return ""


def _less(found: Sequence[LotAtPoint], taken: Mapping[str, int], sku: str) -> list[LotAtPoint]:
    return [lot.less(taken.get(lot.lot, 0)) if lot.sku == sku else lot for lot in found]


def _key(point: str, ref: str) -> str:
    return f"machine:{point}:{ref}"


def _count(rows: Sequence[MachineRow], verdict: Verdict) -> int:
    return sum(1 for row in rows if row.verdict == verdict)


def _rejected(rows: Sequence[MachineRow]) -> int:
    return len(rows) - _count(rows, "") - _count(rows, "KNOWN")


def _file(row: Mapping[str, Any]) -> SentFile:
    names = ("id", "point", "file_name", "state", "accepted", "rejected", "known", "sent_at")
    return SentFile(
        **{name: row[name] for name in names}, rows=json.decode(row["rows"], type=list[MachineRow])
    )
