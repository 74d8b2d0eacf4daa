"""The JSON operations: list, read and register people. Unsafe ones answer ids alone."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from core.sdk import BadInput, Code, Cursor, Line, Name, Route, TenantCtx
from core.sdk import gettext_noop as _
from core.sdk.people import Document, PersonDraft, PersonFull, PersonIdentity
from plugins.registration.permissions import READ, REGISTER
from plugins.registration.services.listing import Query, list_people, mark_of, place_of
from plugins.registration.services.records import Residence
from plugins.registration.services.registering import Registration, look_for, register

__all__ = ["ROUTES"]

MOST = 200


class PeopleQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`after` is the `next` of the page before."""

    q: Line = ""
    firm: UUID | None = None
    present: bool | None = None
    arrived_this_month: bool = False
    after: Cursor = ""
    limit: Annotated[int, Meta(ge=1, le=MOST)] = 50


class PersonItem(Struct, frozen=True, kw_only=True):
    """A person as a list shows her; the document is masked."""

    id: UUID
    name: str
    sex: str
    birth_year: int | None
    origin: str
    document: str | None
    firm: str
    presence: str
    is_floating: bool


class PeoplePage(Struct, frozen=True, kw_only=True):
    people: list[PersonItem]
    next: str | None


class PersonDetail(Struct, frozen=True, kw_only=True):
    """What the caller's role sees; None where it does not, or where nothing is known."""

    id: UUID
    version: int
    name: str
    sex: str
    birth_year: int | None
    birth_date: date | None
    origin: str
    document: str | None
    phone: str | None
    presence: str
    is_floating: bool


class NewPerson(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A name or an alias, one contact and a village are enough.

    `is_acknowledged`: the caller has looked at who is near, or registered elsewhere, and means a new person.
    """

    name: Name | None = None
    alias: Name | None = None
    id_type: Code | None = None
    number: Code | None = None
    sex: Literal["0", "1", "2", "9"] = "9"
    birth_date: date | None = None
    origin: Code | None = None
    is_floating: bool = True
    is_employee: bool = False
    phone: Code | None = None
    contact: Line | None = None
    village: Line
    firm_id: UUID | None = None
    day: date | None = None
    contact_verified: bool = False
    is_acknowledged: bool = False


class Registered(Struct, frozen=True, kw_only=True):
    """`is_known`: the number was registered here already, and nothing was written."""

    id: UUID
    is_known: bool = False


async def list_all(ctx: TenantCtx, query: PeopleQuery) -> PeoplePage:
    asked = Query(
        text=query.q, firm=query.firm, is_present=query.present, arrived_this_month=query.arrived_this_month
    )
    page = await list_people(ctx, asked, place_of(ctx, query.after), query.limit)
    people = [
        PersonItem(
            id=line.person.id,
            name=line.person.name,
            sex=line.person.sex,
            birth_year=line.person.birth_year,
            origin=line.person.origin,
            document=line.person.document,
            firm=line.firm,
            presence=line.person.presence,
            is_floating=line.person.is_floating,
        )
        for line in page.lines
    ]
    return PeoplePage(people=people, next=mark_of(ctx, page.after))


async def read_one(ctx: TenantCtx, person: UUID) -> PersonDetail:
    shown = await ctx.people.get(person, READ)
    return PersonDetail(
        id=shown.id,
        version=shown.version,
        name=shown.name,
        sex=shown.sex,
        birth_year=shown.birth_year,
        birth_date=shown.birth_date if isinstance(shown, PersonIdentity) else None,
        origin=shown.origin,
        document=shown.document,
        phone=shown.phone if isinstance(shown, PersonFull) else None,
        presence=shown.presence,
        is_floating=shown.is_floating,
    )


async def register_one(ctx: TenantCtx, body: NewPerson) -> Registered:
    draft = _draft(body)
    known = await look_for(ctx, draft)
    if known.here is not None:
        return Registered(id=known.here, is_known=True)
    if known.needs_a_look and not body.is_acknowledged:
        raise BadInput(
            fields={
                "is_acknowledged": _("Somebody like her is registered. Compare, then acknowledge to go on.")
            }
        )
    residence = Residence(village=body.village, firm_id=body.firm_id)
    person = await register(
        ctx,
        Registration(
            draft=draft,
            residence=residence,
            day=body.day or ctx.today,
            contact_verified=body.contact_verified,
        ),
    )
    return Registered(id=person)


def _draft(body: NewPerson) -> PersonDraft:
    document = Document(id_type=body.id_type or "01", number=body.number) if body.number else None
    return PersonDraft(
        name=body.name,
        alias=body.alias,
        document=document,
        sex=body.sex,
        birth_date=body.birth_date,
        origin=body.origin,
        is_floating=body.is_floating,
        is_employee=body.is_employee,
        phone=body.phone,
        contact=body.contact,
    )


ROUTES = (
    Route(path="people", handler=list_all, permission=READ, summary="List and search people"),
    Route(path="people/{person}", handler=read_one, permission=READ, summary="Read one person"),
    Route(
        path="people",
        handler=register_one,
        permission=REGISTER,
        method="POST",
        status=201,
        summary="Register a person who has arrived",
    ),
)
