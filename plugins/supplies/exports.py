"""Files out: the stock as it lies, and the ledger of a period. Neither names anybody."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta

from msgspec import Struct

from core.sdk import Export, Prepared, TenantCtx
from core.sdk import gettext_noop as _
from core.sdk.values import Column, OutCell
from plugins.supplies.permissions import READ
from plugins.supplies.services.catalogue import catalogue_on
from plugins.supplies.services.stocking import lots
from plugins.supplies.services.vouchers import KIND_TITLES, REASON_TITLES
from plugins.supplies.tables import Entry

__all__ = ["EXPORTS"]

EARLIEST = date(1990, 1, 1)
"""No ledger is older."""
LONGEST = timedelta(days=3660)

STOCK_COLUMNS = (
    Column(title=_("Service point"), name="point"),
    Column(title=_("Number of the product"), name="sku"),
    Column(title=_("Product"), width=24, name="product"),
    Column(title=_("Lot"), name="lot"),
    Column(title=_("Expiry"), name="expiry"),
    Column(title=_("On hand"), name="balance"),
    Column(title=_("In stock since"), name="received_on"),
    Column(title=_("Last inspected"), name="inspected_on"),
    Column(title=_("Set aside"), name="held"),
)
LEDGER_COLUMNS = (
    Column(title=_("Day"), name="day"),
    Column(title=_("Service point"), name="point"),
    Column(title=_("What happened"), name="kind"),
    Column(title=_("Number of the product"), name="sku"),
    Column(title=_("Product"), width=24, name="product"),
    Column(title=_("Lot"), name="lot"),
    Column(title=_("Expiry"), name="expiry"),
    Column(title=_("Quantity"), name="quantity"),
    Column(title=_("Change of the stock"), name="change"),
    Column(title=_("Reason"), name="reason"),
)


class LedgerQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Without days: this year up to today."""

    since: date | None = None
    until: date | None = None


_lines = Prepared(
    lambda first, last: (
        Entry.select().where((Entry.day >= first) & (Entry.day <= last)).order_by(Entry.day, Entry.id)
    )
)


async def stock(ctx: TenantCtx) -> AsyncIterator[tuple[OutCell, ...]]:
    catalogue = await catalogue_on(ctx, ctx.today)
    for lot in await lots(ctx):
        product = catalogue.get(lot.sku)
        yield (
            lot.point,
            lot.sku,
            product.name(ctx.language) if product else "",
            lot.lot,
            lot.expiry,
            lot.balance,
            lot.received_on,
            lot.inspected_on,
            lot.held_since,
        )


async def ledger(ctx: TenantCtx, query: LedgerQuery) -> AsyncIterator[tuple[OutCell, ...]]:
    """Month by month, so that a long period is never held as a whole; ten years at most."""
    last = max(EARLIEST, min(query.until or ctx.today, ctx.today))
    day = max(query.since or last.replace(month=1, day=1), last - LONGEST)
    catalogue = await catalogue_on(ctx, ctx.today)
    while day <= last:
        month_end = min(last, (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1))
        for row in await _lines(day, month_end):
            product = catalogue.get(row["sku"])
            yield (
                row["day"],
                row["point"],
                ctx.tell(KIND_TITLES[row["kind"]]),
                row["sku"],
                product.name(ctx.language) if product else "",
                row["lot"],
                row["expiry"],
                row["quantity"],
                row["change"],
                ctx.tell(REASON_TITLES[row["reason"]]) if row["reason"] in REASON_TITLES else "",
            )
        day = month_end + timedelta(days=1)


EXPORTS = (
    Export(name="stock", title=_("Stock of supplies"), permission=READ, columns=STOCK_COLUMNS, rows=stock),
    Export(
        name="ledger",
        title=_("Ledger of supplies"),
        permission=READ,
        columns=LEDGER_COLUMNS,
        rows=ledger,
        time_limit=40.0,
    ),
)
