"""A recalled lot in a unit: where it lies, to how many it went, and who asked to be told.

Whom it went to is looked for by a job, because older links lie where no page reads. What it finds is a list of people
to be told; those who did not ask for it are counted and never listed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from core.sdk import NotFound, Prepared, TenantCtx, among, new_id, now
from plugins.supplies.services.recalls import RecalledLot, recalls_for_unit
from plugins.supplies.services.stocking import LotAtPoint, lots
from plugins.supplies.tables import Client, Entry, PastRecipient, RecallNotice, Recipient, Voucher

__all__ = ["Callback", "Notice", "callback_of", "find_people", "forget_notices", "open_callbacks", "tick_off"]


class Notice(Struct, frozen=True, kw_only=True):
    """Somebody who received the lot and asked to be told."""

    id: UUID
    person_id: UUID
    told_at: datetime | None


class Callback(Struct, frozen=True, kw_only=True):
    """What a unit has to do about a recalled lot. Issues are acts, net of what was taken back."""

    recall: RecalledLot
    stock: Sequence[LotAtPoint]
    issues: int
    pieces: int
    anonymous: int
    notices: Sequence[Notice]

    @property
    def untold(self) -> int:
        return sum(1 for notice in self.notices if notice.told_at is None)

    @property
    def is_open(self) -> bool:
        """Something still lies there and is not set aside, or somebody was not told."""
        return self.untold > 0 or any(not lot.is_held for lot in self.stock)


_issued = Prepared(
    lambda skus, lots: Entry.select(
        Entry.id, Entry.voucher_id, Entry.sku, Entry.lot, Entry.quantity, Entry.reverses_id
    ).where(among(Entry.sku, skus) & among(Entry.lot, lots) & (Entry.kind == "ISSUE"))
)
_anonymous = Prepared(
    lambda vouchers: Voucher.select(Voucher.id).where(
        among(Voucher.id, vouchers) & Voucher.is_anonymous.eq(True)
    )
)
_notices = Prepared(
    lambda recalls: (
        RecallNotice.select().where(among(RecallNotice.recall_id, recalls)).order_by(RecallNotice.id)
    )
)
_recipients = Prepared(
    lambda vouchers: Recipient.select(Recipient.person_id).where(among(Recipient.voucher_id, vouchers))
)
_past = Prepared(
    lambda vouchers: PastRecipient.select(PastRecipient.person_id).where(
        among(PastRecipient.voucher_id, vouchers)
    )
)
_agreed = Prepared(
    lambda people: Client.select(Client.person_id).where(
        among(Client.person_id, people) & Client.recall_agreed_on.is_not_null()
    )
)


async def open_callbacks(ctx: TenantCtx) -> list[Callback]:
    """What the recalls of the town mean here, those first that are not worked off."""
    found = await _callbacks(await recalls_for_unit(ctx), await lots(ctx))
    return sorted(found, key=lambda each: not each.is_open)


async def callback_of(ctx: TenantCtx, recall: UUID) -> Callback:
    """Raises `NotFound`."""
    asked = [each for each in await recalls_for_unit(ctx) if each.id == recall]
    if not asked:
        raise NotFound
    (found,) = await _callbacks(asked, await lots(ctx))
    return found


async def _callbacks(recalls: Sequence[RecalledLot], here: Sequence[LotAtPoint]) -> list[Callback]:
    """Asked together: a town's recalls only grow in number."""
    if not recalls:
        return []
    stood = await _standing(recalls)
    vouchers = [voucher for each in stood.values() for voucher in each]
    anonymous = {row["id"] for row in await _anonymous(vouchers)} if vouchers else set[UUID]()
    notices: dict[UUID, list[Notice]] = defaultdict(list)
    for row in await _notices([recall.id for recall in recalls]):
        notices[row["recall_id"]].append(_notice(row))
    return [
        Callback(
            recall=recall,
            stock=[lot for lot in here if (lot.sku, lot.lot) == (recall.sku, recall.lot)],
            issues=len(stood[recall.id]),
            pieces=sum(stood[recall.id].values()),
            anonymous=len(anonymous & stood[recall.id].keys()),
            notices=notices[recall.id],
        )
        for recall in recalls
    ]


async def _standing(recalls: Sequence[RecalledLot]) -> dict[UUID, dict[UUID, int]]:
    """By recall, the issues of its lot that were not taken back: the voucher, and how many it was of."""
    rows = await _issued([recall.sku for recall in recalls], [recall.lot for recall in recalls])
    undone = {row["reverses_id"] for row in rows if row["reverses_id"] is not None}
    of_goods = {(recall.sku, recall.lot): recall.id for recall in recalls}
    stood: dict[UUID, dict[UUID, int]] = {recall.id: {} for recall in recalls}
    for row in rows:
        recall = of_goods.get((row["sku"], row["lot"]))
        if recall is not None and row["reverses_id"] is None and row["id"] not in undone:
            found = stood[recall]
            found[row["voucher_id"]] = found.get(row["voucher_id"], 0) + row["quantity"]
    return stood


async def find_people(ctx: TenantCtx, since: date) -> int:
    """List whoever received a lot recalled since then and asked to be told; with the archive open, however long ago.

    Doing it again lists nobody twice. The number of those who were added.
    """
    recalls = [each for each in await recalls_for_unit(ctx) if each.recalled_on >= since]
    added = 0
    for recall, vouchers in (await _standing(recalls)).items() if recalls else ():
        if vouchers:
            issued = list(vouchers)
            people = {row["person_id"] for row in [*await _recipients(issued), *await _past(issued)]}
            known = {row["person_id"] for row in await _notices([recall])}
            agreed = {row["person_id"] for row in await _agreed(list(people - known))}
            names = ("id", "recall_id", "person_id", "told_at", "told_by")
            rows = [(new_id(), recall, person, None, None) for person in sorted(agreed)]
            await RecallNotice.insert_many(names, rows)
            added += len(rows)
    return added


async def tick_off(ctx: TenantCtx, recall: UUID, notices: Sequence[UUID]) -> int:
    """They were told; those who were ticked off before stay as they are."""
    known = await callback_of(ctx, recall)
    waiting = [each.id for each in known.notices if each.id in set(notices) and each.told_at is None]
    if len({each.id for each in known.notices} & set(notices)) != len(set(notices)):
        raise NotFound
    if waiting:
        told = {"told_at": now(), "told_by": ctx.actor.id}
        await RecallNotice.update(told).where(among(RecallNotice.id, waiting))
        ctx.audit("supplies.recall.tell", "recall", recall, detail={"count": len(waiting)})
    return len(waiting)


async def forget_notices(ctx: TenantCtx, before: date) -> int:
    """Nobody is listed any more for a recall from before that day; how many were."""
    old = [each.id for each in await recalls_for_unit(ctx) if each.recalled_on < before]
    if not old:
        return 0
    gone = await RecallNotice.delete().where(among(RecallNotice.recall_id, old)).returning(RecallNotice.id)
    return len(gone)


def _notice(row: Mapping[str, Any]) -> Notice:
    return Notice(id=row["id"], person_id=row["person_id"], told_at=row["told_at"])
