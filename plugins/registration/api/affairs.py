"""A person's own affairs: a copy of all that is kept of her, and her erasure."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from msgspec import Struct, convert

from core.sdk import Route, TenantCtx, now
from plugins.registration.api.shapes import PersonId
from plugins.registration.forms import EraseForm
from plugins.registration.permissions import COPY, ERASE
from plugins.registration.services import erasing
from plugins.registration.services.copies import copy_of

__all__ = ["ROUTES"]


class CopyPart(Struct, frozen=True, kw_only=True):
    """One kind of data; each row maps words to words."""

    title: str
    rows: list[dict[str, str]]


class CopyOfPerson(Struct, frozen=True, kw_only=True):
    """In the words of the caller's language. `ask_also`: whose roles keep other kinds of data, of her or not."""

    unit: str
    made_at: datetime
    parts: list[CopyPart]
    ask_also: list[str]


class ErasureAsked(EraseForm, frozen=True, kw_only=True):
    """`confirm`: her name or the last two characters of her document, so that nobody else is meant."""


async def copy_one(ctx: TenantCtx, person: UUID) -> CopyOfPerson:
    copy = await copy_of(ctx, person)
    return CopyOfPerson(
        unit=ctx.tenant.name(ctx.language),
        made_at=now(),
        parts=convert(copy.parts, list[CopyPart], from_attributes=True),
        ask_also=copy.ask,
    )


async def erase_one(ctx: TenantCtx, person: UUID, body: ErasureAsked) -> PersonId:
    await erasing.erase(ctx, person, body.reason, body.confirm)
    return PersonId(id=person)


ROUTES = (
    Route(
        path="people/{person}/copy",
        handler=copy_one,
        permission=COPY,
        summary="Read all that is kept of a person",
    ),
    Route(
        path="people/{person}/erase",
        handler=erase_one,
        permission=ERASE,
        method="POST",
        summary="Have a person erased",
    ),
)
