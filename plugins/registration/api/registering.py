"""Is she known? And registering her."""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct

from core.sdk import BadInput, Code, Line, Name, Route, TenantCtx
from core.sdk import gettext_noop as _
from core.sdk.people import AlreadyKnown, Document, PersonDraft
from plugins.registration.forms import Registering
from plugins.registration.permissions import REGISTER
from plugins.registration.services import last_used
from plugins.registration.services.registering import look_for, register, registration_of

__all__ = ["ROUTES"]


class NewPerson(Registering, frozen=True, kw_only=True):
    """A name or an alias, one contact and a village are enough.

    `is_acknowledged`: the caller has looked at who is near, or registered elsewhere, and means a new person.
    """

    village: Line
    is_floating: bool = True


class Registered(Struct, frozen=True, kw_only=True):
    """`is_known`: the number was registered here already, and nothing was written."""

    id: UUID
    is_known: bool = False


class SomebodyToLookFor(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """As much as is known yet."""

    name: Name | None = None
    alias: Name | None = None
    id_type: Code = "01"
    number: Code | None = None
    phone: Code | None = None


class NearPerson(Struct, frozen=True, kw_only=True):
    """Who may be the same person, and why it seems so: her name sounds alike, and what is true here."""

    id: UUID
    has_same_phone: bool
    has_same_birth: bool


class WhoIsKnown(Struct, frozen=True, kw_only=True):
    """`here` is the person of this unit who has the document; `is_elsewhere`: another unit of the town has her."""

    here: UUID | None
    is_elsewhere: bool
    near: list[NearPerson]


async def look_for_somebody(ctx: TenantCtx, body: SomebodyToLookFor) -> WhoIsKnown:
    document = Document(id_type=body.id_type, number=body.number) if body.number else None
    draft = PersonDraft(name=body.name, alias=body.alias, document=document, phone=body.phone)
    known = await look_for(ctx, draft)
    near = [
        NearPerson(id=one.person.id, has_same_phone=one.has_same_phone, has_same_birth=one.has_same_birth)
        for one in known.near
    ]
    return WhoIsKnown(here=known.here, is_elsewhere=known.is_elsewhere, near=near)


async def begin_empty(ctx: TenantCtx) -> None:
    await last_used.forget(ctx)


async def register_one(ctx: TenantCtx, body: NewPerson) -> Registered:
    registration = registration_of(body, ctx.today)
    known = await look_for(ctx, registration.draft)
    if known.here is not None:
        return Registered(id=known.here, is_known=True)
    if known.needs_a_look and not body.is_acknowledged:
        raise BadInput(
            fields={
                "is_acknowledged": _("Somebody like her is registered. Compare, then acknowledge to go on.")
            }
        )
    try:
        return Registered(id=await register(ctx, registration))
    except AlreadyKnown as error:
        return Registered(id=error.person_id, is_known=True)


ROUTES = (
    Route(
        path="people",
        handler=register_one,
        permission=REGISTER,
        method="POST",
        status=201,
        summary="Register a person who has arrived",
    ),
    Route(
        path="register/look",
        handler=look_for_somebody,
        permission=REGISTER,
        method="POST",
        summary="Ask whether somebody is known, here or elsewhere, and who is near",
        is_repeatable=True,
    ),
    Route(
        path="register/forget",
        handler=begin_empty,
        permission=REGISTER,
        method="POST",
        summary="Have the account's register form begin empty, not with what was chosen last",
    ),
)
