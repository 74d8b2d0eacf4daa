"""Goods go from one point of the unit to another: both halves in one transaction, so nothing is ever on its way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from core.sdk import BadInput, TenantCtx, new_id
from core.sdk import gettext_noop as _
from plugins.supplies.services import ledger
from plugins.supplies.services.picking import check_sound
from plugins.supplies.services.requisitions import number_of
from plugins.supplies.services.sending import Taken
from plugins.supplies.services.vouchers import Act, Line
from plugins.supplies.services.wholly import wholly

__all__ = ["move"]


@wholly
async def move(
    ctx: TenantCtx,
    point: str,
    to: str,
    taken: Sequence[Taken],
    *,
    day: date | None = None,
    note: str = "",
    key: UUID | None = None,
) -> bool:
    """Whether it was entered now, and not before under the same key. Raises `BadInput`, `Conflict`."""
    wanted = [each for each in taken if each.quantity > 0]
    if not wanted:
        raise BadInput(fields={"lots": _("Choose at least one lot.")})
    if len({(each.sku, each.lot) for each in wanted}) < len(wanted):
        raise BadInput(fields={"lots": _("Choose each lot once.")})
    await check_sound(ctx, point, wanted)
    transfer = key or new_id()
    number, on = number_of(transfer), day or ctx.today
    out = Act(
        kind="TRANSFER_OUT", day=on, point=point, other=to, reference=number, note=note,
        transfer_id=transfer, key=f"transfer:{transfer}:out",
    )  # fmt: skip
    into = Act(
        kind="TRANSFER_IN", day=on, point=to, other=point, reference=number, note=note,
        transfer_id=transfer, key=f"transfer:{transfer}:in",
    )  # fmt: skip
    lines = [Line(sku=each.sku, lot=each.lot, quantity=each.quantity) for each in wanted]
    sent, _arrived = await ledger.post_pair(ctx, out, into, lines)
    return sent.is_new
