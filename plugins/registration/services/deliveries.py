"""What crosses between the two halves of an offer to move; taking the same parcel again changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from msgspec import Struct, json

from core.sdk import BadInput, Neighbour, NotFound, TenantCtx, now
from core.sdk.people import Document, IllegalMovement, PersonDraft
from plugins.registration.services.offers import ANSWER, CARRY, SEALED, match_of
from plugins.registration.tables import Transfer

__all__ = ["AnswerParcel", "OfferParcel", "pack_answer", "pack_offer", "take_answer", "take_offer"]

Payload = Mapping[str, str | int]


class OfferParcel(Struct, frozen=True, kw_only=True):
    """From OUT to IN. `document` only serves to compute what it is recognised by; it is not kept."""

    id: UUID
    moves_on: date
    is_withdrawn: bool
    carried: PersonDraft | None = None
    document: Document | None = None


class AnswerParcel(Struct, frozen=True, kw_only=True):
    """From IN to OUT."""

    id: UUID
    state: str
    decided_on: date | None


async def pack_offer(ctx: TenantCtx, payload: Payload) -> OfferParcel | None:
    """The offer, or that it is withdrawn; None once it is answered."""
    row = await _half(payload, "OUT")
    if row is None or row["state"] not in ("waiting", "withdrawing"):
        return None
    is_withdrawn = row["state"] == "withdrawing"
    carried, document = (None, None) if is_withdrawn else await _recognisable(ctx, row["person_id"])
    return OfferParcel(
        id=row["id"], moves_on=row["moves_on"], is_withdrawn=is_withdrawn, carried=carried, document=document
    )


async def take_offer(ctx: TenantCtx, parcel: OfferParcel, sender: Neighbour) -> None:
    """The half of the unit that she may come to."""
    there = await Transfer.select().where(Transfer.id == parcel.id).first()
    if there is None:
        await Transfer.insert(_incoming(ctx, parcel, sender))
    elif parcel.is_withdrawn and there["state"] == "waiting":
        forgotten = {"carried_sealed": None, "document_match": None}
        await Transfer.update({"state": "withdrawn", "decided_at": now(), **forgotten}).where(
            Transfer.id == parcel.id
        )
    elif not parcel.is_withdrawn:
        return
    if parcel.is_withdrawn:
        await ctx.hand_over(ANSWER, {"id": str(parcel.id)}, to=sender.code, dedupe=f"{ANSWER}:{parcel.id}")
    ctx.audit(
        "registration.transfer.receive", "transfer", parcel.id,
        detail={"unit": sender.code, "withdrawn": int(parcel.is_withdrawn)},
    )  # fmt: skip


async def pack_answer(ctx: TenantCtx, payload: Payload) -> AnswerParcel | None:
    row = await _half(payload, "IN")
    if row is None or row["state"] == "waiting":
        return None
    return AnswerParcel(id=row["id"], state=row["state"], decided_on=row["decided_on"])


async def take_answer(ctx: TenantCtx, parcel: AnswerParcel, sender: Neighbour) -> None:
    """The half of the unit that she leaves: when accepted, she left on the day on which she came there."""
    row = await _half({"id": str(parcel.id)}, "OUT")
    if row is None or row["state"] not in ("waiting", "withdrawing"):
        return
    state = parcel.state
    if state == "accepted" and parcel.decided_on is not None:
        try:
            await ctx.people.leave(row["person_id"], parcel.decided_on, parcel.id)
        except (IllegalMovement, BadInput, NotFound):
            state = "unfit"
    await Transfer.update({"state": state, "decided_on": parcel.decided_on, "decided_at": now()}).where(
        Transfer.id == parcel.id
    )
    ctx.audit(
        "registration.transfer.end", "transfer", parcel.id, detail={"unit": sender.code, "state": state}
    )


async def _half(payload: Payload, direction: str) -> dict[str, Any] | None:
    return await (
        Transfer.select()
        .where((Transfer.id == UUID(str(payload["id"]))) & (Transfer.direction == direction))
        .first()
    )


async def _recognisable(ctx: TenantCtx, person: UUID) -> tuple[PersonDraft | None, Document | None]:
    """With her consent her record, without it the document to be recognised by."""
    states = await ctx.people.consents(person)
    if any(state.is_given for state in states if state.purpose.code == "TRANSFER"):
        carried = await ctx.people.carried(person, CARRY)
        return carried, carried.document
    shown = await ctx.people.get(person, CARRY)
    number = await ctx.people.reveal(person, "document", CARRY)
    return None, Document(id_type=shown.id_type, number=number) if shown.id_type and number else None


def _incoming(ctx: TenantCtx, parcel: OfferParcel, sender: Neighbour) -> Transfer:
    sealed = None
    if parcel.carried is not None and not parcel.is_withdrawn:
        sealed = ctx.seal(SEALED, parcel.id, json.encode(parcel.carried).decode())
    return Transfer(
        id=parcel.id,
        direction="IN",
        other_code=sender.code,
        other_zh=sender.name_zh,
        other_en=sender.name_en,
        moves_on=parcel.moves_on,
        state="withdrawn" if parcel.is_withdrawn else "waiting",
        carried_sealed=sealed,
        document_match=match_of(ctx, parcel.document) if parcel.document else None,
        offered_at=now(),
    )
