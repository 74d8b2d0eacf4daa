"""Correcting a record, part by part: what is not named stays, null empties; nobody's change overwrites another's."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType, structs

from core.sdk import Code, Line, Name, Route, TenantCtx, Version
from core.sdk.people import Document, PersonEdit
from plugins.registration.api.shapes import PersonVersion
from plugins.registration.forms import Sex
from plugins.registration.permissions import EDIT
from plugins.registration.services.records import edit_record, record_of

__all__ = ["ROUTES"]


class NewDocument(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id_type: Code
    number: Code


class IdentityEdit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who she is. `version` is that of the person; `why` is kept with the old value of what she is counted by."""

    version: Version
    why: Line = ""
    name: Name | UnsetType | None = UNSET
    alias: Name | UnsetType | None = UNSET
    name_former: Name | UnsetType | None = UNSET
    name_latin: Name | UnsetType | None = UNSET
    document: NewDocument | UnsetType | None = UNSET
    sex: Sex | UnsetType = UNSET
    birth_date: date | UnsetType | None = UNSET
    origin: Code | UnsetType | None = UNSET
    origin_division: Code | UnsetType | None = UNSET
    is_floating: bool | UnsetType = UNSET
    is_employee: bool | UnsetType = UNSET


class ContactEdit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How she is reached. `version` is that of the person."""

    version: Version
    phone: Code | UnsetType | None = UNSET
    contact: Line | UnsetType | None = UNSET


class ResidenceEdit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where she lives and works. `version` is that of her residence; 0 where nothing was written yet."""

    version: Version
    village: Line | UnsetType | None = UNSET
    address_detail: Line | UnsetType | None = UNSET
    dwelling: Line | UnsetType | None = UNSET
    purpose: Line | UnsetType | None = UNSET
    firm_id: UUID | UnsetType | None = UNSET
    workshop: Line | UnsetType | None = UNSET
    job_title: Line | UnsetType | None = UNSET
    hired_on: date | UnsetType | None = UNSET
    expected_departure: date | UnsetType | None = UNSET


async def edit_identity(ctx: TenantCtx, person: UUID, body: IdentityEdit) -> PersonVersion:
    told = _given(body)
    if body.document:
        told["document"] = Document(id_type=body.document.id_type, number=body.document.number)
    version = await ctx.people.edit(person, body.version, PersonEdit(**told), body.why)
    return PersonVersion(id=person, version=version)


async def edit_contact(ctx: TenantCtx, person: UUID, body: ContactEdit) -> PersonVersion:
    version = await ctx.people.edit(person, body.version, PersonEdit(**_given(body)))
    return PersonVersion(id=person, version=version)


async def edit_residence(ctx: TenantCtx, person: UUID, body: ResidenceEdit) -> PersonVersion:
    told = structs.replace((await record_of(person)).told, **_given(body))
    return PersonVersion(id=person, version=await edit_record(ctx, person, body.version, told))


def _given(body: Struct) -> dict[str, Any]:
    """Of the fields of the record those that were named."""
    told = structs.asdict(body)
    return {
        name: value for name, value in told.items() if name not in ("version", "why") and value is not UNSET
    }


ROUTES = (
    Route(
        path="people/{person}/edit/identity",
        handler=edit_identity,
        permission=EDIT,
        method="PATCH",
        summary="Correct who a person is",
    ),
    Route(
        path="people/{person}/edit/contact",
        handler=edit_contact,
        permission=EDIT,
        method="PATCH",
        summary="Correct how a person is reached",
    ),
    Route(
        path="people/{person}/edit/residence",
        handler=edit_residence,
        permission=EDIT,
        method="PATCH",
        summary="Correct where a person lives and works",
    ),
)
