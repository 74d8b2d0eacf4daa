"""The proof of a unit's transfers: each half of a shipment is what the ledger says, and nothing left without one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from core.sdk import Half, TenantCtx, among
from plugins.supplies.services.on_order import in_transit
from plugins.supplies.services.requisitions import number_of
from plugins.supplies.services.shipments import ANSWER, SEND
from plugins.supplies.tables import Entry, Requisition, RequisitionLine, Shipment, ShipmentLine, Voucher

__all__ = ["faults_of_transfers", "halves_of_shipments"]

Goods = tuple[str, str]
"""Sku, lot."""
Books = Mapping[str, Counter[Goods]]
"""By kind, what the entries of one transfer add up to."""

ON_ITS_WAY = ("sent", "received")


async def faults_of_transfers(ctx: TenantCtx) -> list[str]:
    """A sentence for each, for `townbridge verify`."""
    books = await _books()
    halves = {row["id"]: row for row in await Shipment.select()}
    lines: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in await ShipmentLine.select():
        lines[row["shipment_id"]].append(row)
    found: list[str] = []
    for half, row in sorted(halves.items()):
        found += _faults_of_half(row, lines[half], books.get(half, {}))
    for transfer in sorted(books.keys() - halves.keys()):
        if _sum(books[transfer], "TRANSFER_OUT") != _sum(books[transfer], "TRANSFER_IN"):
            found.append(
                f"Transfer {number_of(transfer)} took out what it brought nowhere, and has no shipment."
            )
    return found + await _faults_of_requisitions(halves, lines)


async def halves_of_shipments(ctx: TenantCtx) -> list[Half]:
    """Of what has left: what each half says of every lot, for `townbridge verify` to compare with the other half."""
    rows = await Shipment.select(
        Shipment.id, Shipment.direction, Shipment.other_code
    ).where(among(Shipment.state, ON_ITS_WAY))  # fmt: skip
    numbers: dict[UUID, Counter[str]] = defaultdict(Counter)
    lines = await ShipmentLine.select().where(among(ShipmentLine.shipment_id, [row["id"] for row in rows]))
    for line in lines:
        for name in ("quantity", "received", "lost", "damaged"):
            told = "sent" if name == "quantity" else name
            numbers[line["shipment_id"]][f"{line['sku']} lot {line['lot']} {told}"] += line[name]
    return [
        Half(
            id=row["id"],
            name=f"Shipment {number_of(row['id'])}",
            other=row["other_code"],
            numbers=numbers[row["id"]],
            dedupe=f"{SEND if row['direction'] == 'OUT' else ANSWER}:{row['id']}",
        )
        for row in rows
    ]


def _faults_of_half(
    half: Mapping[str, Any], lines: Sequence[Mapping[str, Any]], books: Books
) -> Iterator[str]:
    name = f"Shipment {number_of(half['id'])}"
    is_out = half["direction"] == "OUT"
    sent: Counter[Goods] = Counter()
    arrived: Counter[Goods] = Counter()
    gone: Counter[Goods] = Counter()
    for line in lines if half["state"] in ON_ITS_WAY else ():
        goods = (line["sku"], line["lot"])
        sent[goods] += line["quantity"]
        gone[goods] += line["lost"] + line["damaged"]
        arrived[goods] += line["received"] + line["lost"] + line["damaged"]
    told = {
        "TRANSFER_OUT": sent if is_out else Counter(),
        "TRANSFER_IN": Counter() if is_out else arrived,
        "LOSS": Counter() if is_out else gone,
    }
    for kind, expected in told.items():
        entered = _sum(books, kind)
        for goods in sorted(entered.keys() | (+expected).keys()):
            if entered[goods] != expected[goods]:
                yield (
                    f"{name}, {goods[0]} lot {goods[1]}: {kind} of {expected[goods]} is due in the ledger,"
                    f" {entered[goods]} stands there."
                )
    if half["state"] in ON_ITS_WAY and not lines:
        yield f"{name} is on its way with nothing in it."
    is_there = not any(in_transit(line) for line in lines)
    if half["state"] in ON_ITS_WAY and is_there != (half["state"] == "received"):
        yield f"{name} is {half['state']}, and {sum(map(in_transit, lines))} are in transit."


async def _faults_of_requisitions(
    halves: Mapping[UUID, Mapping[str, Any]], lines: Mapping[UUID, Sequence[Mapping[str, Any]]]
) -> list[str]:
    """No more was approved than asked, no more sent than approved: at the store, since goods can outrun its answer."""
    sent: Counter[tuple[UUID, str]] = Counter()
    for half, row in halves.items():
        if row["requisition_id"] is not None and row["state"] in ON_ITS_WAY:
            for line in lines[half]:
                sent[row["requisition_id"], line["sku"]] += line["quantity"]
    here = {
        row["id"] for row in await Requisition.select(Requisition.id).where(Requisition.direction == "IN")
    }
    asked = {(row["requisition_id"], row["sku"]): row for row in await RequisitionLine.select()}
    found = [
        f"Requisition {number_of(requisition)}, {sku}: {quantity} were sent, {_approved(asked, requisition, sku)}"
        " were approved."
        for (requisition, sku), quantity in sorted(sent.items())
        if requisition in here and quantity > _approved(asked, requisition, sku)
    ]
    return found + [
        f"Requisition {number_of(requisition)}, {sku}: {row['approved']} were approved, {row['asked']} asked for."
        for (requisition, sku), row in sorted(asked.items())
        if (row["approved"] or 0) > row["asked"]
    ]


def _approved(asked: Mapping[tuple[UUID, str], Mapping[str, Any]], requisition: UUID, sku: str) -> int:
    line = asked.get((requisition, sku))
    return (line["approved"] or 0) if line else 0


def _sum(books: Books, kind: str) -> Counter[Goods]:
    """Without what adds up to nothing because it was taken back."""
    return Counter({goods: total for goods, total in books.get(kind, Counter[Goods]()).items() if total})


async def _books() -> Mapping[UUID, Books]:
    """What the portal entered: a file of the town has one half in one unit and the other in another."""
    vouchers = {
        row["id"]: row["transfer_id"]
        for row in await Voucher.select(Voucher.id, Voucher.transfer_id).where(
            Voucher.transfer_id.is_not_null()
        )
    }
    found: dict[UUID, dict[str, Counter[Goods]]] = defaultdict(lambda: defaultdict(Counter))
    if vouchers:
        rows = await Entry.select(
            Entry.voucher_id, Entry.kind, Entry.sku, Entry.lot, Entry.quantity
        ).where(among(Entry.voucher_id, list(vouchers)) & Entry.row_ref.is_null())  # fmt: skip
        for row in rows:
            found[vouchers[row["voucher_id"]]][row["kind"]][row["sku"], row["lot"]] += row["quantity"]
    return found
