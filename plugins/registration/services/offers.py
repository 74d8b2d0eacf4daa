"""An offer to move: two linked halves, one in the unit that she leaves, one in the unit that she comes to.

OUT goes waiting -> accepted, declined, expired; or withdrawing -> withdrawn. IN goes waiting -> accepted,
declined, expired, withdrawn. `unfit` (OUT): it was accepted there, but her movements here do not fit any more.
What she is recognised by is handed on only with her consent; without it, only whether her document matches.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from msgspec import Struct, json, structs

from core.sdk import BadInput, Conflict, NotFound, TenantCtx, new_id, now
from core.sdk import gettext_noop as _
from core.sdk.people import Document, MovementKind, Person, PersonDraft
from core.sdk.values import documents
from plugins.registration.events import MOVED, PersonMoved
from plugins.registration.services import records
from plugins.registration.services.confirming import write_confirmation
from plugins.registration.services.listing import basics_of
from plugins.registration.services.records import Residence, add_record, residence_of
from plugins.registration.tables import Transfer

__all__ = [
    "ANSWER",
    "CARRY",
    "OFFER",
    "STATE_TITLES",
    "Acceptance",
    "Offer",
    "accept",
    "acceptance_of",
    "carried_of",
    "decline",
    "expire_offers",
    "find_offer",
    "forget_offers",
    "known_of",
    "match_of",
    "offer_move",
    "offers_of",
    "waiting_offers",
    "withdraw",
    "withdraw_consent",
]

OFFER = "registration.transfer.offer"
ANSWER = "registration.transfer.answer"
CARRY = "registration.transfer.carry"
SEALED = "registration.transfer.carried_sealed"
MATCH = "registration.transfer.document_match"

STATE_TITLES: dict[str, str] = {
    "waiting": _("waiting for the answer"),
    "withdrawing": _("being withdrawn"),
    "withdrawn": _("withdrawn"),
    "accepted": _("accepted"),
    "declined": _("declined"),
    "expired": _("not answered in time"),
    "unfit": _("accepted there, but her movements here do not fit"),
}


class Offer(Struct, frozen=True, kw_only=True):
    """One half as it stands."""

    id: UUID
    direction: str
    person_id: UUID | None
    other_code: str
    other_zh: str
    other_en: str
    moves_on: date
    state: str
    decided_on: date | None

    def other(self, language: str) -> str:
        return self.other_zh if language == "zh" else self.other_en


class Acceptance(Struct, frozen=True, kw_only=True):
    """What the receiving unit tells; `document` and `name` where nothing was handed on."""

    day: date
    residence: Residence
    document: Document | None = None
    name: str | None = None
    phone: str | None = None
    contact: str | None = None
    contact_verified: bool = False


_NOTHING_HANDED_ON: dict[str, Any] = {"carried_sealed": None, "document_match": None}
"""Once an offer is answered, what she was recognised by has served."""


async def offer_move(ctx: TenantCtx, person: UUID, unit: str, day: date, *, agrees: bool = False) -> UUID:
    """Offer a person to the unit with this code or name. Raises `BadInput`, `Conflict`.

    `agrees`: she agrees, now, that her record goes with her; noted only when the offer is made.
    """
    shown = await basics_of(ctx, person)
    if shown.presence == "absent":
        raise Conflict(_("She is not registered as present."), _("Only who is here can move away."))
    if any(offer.state in ("waiting", "withdrawing") for offer in await offers_of(person)):
        raise Conflict(_("An offer of hers is waiting already."), _("Withdraw it before you make another."))
    if day > ctx.today:
        raise BadInput(fields={"day": _("A day that has not come yet cannot be recorded.")})
    if not (agrees or await _can_be_recognised(ctx, person, shown)):
        raise Conflict(
            _("Without her consent or a document the other unit could not recognise her."),
            _("Ask her and note her consent, or record a departure and let the other unit register her."),
        )
    other = await ctx.neighbour(unit)
    if other is None:
        raise BadInput(
            fields={"unit": _("No open unit of the town with registration has this code or full name.")}
        )
    if agrees:
        await ctx.people.give_consent(person, "TRANSFER")
    offer = new_id()
    row = Transfer(
        id=offer,
        direction="OUT",
        person_id=person,
        other_code=other.code,
        other_zh=other.name_zh,
        other_en=other.name_en,
        moves_on=day,
        state="waiting",
        offered_at=now(),
        offered_by=ctx.actor.id,
    )
    await Transfer.insert(row)
    await ctx.hand_over(OFFER, {"id": str(offer)}, to=other.code, dedupe=f"{OFFER}:{offer}")
    _note(ctx, "offer", offer, other.code)
    return offer


async def withdraw(ctx: TenantCtx, offer: UUID) -> None:
    """Take an offer back; it is withdrawn once the other unit knows, unless that accepted before."""
    row = await _row(offer, "OUT")
    await _turn(offer, "OUT", "withdrawing")
    await ctx.hand_over(OFFER, {"id": str(offer)}, to=row["other_code"], dedupe=f"{OFFER}:{offer}")
    _note(ctx, "withdraw", offer, row["other_code"])


async def withdraw_consent(ctx: TenantCtx, person: UUID, purpose: str) -> bool:
    """Withdraw a consent of hers; whether an offer that waited was taken back with it.

    What was handed on with her consent lies with the other unit until the offer ends, and goes with it.
    """
    await ctx.people.withdraw_consent(person, purpose)
    if purpose not in ("RECORD", "TRANSFER"):
        return False
    waiting = [
        offer for offer in await offers_of(person) if (offer.direction, offer.state) == ("OUT", "waiting")
    ]
    for offer in waiting:
        await withdraw(ctx, offer.id)
    return bool(waiting)


def acceptance_of(told: Any, today: date) -> Acceptance:
    """What a form or a body tells that has the fields of `AcceptForm`."""
    return Acceptance(
        day=told.day or today,
        residence=residence_of(told),
        document=Document(id_type=told.id_type, number=told.number) if told.number else None,
        name=told.name,
        phone=told.phone,
        contact=told.contact,
        contact_verified=told.contact_verified,
    )


async def accept(ctx: TenantCtx, offer: UUID, acceptance: Acceptance) -> UUID:
    """She has come: the person here. Raises `BadInput`, `IllegalMovement`, and `Conflict` once answered."""
    row = await _row(offer, "IN", is_locked=True)
    if row["state"] != "waiting":
        raise _answered()
    draft = _completed(ctx, row, acceptance)
    await _check(ctx, row, draft, acceptance)
    person = await ctx.people.arrive(draft, acceptance.day, offer)
    known = await records.record_of(person)
    await add_record(ctx, person, acceptance.residence, known.version + 1)
    await ctx.people.give_consent(person, "RECORD")
    await write_confirmation(ctx, person, acceptance.day, contact_verified=acceptance.contact_verified)
    await _turn(offer, "IN", "accepted", person_id=person, **_decided(ctx, acceptance.day))
    await _answer(ctx, offer, row["other_code"])
    _note(ctx, "accept", offer, row["other_code"])
    kind = MovementKind.CHANGE_EMPLOYER_IN
    await ctx.emit(MOVED, PersonMoved(person=person, movement=offer, kind=kind))
    return person


async def decline(ctx: TenantCtx, offer: UUID, state: str = "declined") -> None:
    """She does not come; what was handed on is deleted."""
    row = await _row(offer, "IN")
    await _turn(offer, "IN", state, **_decided(ctx, ctx.today))
    await _answer(ctx, offer, row["other_code"])
    _note(ctx, "decline" if state == "declined" else "expire", offer, row["other_code"])


async def expire_offers(ctx: TenantCtx, days: int) -> int:
    """End the offers to this unit that nobody answered within `days`."""
    before = now() - timedelta(days=days)
    rows = await Transfer.select(Transfer.id).where(
        (Transfer.direction == "IN") & (Transfer.state == "waiting") & (Transfer.offered_at < before)
    )
    for row in rows:
        await decline(ctx, row["id"], "expired")
    return len(rows)


async def forget_offers(ctx: TenantCtx, person: UUID) -> int:
    """The offers of a person who is erased: without a link to her. One that waits is withdrawn, there as well."""
    waiting = (Transfer.person_id == person) & (Transfer.direction == "OUT") & (Transfer.state == "waiting")
    for row in await Transfer.select(Transfer.id).where(waiting):
        await withdraw(ctx, row["id"])
    gone = (
        await Transfer.update({"person_id": None, "carried_sealed": None, "document_match": None})
        .where(Transfer.person_id == person)
        .returning(Transfer.id)
    )
    return len(gone)


async def offers_of(person: UUID) -> list[Offer]:
    """The offers of a person, newest first."""
    rows = (
        await Transfer.select()
        .where(Transfer.person_id == person)
        .order_by(Transfer.offered_at, ascending=False)
    )
    return [_offer(row) for row in rows]


async def waiting_offers(direction: str = "IN") -> list[Offer]:
    """Those that wait for an answer, oldest first."""
    rows = (
        await Transfer.select()
        .where((Transfer.direction == direction) & (Transfer.state == "waiting"))
        .order_by(Transfer.offered_at)
    )
    return [_offer(row) for row in rows]


async def find_offer(offer: UUID) -> Offer:
    """Raises `NotFound`."""
    row = await Transfer.select().where(Transfer.id == offer).first()
    if row is None:
        raise NotFound
    return _offer(row)


async def carried_of(ctx: TenantCtx, offer: UUID) -> PersonDraft | None:
    """Her record as it was handed on; None where she did not agree, it is answered, or it goes out from here."""
    row = await Transfer.select().where(Transfer.id == offer).first()
    if row is None:
        raise NotFound
    return _carried(ctx, row)


async def known_of(ctx: TenantCtx, carried: PersonDraft | None) -> UUID | None:
    """The person here who has the document that was handed on."""
    if carried is None or carried.document is None:
        return None
    (known,) = await ctx.people.by_number([carried.document])
    return known


def match_of(ctx: TenantCtx, document: Document) -> bytes:
    """What a document is recognised by in this tenant."""
    number = documents.normal_number(document.number)
    return ctx.blind(MATCH, f"{documents.space(document.id_type)}:{number}")


def _completed(ctx: TenantCtx, row: dict[str, Any], acceptance: Acceptance) -> PersonDraft:
    """What was handed on, and what the desk adds; without consent everything is told anew."""
    carried = _carried(ctx, row)
    if carried is None:
        document = acceptance.document
        if document is None or match_of(ctx, document) != row["document_match"]:
            raise BadInput(
                fields={
                    "number": _("This is not the document of the person who was offered. Compare with it.")
                }
            )
        carried = PersonDraft(name=acceptance.name, document=document)
    return structs.replace(
        carried,
        phone=acceptance.phone or carried.phone,
        contact=acceptance.contact or carried.contact,
        registered_on=acceptance.day,
    )


async def _check(ctx: TenantCtx, row: dict[str, Any], draft: PersonDraft, acceptance: Acceptance) -> None:
    """Before anything is written, since a page keeps what was typed."""
    errors: dict[str, str] = {}
    if not row["moves_on"] <= acceptance.day <= ctx.today:
        errors["day"] = _("Give a day from the day of the offer to today.")
    if draft.birth_date is not None and acceptance.day < draft.birth_date:
        errors["day"] = _("This day is before her birth date.")
    if not acceptance.residence.village:
        errors["village"] = _("Tell in which village or community she lives.")
    if not (draft.phone or draft.contact):
        errors["phone"] = _("Give one way to reach her: a telephone number or other words.")
    if not (draft.name or draft.alias):
        errors["name"] = _("Give a name or an alias.")
    try:
        await records.check(ctx, acceptance.residence)
    except BadInput as error:
        errors |= error.fields
    if errors:
        raise BadInput(fields=errors)


async def _can_be_recognised(ctx: TenantCtx, person: UUID, shown: Person) -> bool:
    if any(state.is_given for state in await ctx.people.consents(person) if state.purpose.code == "TRANSFER"):
        return True
    return shown.document is not None


def _carried(ctx: TenantCtx, row: dict[str, Any]) -> PersonDraft | None:
    if row["carried_sealed"] is None:
        return None
    return json.decode(ctx.unseal(SEALED, row["id"], row["carried_sealed"]), type=PersonDraft)


async def _answer(ctx: TenantCtx, offer: UUID, to: str) -> None:
    await ctx.hand_over(ANSWER, {"id": str(offer)}, to=to, dedupe=f"{ANSWER}:{offer}")


def _decided(ctx: TenantCtx, day: date) -> dict[str, Any]:
    return {"decided_on": day, "decided_at": now(), "decided_by": ctx.actor.id, **_NOTHING_HANDED_ON}


async def _row(offer: UUID, direction: str, *, is_locked: bool = False) -> dict[str, Any]:
    """Locked for who writes more than this row: a second clerk waits, then sees how it ended."""
    query = Transfer.select().where((Transfer.id == offer) & (Transfer.direction == direction)).first()
    row = await (query.lock_rows("UPDATE") if is_locked else query)
    if row is None:
        raise NotFound
    return row


async def _turn(offer: UUID, direction: str, state: str, **values: Any) -> None:
    """From waiting to something else, once."""
    done = (
        await Transfer.update({"state": state, **values})
        .where((Transfer.id == offer) & (Transfer.direction == direction) & (Transfer.state == "waiting"))
        .returning(Transfer.id)
    )
    if not done:
        raise _answered()


def _answered() -> Conflict:
    return Conflict(
        _("This offer is answered or withdrawn already."), _("Reload the page to see how it ended.")
    )


def _note(ctx: TenantCtx, verb: str, offer: UUID, other: str) -> None:
    ctx.audit(f"registration.transfer.{verb}", "transfer", offer, detail={"unit": other})


def _offer(row: dict[str, Any]) -> Offer:
    return Offer(**{name: row[name] for name in Offer.__struct_fields__})
