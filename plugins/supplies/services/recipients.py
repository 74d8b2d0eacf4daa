"""To whom something was issued: shown for two years, then put away where only work in the background looks."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from core.sdk import Prepared, TenantCtx, among
from plugins.supplies.tables import Client, PastRecipient, Recipient

__all__ = ["lock_client", "retire", "vouchers_of", "years_before"]

AT_ONCE = 1000
LINK = ("voucher_id", "person_id", "day")

_vouchers = Prepared(
    lambda person, since: Recipient.select(Recipient.voucher_id).where(
        (Recipient.person_id == person) & (Recipient.day >= since)
    )
)
_older = Prepared(
    lambda day: (
        Recipient.select()
        .where(Recipient.day < day)
        .order_by(Recipient.day, Recipient.id)
        .limit(AT_ONCE)
        .lock_rows("UPDATE")
    )
)
_client = Prepared(lambda person: Client.select().where(Client.person_id == person).lock_rows("UPDATE"))


async def lock_client(person: UUID) -> None:
    """What is issued to her now waits for what is being issued to her elsewhere in the unit: limits hold exactly."""
    if await _client.first(person) is None:
        target = (Client.tenant_id, Client.person_id)
        await Client.insert(Client(person_id=person)).on_conflict(target=target, action="DO NOTHING")
        await _client.first(person)


async def vouchers_of(person: UUID, since: date) -> list[UUID]:
    """What she received and returned since then, as far as it is not put away."""
    return [row["voucher_id"] for row in await _vouchers(person, since)]


async def retire(ctx: TenantCtx, years: int) -> int:
    """Put away the links that are older; how many."""
    before = years_before(ctx.today, years)
    # Locked: two records may be put together meanwhile, and then a link goes with the one that is kept.
    rows = await _older(before)
    if not rows:
        return 0
    await PastRecipient.insert_many(LINK, [tuple(row[name] for name in LINK) for row in rows])
    await Recipient.delete().where(among(Recipient.id, [row["id"] for row in rows]))
    for day in sorted({row["day"].replace(day=1) for row in rows}):
        ctx.changed(Recipient, day)
        ctx.changed(PastRecipient, day)
    ctx.audit("supplies.link.retire", "voucher", None, detail={"count": len(rows)})
    return len(rows)


def years_before(day: date, years: int) -> date:
    """29 February becomes 1 March."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return date(day.year - years, 3, 1)
