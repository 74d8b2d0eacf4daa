"""Two records of one person: find the other one, put them together, take them apart."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from core.sdk import Route, TenantCtx
from core.sdk.personal import FILLABLE
from plugins.registration.api.shapes import PersonItem, item_of
from plugins.registration.forms import MergeQuery, UndoForm
from plugins.registration.permissions import MERGE
from plugins.registration.services import merging

__all__ = ["ROUTES"]

Fillable = Literal["document", "phone", "contact", "birth_date"]


class OtherRecords(Struct, frozen=True, kw_only=True):
    """Whom the search finds; without one, whoever sounds like her."""

    people: list[PersonItem]


class RecordsToMerge(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`keep`: `this` is the person named first in the address. `take`: what the kept one takes where it has none."""

    keep: Literal["this", "other"]
    reason: Literal["SAME_DOCUMENT", "SHE_SAYS_SO", "TYPING_ERROR"]
    take: Annotated[list[Fillable], Meta(max_length=len(FILLABLE))] = []


class MergeToUndo(UndoForm, frozen=True, kw_only=True):
    """One of the merges of the person."""


class MergeId(Struct, frozen=True, kw_only=True):
    """The merge that was asked for, or whose undoing was."""

    id: UUID


async def find_other_records(ctx: TenantCtx, person: UUID, query: MergeQuery) -> OtherRecords:
    lines = await merging.candidates(ctx, person, query.q)
    return OtherRecords(people=[item_of(line.person, line.firm) for line in lines])


async def merge_records(ctx: TenantCtx, person: UUID, other: UUID, body: RecordsToMerge) -> MergeId:
    kept, gone = (other, person) if body.keep == "other" else (person, other)
    return MergeId(id=await merging.merge(ctx, kept, gone, body.reason, body.take))


async def undo_merge(ctx: TenantCtx, person: UUID, body: MergeToUndo) -> MergeId:
    await merging.undo(ctx, person, body.merge)
    return MergeId(id=body.merge)


ROUTES = (
    Route(
        path="people/{person}/merge",
        handler=find_other_records,
        permission=MERGE,
        summary="Find another record of the same person",
    ),
    Route(
        path="people/{person}/merge/{other}",
        handler=merge_records,
        permission=MERGE,
        method="POST",
        summary="Have two records of one person put together",
    ),
    Route(
        path="people/{person}/unmerge",
        handler=undo_merge,
        permission=MERGE,
        method="POST",
        summary="Have two records taken apart that were put together",
    ),
)
