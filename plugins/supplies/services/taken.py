"""What a person was given by this unit, for what she may still have. Nobody knows what another unit gave her."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from msgspec import Struct

from core.sdk import Prepared, among
from plugins.supplies.services.entitlement import Taken
from plugins.supplies.services.recipients import vouchers_of
from plugins.supplies.tables import Entry

__all__ = ["NOTHING", "History", "history_of"]


class History(Struct, frozen=True, kw_only=True):
    """By sku what she was given and brought back; `methods`: those that she was given, and kept her for."""

    taken: dict[str, list[Taken]]
    methods: frozenset[str]

    def of(self, sku: str) -> Sequence[Taken]:
        return self.taken.get(sku, ())


NOTHING = History(taken={}, methods=frozenset())

_lines = Prepared(
    lambda vouchers: Entry.select(Entry.sku, Entry.method, Entry.day, Entry.kind, Entry.quantity).where(
        among(Entry.voucher_id, vouchers)
    )
)


async def history_of(person: UUID) -> History:
    vouchers = await vouchers_of(person, date.min)
    if not vouchers:
        return NOTHING
    taken: dict[str, list[Taken]] = {}
    issued: dict[str, int] = {}
    for row in await _lines(vouchers):
        is_issue = row["kind"] == "ISSUE"
        quantity = row["quantity"] if is_issue else -row["quantity"]
        taken.setdefault(row["sku"], []).append(Taken(row["day"], quantity))
        if is_issue:
            # An issue that was taken back is there twice, once below 0.
            issued[row["method"]] = issued.get(row["method"], 0) + quantity
    return History(taken=taken, methods=frozenset(method for method, count in issued.items() if count > 0))
