"""Taking a voucher back: what was entered wrongly is put right by another one that is linked to it."""

from __future__ import annotations

from uuid import UUID

from core.sdk import Conflict, Forbidden, TenantCtx
from core.sdk import gettext_noop as _
from plugins.supplies.permissions import KEEP
from plugins.supplies.services.book import Told, voucher_of
from plugins.supplies.services.ledger import reverse
from plugins.supplies.services.recipients import lock_client
from plugins.supplies.services.returning import come_back
from plugins.supplies.services.shelf import lock_named
from plugins.supplies.services.vouchers import EXPIRY, Posted

__all__ = ["REVERSAL_REASONS", "may_take_back", "take_back"]

REVERSAL_REASONS = {
    "WRONG_GOODS": _("wrong goods, lot or number were entered"),
    "WRONG_PERSON": _("it was entered under the wrong name, or without one"),
    "NOT_TAKEN": _("it was not taken along after all"),
}


AT_COUNTER = ("ISSUE", "RETURN")
OF_STOCK = ("RECEIPT", "LOSS", "ADJUST")


def may_take_back(ctx: TenantCtx, told: Told) -> bool:
    """What is done at the counter by whoever hands out; what is done with stock by whoever keeps it.

    The halves of a transfer are put right together, where they were sent; an expiry is corrected again at its lot.
    """
    if any(line.reason == EXPIRY for line in told.lines):
        return False
    return told.kind in AT_COUNTER or (told.kind in OF_STOCK and ctx.can(KEEP))


async def take_back(ctx: TenantCtx, voucher: UUID, reason: str) -> Posted:
    """Raises `Conflict` where it is taken back already, or the goods are gone."""
    told = await voucher_of(voucher)
    if not may_take_back(ctx, told):
        raise Forbidden
    if told.person is not None:
        await lock_client(told.person)
    await lock_named(told.point, [line.lot for line in told.lines])
    if told.kind == "ISSUE" and any((await come_back(voucher)).values()):
        raise Conflict(
            _("Some of these goods came back already."), _("Take that return back first, then the issue.")
        )
    return await reverse(ctx, voucher, reason)
