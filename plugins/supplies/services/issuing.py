"""Handing out: what is entered once she has it in her hand.

It is examined under the lock of her `client` row and of the lots, so that limits and balances hold exactly, however
many hand out at the same time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from msgspec import Struct

from core.sdk import BadInput, Conflict, Prepared, TenantCtx
from core.sdk import gettext_noop as _
from core.sdk.people import Person
from plugins.supplies.permissions import CLINIC
from plugins.supplies.services.desk import Given, Pick, arrange, desk_at, refused, who
from plugins.supplies.services.ledger import post
from plugins.supplies.services.recipients import lock_client
from plugins.supplies.services.shelf import lock_lots
from plugins.supplies.services.vouchers import Act, Line, Posted
from plugins.supplies.services.wholly import wholly
from plugins.supplies.tables import Voucher

__all__ = ["Said", "hand_out", "said_in"]


class Said(Struct, frozen=True, kw_only=True):
    """What is said when it is handed out; `key` makes the same form an issue once only."""

    override: str = ""
    is_advised: bool = False
    eligibility: int | None = None
    key: str | None = None


class Sent(Protocol):
    """The same as it is sent."""

    @property
    def override(self) -> str: ...
    @property
    def is_advised(self) -> bool: ...
    @property
    def eligibility(self) -> str: ...
    @property
    def key(self) -> UUID | None: ...


def said_in(sent: Sent) -> Said:
    return Said(
        override=sent.override,
        is_advised=sent.is_advised,
        eligibility=int(sent.eligibility) if sent.eligibility else None,
        key=str(sent.key) if sent.key else None,
    )


_entered = Prepared(lambda key: Voucher.select(Voucher.id).where(Voucher.key == key))


@wholly
async def hand_out(
    ctx: TenantCtx, point: str, person: UUID | None, picks: Sequence[Pick], said: Said
) -> Posted:
    """Enter an issue. Raises `BadInput` for what has to be said first, `Conflict` for what is gone."""
    if not picks:
        raise BadInput(fields={"sku": _("Choose a product and how many.")})
    shown = await who(ctx, person)
    if person is not None:
        await lock_client(person)
    return await _handed_out(ctx, point, shown, picks, said)


async def _handed_out(
    ctx: TenantCtx, point: str, person: Person | None, picks: Sequence[Pick], said: Said
) -> Posted:
    await lock_lots(point, [pick.lot for pick in picks])
    # Once the lots are locked, the first of two equal forms is either entered or not there.
    if said.key is not None and (known := await _entered.first(said.key)):
        return Posted(voucher=known["id"], is_new=False)
    given = await arrange(ctx, await desk_at(ctx, point, person), picks)
    _check_as_shown(given, picks)
    _check_said(ctx, given, said)
    act = Act(
        kind="ISSUE",
        day=ctx.today,
        point=point,
        person=person.id if person else None,
        override=said.override if any(one.needs_reason for one in given) else "",
        is_clinician=ctx.can(CLINIC),
        eligibility=said.eligibility if any(one.prompts for one in given) else None,
        key=said.key,
    )
    lines = [
        Line(sku=one.offer.product.sku, lot=part.lot.lot, quantity=part.quantity)
        for one in given
        for part in one.parts
    ]
    return await post(ctx, act, lines)


def _check_as_shown(given: Sequence[Given], picks: Sequence[Pick]) -> None:
    """She has the packs of the lots that were shown: nothing else is entered."""
    found = sorted((part.lot.id, part.quantity) for one in given for part in one.parts)
    if found != sorted((pick.lot, pick.quantity) for pick in picks):
        raise Conflict(
            _("Somebody else has handed out from these lots, or one of them may not be handed out any more."),
            _("Nothing was entered. Look at the lots that are proposed now."),
        )


def _check_said(ctx: TenantCtx, given: Sequence[Given], said: Said) -> None:
    faults: dict[str, str] = {}
    for one in given:
        if one.offer.ruling.refusal:
            faults.setdefault("sku", one.offer.ruling.refusal)
        if any(limit.kind == "AGE" for limit in one.broken):
            faults.setdefault("sku", _("Medical staff can hand this out to her, after talking with her."))
        if one.needs_reason and not said.override:
            faults.setdefault("override", _("Choose why a limit or an earlier lot is passed over."))
        if one.offer.ruling.asks_advice and not said.is_advised:
            faults.setdefault("is_advised", _("Tell her how it is used, then tick this."))
    if faults:
        instead = {offer.product.sku: offer for one in given for offer in one.instead}
        raise refused(ctx, faults, list(instead.values()) if faults.keys() & {"sku", "override"} else [])
