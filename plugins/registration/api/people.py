"""People: the list with its search and filters, and one person as far as the caller's role goes."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from core.sdk import Cursor, Line, Route, TenantCtx
from core.sdk.people import PersonFull, PersonIdentity
from plugins.registration.api.profile import PersonDetail, at_station
from plugins.registration.api.shapes import PersonItem, item_of
from plugins.registration.permissions import READ
from plugins.registration.services.listing import Query, list_people, mark_of, place_of
from plugins.registration.services.records import firm_names, record_of

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


class PeoplePage(Struct, frozen=True, kw_only=True):
    people: list[PersonItem]
    next: str | None


async def list_all(ctx: TenantCtx, query: PeopleQuery) -> PeoplePage:
    asked = Query(
        text=query.q, firm=query.firm, is_present=query.present, arrived_this_month=query.arrived_this_month
    )
    page = await list_people(ctx, asked, place_of(ctx, query.after), query.limit)
    people = [item_of(line.person, line.firm) for line in page.lines]
    return PeoplePage(people=people, next=mark_of(ctx, page.after))


async def read_one(ctx: TenantCtx, person: UUID) -> PersonDetail:
    shown = await ctx.people.get(person, READ)
    record = await record_of(person)
    firms = await firm_names(ctx)
    return PersonDetail(
        id=shown.id,
        version=shown.version,
        state=shown.state,
        name=shown.name,
        sex=shown.sex,
        birth_year=shown.birth_year,
        birth_date=shown.birth_date if isinstance(shown, PersonIdentity) else None,
        origin=shown.origin,
        id_type=shown.id_type,
        document=shown.document,
        phone=shown.phone if isinstance(shown, PersonFull) else None,
        presence=shown.presence,
        is_floating=shown.is_floating,
        is_employee=shown.is_employee,
        firm_id=record.firm_id,
        firm=firms.get(record.firm_id, "") if record.firm_id else record.firm_name or "",
        workshop=record.workshop,
        job_title=record.job_title,
        hired_on=record.hired_on,
        station=await at_station(ctx, shown, record) if isinstance(shown, PersonFull) else None,
    )


ROUTES = (
    Route(path="people", handler=list_all, permission=READ, summary="List and search people"),
    Route(path="people/{person}", handler=read_one, permission=READ, summary="Read one person"),
)
