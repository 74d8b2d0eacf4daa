"""What supplies tell on a person's line of time; read by the staff of supplies alone."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from core.sdk import Moment, Prepared, TenantCtx, among
from core.sdk import gettext_noop as _
from plugins.supplies.services.catalogue import catalogue_on
from plugins.supplies.services.recipients import vouchers_of
from plugins.supplies.tables import Entry

__all__ = ["moments_of"]

TITLES = {
    ("ISSUE", False): _("received %(quantity)s %(unit)s %(product)s"),
    ("ISSUE", True): _("an issue was taken back: %(quantity)s %(unit)s %(product)s"),
    ("RETURN", False): _("brought back %(quantity)s %(unit)s %(product)s"),
    ("RETURN", True): _("a return was taken back: %(quantity)s %(unit)s %(product)s"),
}

_lines = Prepared(
    lambda vouchers: (
        Entry.select(Entry.voucher_id, Entry.sku, Entry.day, Entry.kind, Entry.quantity)
        .where(among(Entry.voucher_id, vouchers))
        .order_by(Entry.day, Entry.id, ascending=False)
    )
)


async def moments_of(ctx: TenantCtx, person: UUID) -> list[Moment]:
    vouchers = await vouchers_of(person, date.min)
    if not vouchers:
        return []
    products = (await catalogue_on(ctx, ctx.today)).products
    counted: dict[tuple[UUID, str, str, bool, date], int] = {}
    for row in await _lines(vouchers):
        key = (row["voucher_id"], row["sku"], row["kind"], row["quantity"] < 0, row["day"])
        counted[key] = counted.get(key, 0) + abs(row["quantity"])
    moments: list[Moment] = []
    for (voucher, sku, kind, is_back, day), quantity in counted.items():
        product = products.get(sku)
        params = {
            "quantity": quantity,
            "unit": product.unit(ctx.language) if product else "",
            "product": product.name(ctx.language) if product else sku,
        }
        moments.append(
            Moment(
                day=day,
                title=TITLES[kind, is_back],
                params=params,
                address=ctx.address(f"vouchers/{voucher}"),
                icon="package",
            )
        )
    return moments
