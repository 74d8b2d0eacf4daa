"""What a person was given by this unit, for what she may still have. Nobody knows what another unit gave her.

What comes back, or is taken back, counts on the day of its issue: what was given last year makes nothing free in this
one. A return from a file names no issue, and counts on its own day, as the exchange format says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from msgspec import Struct

from core.sdk import Prepared, among
from plugins.supplies.services.entitlement import Taken
from plugins.supplies.services.recipients import vouchers_of
from plugins.supplies.tables import Entry, Voucher

__all__ = ["NOTHING", "History", "history_of"]


class History(Struct, frozen=True, kw_only=True):
    """By sku what she was given and brought back; `methods`: those that she was given, and kept her for."""

    taken: dict[str, list[Taken]]
    methods: frozenset[str]

    def of(self, sku: str) -> Sequence[Taken]:
        return self.taken.get(sku, ())


NOTHING = History(taken={}, methods=frozenset())

_lines = Prepared(
    lambda vouchers: Entry.select(
        Entry.voucher_id, Entry.sku, Entry.method, Entry.day, Entry.kind, Entry.quantity
    ).where(among(Entry.voucher_id, vouchers))
)
_acts = Prepared(
    lambda vouchers: Voucher.select(
        Voucher.id, Voucher.day, Voucher.kind, Voucher.reference, Voucher.reverses_id
    ).where(among(Voucher.id, vouchers))
)


async def history_of(person: UUID) -> History:
    vouchers = await vouchers_of(person, date.min)
    if not vouchers:
        return NOTHING
    taken: dict[str, list[Taken]] = {}
    issued: dict[str, int] = {}
    rows = await _lines(vouchers)
    goes_back = any(row["kind"] == "RETURN" or row["quantity"] < 0 for row in rows)
    acts = {act["id"]: act for act in await _acts(vouchers)} if goes_back else {}
    for row in rows:
        is_issue = row["kind"] == "ISSUE"
        quantity = row["quantity"] if is_issue else -row["quantity"]
        taken.setdefault(row["sku"], []).append(Taken(_counts_on(row, acts), quantity))
        if is_issue:
            # An issue that was taken back is there twice, once below 0.
            issued[row["method"]] = issued.get(row["method"], 0) + quantity
    return History(taken=taken, methods=frozenset(method for method, count in issued.items() if count > 0))


def _counts_on(row: Mapping[str, Any], acts: Mapping[UUID, Mapping[str, Any]]) -> date:
    act = acts.get(row["voucher_id"])
    if act is None:
        return row["day"]
    issue = UUID(act["reference"]) if act["kind"] == "RETURN" and _names_issue(act) else act["reverses_id"]
    if issue is None:
        return row["day"]
    # An issue whose link is put away by now is older than any limit looks back.
    return acts[issue]["day"] if issue in acts else date.min


def _names_issue(act: Mapping[str, Any]) -> bool:
    try:
        UUID(act["reference"])
    except ValueError:
        return False
    return True
