"""How each table answers a person who asks what is kept of her, or that it be deleted.

The ledger itself names nobody. Its links to a person stay once the platform has taken her record away: they then
lead to nobody, so that earlier figures remain what they were. Nothing is sent to who was erased.
"""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

from core.sdk import PersonalData, TenantCtx, among
from core.sdk import gettext_noop as _
from plugins.supplies.services.catalogue import catalogue_on
from plugins.supplies.services.vouchers import KIND_TITLES
from plugins.supplies.tables import Client, Entry, PastRecipient, RecallNotice, Recipient, Voucher

__all__ = ["PERSONAL_DATA"]

Rows = list[dict[str, str]]


async def export_received(ctx: TenantCtx, person: UUID) -> Rows:
    rows = await Recipient.select(Recipient.voucher_id).where(Recipient.person_id == person)
    return await _told(ctx, [row["voucher_id"] for row in rows])


async def export_put_away(ctx: TenantCtx, person: UUID) -> Rows:
    rows = await PastRecipient.select(PastRecipient.voucher_id).where(PastRecipient.person_id == person)
    return await _told(ctx, [row["voucher_id"] for row in rows])


async def keep_links(ctx: TenantCtx, person: UUID) -> int:
    """Nothing to take away: see the head of this file."""
    return 0


async def export_wishes(ctx: TenantCtx, person: UUID) -> Rows:
    row = await Client.select().where(Client.person_id == person).first()
    if row is None or row["recall_agreed_on"] is None:
        return []
    return [{ctx.tell(_("Wants to be told of recalls since")): row["recall_agreed_on"].isoformat()}]


async def erase_wishes(ctx: TenantCtx, person: UUID) -> int:
    gone = await Client.delete().where(Client.person_id == person).returning(Client.id)
    return len(gone)


async def export_notices(ctx: TenantCtx, person: UUID) -> Rows:
    """Recalled goods that she received and asked to be told of."""
    rows = await RecallNotice.select().where(RecallNotice.person_id == person).order_by(RecallNotice.id)
    told = ctx.tell(_("Told of a recall on"))
    return [{told: row["told_at"].date().isoformat() if row["told_at"] else "—"} for row in rows]


async def erase_notices(ctx: TenantCtx, person: UUID) -> int:
    gone = await RecallNotice.delete().where(RecallNotice.person_id == person).returning(RecallNotice.id)
    return len(gone)


async def _told(ctx: TenantCtx, vouchers: list[UUID]) -> Rows:
    """What happened, with its goods."""
    acts = await Voucher.select().where(among(Voucher.id, vouchers)).order_by(Voucher.day, Voucher.id)
    goods: dict[UUID, list[str]] = defaultdict(list)
    catalogue = await catalogue_on(ctx, ctx.today)
    for row in await Entry.select().where(among(Entry.voucher_id, vouchers)).order_by(Entry.id):
        product = catalogue.get(row["sku"])
        name = product.name(ctx.language) if product else row["sku"]
        goods[row["voucher_id"]].append(f"{name} {row['lot']} × {row['quantity']}")
    return [
        {
            ctx.tell(_("Day")): act["day"].isoformat(),
            ctx.tell(_("What happened")): ctx.tell(KIND_TITLES[act["kind"]]),
            ctx.tell(_("Products")): "; ".join(goods[act["id"]]),
        }
        for act in acts
    ]


PERSONAL_DATA = (
    PersonalData(table=Recipient, title=_("Supplies received"), export=export_received, erase=keep_links),
    PersonalData(
        table=PastRecipient, title=_("Supplies received earlier"), export=export_put_away, erase=keep_links
    ),
    PersonalData(table=Client, title=_("Wishes about supplies"), export=export_wishes, erase=erase_wishes),
    PersonalData(
        table=RecallNotice, title=_("Notices of recalls"), export=export_notices, erase=erase_notices
    ),
)
