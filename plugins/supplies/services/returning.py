"""Goods that come back unopened: into the lot that they were of, and off what she has had."""

from __future__ import annotations

from uuid import UUID

from core.sdk import BadInput, Conflict, NotFound, Prepared, TenantCtx, among
from core.sdk import gettext_noop as _
from plugins.supplies.services.ledger import post
from plugins.supplies.services.recipients import lock_client
from plugins.supplies.services.shelf import lock_named
from plugins.supplies.services.vouchers import Act, Line, Posted
from plugins.supplies.tables import Entry, Recipient, Voucher

__all__ = ["come_back", "give_back"]

_entry = Prepared(lambda entry: Entry.select().where(Entry.id == entry))
_recipient = Prepared(
    lambda voucher: Recipient.select(Recipient.person_id).where(Recipient.voucher_id == voucher)
)
_returns = Prepared(lambda reference: Voucher.select(Voucher.id).where(Voucher.reference == reference))
_reversal = Prepared(lambda voucher: Voucher.select(Voucher.id).where(Voucher.reverses_id == voucher))
_lines = Prepared(
    lambda vouchers: Entry.select(Entry.sku, Entry.lot, Entry.quantity).where(
        among(Entry.voucher_id, vouchers)
    )
)


async def give_back(ctx: TenantCtx, voucher: UUID, entry: UUID, quantity: int, key: str | None) -> Posted:
    """Of a line of an issue. Raises `BadInput` for more than is still with her, `Conflict` for an issue taken back."""
    row = await _entry.first(entry)
    if row is None or row["voucher_id"] != voucher:
        raise NotFound
    if row["kind"] != "ISSUE" or row["quantity"] < 0 or await _reversal.first(voucher):
        raise Conflict(
            _("Of this nothing can come back: it is no issue, or was taken back."),
            _("Look at the voucher again."),
        )
    recipient = await _recipient.first(voucher)
    person = recipient["person_id"] if recipient else None
    if person is not None:
        await lock_client(person)
    await lock_named(row["point"], [row["lot"]])
    back = (await come_back(voucher)).get((row["sku"], row["lot"]), 0)
    if quantity > row["quantity"] - back:
        raise BadInput(fields={"quantity": _("So many of it are not with her any more.")})
    act = Act(
        kind="RETURN", day=ctx.today, point=row["point"], person=person, reference=str(voucher), key=key
    )
    return await post(ctx, act, [Line(sku=row["sku"], lot=row["lot"], quantity=quantity, reason="UNOPENED")])


async def come_back(voucher: UUID) -> dict[tuple[str, str], int]:
    """By sku and lot how many of an issue came back already, less what was entered wrongly."""
    vouchers = [row["id"] for row in await _returns(str(voucher))]
    back: dict[tuple[str, str], int] = {}
    for row in await _lines(vouchers) if vouchers else ():
        goods = (row["sku"], row["lot"])
        back[goods] = back.get(goods, 0) + row["quantity"]
    return back
