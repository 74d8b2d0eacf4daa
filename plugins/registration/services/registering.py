"""Registering somebody at the counter: the person, her record, her arrival, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from msgspec import Struct, structs

from core.sdk import BadInput, TenantCtx
from core.sdk import gettext_noop as _
from core.sdk.people import Document, MovementKind, NearMatch, PersonDraft
from core.sdk.values import documents
from plugins.registration.events import REGISTERED, PersonRegistered
from plugins.registration.services import records
from plugins.registration.services.confirming import write_confirmation
from plugins.registration.services.reading import read_number
from plugins.registration.services.records import Residence, residence_of

__all__ = [
    "Known",
    "Looked",
    "Registration",
    "check",
    "draft_of",
    "look_for",
    "look_up",
    "register",
    "registration_of",
]


class Registration(Struct, frozen=True, kw_only=True):
    """Everything that the form tells; a name or alias, one contact and a village are enough."""

    draft: PersonDraft
    residence: Residence
    day: date
    """Since when she is here."""
    contact_verified: bool = False


class Known(Struct, frozen=True, kw_only=True):
    """What there is to know before a person is written: for a person to decide, never a program."""

    here: UUID | None = None
    """The person of this tenant who has the document."""
    is_elsewhere: bool = False
    """Registered in another tenant: no more than that is known here."""
    near: tuple[NearMatch, ...] = ()

    @property
    def needs_a_look(self) -> bool:
        return self.is_elsewhere or bool(self.near)


async def look_for(ctx: TenantCtx, draft: PersonDraft) -> Known:
    """Is she known? By the number here and elsewhere, then by what is near."""
    document = draft.document
    if document is not None and _is_plausible(document):
        (here,) = await ctx.people.by_number([document])
        if here is not None:
            return Known(here=here)
    is_elsewhere = (
        document is not None
        and _is_plausible(document)
        and await ctx.people.is_registered_elsewhere(document)
    )
    near = await ctx.people.near_matches(draft) if draft.name or draft.alias else []
    return Known(is_elsewhere=is_elsewhere, near=tuple(near))


class Looked(Struct, frozen=True, kw_only=True):
    """What is known while a form is being filled in; `faults` are those of the number, which is then not asked for."""

    known: Known
    read: Mapping[str, str] = {}
    """What the number tells of her, by the names of the fields."""
    faults: Mapping[str, str] = {}


async def look_up(ctx: TenantCtx, typed: Mapping[str, str]) -> Looked:
    """By as much of `RegisterForm` as is typed yet, right or wrong."""
    draft = draft_of(typed)
    if draft.document is None:
        return Looked(known=await look_for(ctx, draft))
    faults = await ctx.people.faults_of(draft.document)
    if faults:
        return Looked(known=await look_for(ctx, structs.replace(draft, document=None)), faults=faults)
    return Looked(known=await look_for(ctx, draft), read=read_number(draft.document))


def draft_of(typed: Mapping[str, str]) -> PersonDraft:
    """As much as is typed yet, right or wrong."""
    number = typed.get("number", "")[:40]
    return PersonDraft(
        name=typed.get("name", "")[:100] or None,
        alias=typed.get("alias", "")[:100] or None,
        document=Document(id_type=typed.get("id_type", "01"), number=number) if number else None,
        phone=typed.get("phone", "")[:40] or None,
    )


async def register(ctx: TenantCtx, registration: Registration) -> UUID:
    """The new person. Raises `BadInput` with every field at fault, `AlreadyKnown` for a known number."""
    await check(ctx, registration)
    draft = structs.replace(registration.draft, registered_on=registration.day)
    person = await ctx.people.register(draft)
    await records.add_record(ctx, person, registration.residence)
    await ctx.people.move(person, MovementKind.ARRIVE, registration.day)
    await ctx.people.give_consent(person, "RECORD")
    await write_confirmation(ctx, person, registration.day, contact_verified=registration.contact_verified)
    await ctx.emit(REGISTERED, PersonRegistered(person=person))
    return person


async def check(ctx: TenantCtx, registration: Registration) -> None:
    """What the person's own checks do not know; before anything is written, since a page keeps what was typed."""
    errors: dict[str, str] = {}
    residence, day = registration.residence, registration.day
    if not residence.village:
        errors["village"] = _("Tell in which village or community she lives.")
    if day > ctx.today:
        errors["day"] = _("A day that has not come yet cannot be recorded.")
    born = registration.draft.birth_date or _born(registration.draft.document)
    if born is not None and day < born:
        errors["day"] = _("This day is before her birth date.")
    if residence.expected_departure is not None and residence.expected_departure < day:
        errors["expected_departure"] = _("This is before the day of arrival.")
    try:
        await records.check(ctx, residence)
    except BadInput as error:
        errors |= error.fields
    if errors:
        raise BadInput(fields=errors)


def registration_of(told: Any, today: date) -> Registration:
    """What a form or a body tells that has the fields of `RegisterForm`."""
    draft = PersonDraft(
        name=told.name,
        alias=told.alias,
        name_former=told.name_former,
        name_latin=told.name_latin,
        document=Document(id_type=told.id_type, number=told.number) if told.number else None,
        sex=told.sex,
        birth_date=told.birth_date,
        origin=told.origin,
        origin_division=told.origin_division,
        is_floating=told.is_floating,
        is_employee=told.is_employee or told.firm_id is not None,
        phone=told.phone,
        contact=told.contact,
    )
    return Registration(
        draft=draft,
        residence=residence_of(told),
        day=told.day or today,
        contact_verified=told.contact_verified,
    )


def _is_plausible(document: Document) -> bool:
    return bool(documents.normal_number(document.number)) and document.id_type in documents.DOCUMENT_TYPES


def _born(document: Document | None) -> date | None:
    if document is None:
        return None
    return documents.birth_date(document.id_type, documents.normal_number(document.number))
